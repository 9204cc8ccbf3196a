"""In which tenants a hash, address, name or technique was seen, and by which alerts in one of them."""

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
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
from tidegate.web.visit import Visit, in_tenant

ALERTS_AT_MOST = 100


def _show_many(visit: ManyVisit) -> HttpResponse:
    text = read_text(visit.request.GET.get("q", ""))
    found = find_sightings(visit.scope, text)
    shown = visit.find_users(one.tenant_id for one in found)
    visit.note_view("sightings.viewed", shown)
    rows = sighting_rows(found, badges_of(shown), text)
    return visit.render("web/sightings/many.html", {**_describe(text), "rows": rows})


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
