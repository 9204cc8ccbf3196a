"""In which tenants a hash, address, name or technique was seen, and by which alerts in one of them."""

import uuid
from collections.abc import Collection, Iterable, Mapping

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid
from tidegate.incidents.filters import Filter
from tidegate.incidents.indicator_queries import find_alerts_naming, find_sightings
from tidegate.incidents.indicators import readings_of
from tidegate.incidents.queries import list_alerts
from tidegate.incidents.redaction import show_as_seen
from tidegate.incidents.search import read_text
from tidegate.web.many_visit import ManyVisit, badges_of
from tidegate.web.queue.rows import alert_rows
from tidegate.web.search import describe_kind
from tidegate.web.sightings import sighting_rows
from tidegate.web.sightings_advisory import check_advisory, propose, read_tenants, send_to
from tidegate.web.visit import Visit, in_tenant, say

ALERTS_AT_MOST = 100


def _show_many(visit: ManyVisit) -> HttpResponse:
    text = read_text(visit.request.GET.get("q", ""))
    found = find_sightings(visit.scope, text)
    shown = visit.find_users(one.tenant_id for one in found)
    visit.note_view("sightings.viewed", shown)
    rows = sighting_rows(found, badges_of(shown), text)
    context = {**_describe(text), "rows": rows}
    return visit.render("web/sightings/many.html", context)


@require_safe
@in_tenant("search", Permission.ALERT_READ, many=_show_many)
def show(visit: Visit) -> HttpResponseBase:
    """The alerts of the tenant that name it."""
    visit.require(Permission.ALERT_READ)
    text = read_text(visit.request.GET.get("q", ""))
    named = find_alerts_naming(visit.scope, text, ALERTS_AT_MOST + 1)
    alerts = list_alerts(visit.scope, Filter()).filter(pk__in=named[:ALERTS_AT_MOST])
    found = list(alerts.order_by("-created_at", "-id"))
    show_as_seen(visit.scope, [alert.incident for alert in found])
    visit.note_view("sightings.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    context = {
        **_describe(text),
        "rows": alert_rows(visit.scope, found),
        "is_cut": len(named) > ALERTS_AT_MOST,
    }
    return visit.render("web/sightings/show.html", context)


def _describe(text: str) -> dict[str, object]:
    kinds = dict.fromkeys(describe_kind(kind) for kind, _value in readings_of(text))
    return {"text": text, "search_query": text, "kinds": list(kinds)}


def _advise_many(visit: ManyVisit) -> HttpResponse:
    sent = visit.request.POST
    indicator = read_text(visit.request.GET.get("q", ""))
    badges = badges_of(visit.find_users(one.tenant_id for one in find_sightings(visit.scope, indicator)))
    title, text = sent.get("title", ""), sent.get("text", "")
    context: dict[str, object] = {**_describe(indicator), "tenants": list(badges.values())}
    if visit.method != "POST":
        title, text = propose(indicator)
        return _ask(visit, context, title, text, set(badges))
    if "edit" in sent:
        return _ask(visit, context, title, text, _chosen_of(sent.getlist("tenant")))
    try:
        title, text = check_advisory(visit, title, text)
        chosen = read_tenants(sent.getlist("tenant"), badges)
    except InvalidInput as error:
        return _ask(visit, context, title, text, _chosen_of(sent.getlist("tenant")), say(error))
    values = {"title": title, "advice": text, "chosen": chosen}
    if "apply" not in sent:
        return visit.render("web/sightings/preview.html", {**context, **values})
    outcomes = send_to(visit, chosen, indicator, title, text)
    return visit.render("web/sightings/sent.html", {**context, **values, "outcomes": outcomes})


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("search", Permission.ALERT_READ, many=_advise_many)
def advise(visit: Visit) -> HttpResponseBase:
    """One tenant is told on its own alerts: an advisory goes to several, and is written over them."""
    visit.require(Permission.ALERT_READ)
    return visit.redirect("sightings", q=read_text(visit.request.GET.get("q", "")))


def _chosen_of(sent: Iterable[str]) -> set[uuid.UUID | None]:
    return {parse_uuid(text) for text in sent}


def _ask(
    visit: ManyVisit,
    context: Mapping[str, object],
    title: str,
    text: str,
    chosen: Collection[uuid.UUID | None],
    problem: str = "",
) -> HttpResponse:
    ids = {str(tenant_id) for tenant_id in chosen}
    values = {"title": title, "advice": text, "chosen_ids": ids, "problem": problem}
    return visit.render("web/sightings/advise.html", {**context, **values}, 400 if problem else 200)
