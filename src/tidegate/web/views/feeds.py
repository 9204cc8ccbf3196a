"""Feeds: how far each application has come in fetching, here and elsewhere; and sending one back."""

import uuid
from enum import StrEnum
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Relation
from tidegate.core.errors import InvalidInput
from tidegate.directory.applications import list_principals
from tidegate.feeds.actions.replays import cancel_replay, set_replay
from tidegate.feeds.elsewhere import list_standings_elsewhere
from tidegate.feeds.queries import get_standing, list_days, list_gaps, list_standings
from tidegate.web.feeds import describe_standing
from tidegate.web.forms.siem import ReplayForm
from tidegate.web.forms.submitting import submit
from tidegate.web.siem_tabs import siem_tabs
from tidegate.web.views.many_telling import FEEDS
from tidegate.web.visit import Visit, in_tenant


class Of(StrEnum):
    """Whose feeds the page shows."""

    TENANT = "tenant"
    OURS = "ours"


@require_safe
@in_tenant("feeds", Permission.APPLICATION_READ, many=FEEDS)
def list_all(visit: Visit) -> HttpResponseBase:
    """The consumers of this tenant; for its members also its own applications in other tenants."""
    visit.require(Permission.APPLICATION_READ)
    of = _read_of(visit)
    visit.note_view("feeds.viewed")
    found = list_standings_elsewhere(visit.scope) if of == Of.OURS else list_standings(visit.scope)
    rows = [describe_standing(one, is_elsewhere=of == Of.OURS) for one in found]
    context = {
        "rows": sorted(rows, key=lambda row: not row.standing.is_behind),
        "of": of,
        "tabs": siem_tabs(visit, "feeds"),
        "segments": _segments(visit, of),
        "late": sum(row.standing.is_behind for row in rows),
    }
    return visit.render("web/feeds/list.html", context)


@require_safe
@in_tenant("feeds", Permission.APPLICATION_READ)
def show(visit: Visit, consumer_id: uuid.UUID) -> HttpResponseBase:
    """One consumer: what it has, what it missed, what it fetched each day."""
    standing = get_standing(visit.scope, consumer_id)
    visit.note_view("feeds.viewed")
    consumer = standing.consumer
    context = {
        "row": describe_standing(standing),
        "consumer": consumer,
        "principal": list_principals(visit.scope).filter(client_id=consumer.client_id).first(),
        "gaps": list_gaps(visit.scope, [consumer]).get(consumer.id, []),
        "days": list_days(visit.scope, [consumer]).get(consumer.id, []),
        "may_manage": visit.scope.allows(Permission.APPLICATION_MANAGE),
    }
    return visit.render("web/feeds/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("feeds", Permission.APPLICATION_MANAGE)
def replay(visit: Visit, consumer_id: uuid.UUID) -> HttpResponseBase:
    """Ask from when, then let the next fetch begin there."""
    visit.require(Permission.APPLICATION_MANAGE)
    standing = get_standing(visit.scope, consumer_id)
    form = ReplayForm(visit.request.POST or None, initial={"from": standing.consumer.covered_until})
    names = {"name": standing.application, "tenant": visit.scope.entry.tenant_name}
    if visit.method == "POST" and submit(
        form, lambda values: set_replay(visit.scope, consumer_id, values["from"])
    ):
        visit.tell(_("%(name)s fetches anew from there, the next time it asks.") % names)
        return visit.redirect("feed", consumer_id)
    lead = _(
        "The next fetch of %(name)s gives everything of %(tenant)s from this instant on once more. "
        "What it has already comes again; it tells that apart by the alert's ID."
    )
    context = {
        "form": form,
        "title": _("Send %(name)s back") % names,
        "button": _("Send back at %(tenant)s") % names,
        "back_url": visit.link("feed", consumer_id),
        "lead": lead % names,
        "crumbs": [(_("Feeds"), visit.link("feeds"))],
    }
    return visit.render("web/directory/form.html", context, 400 if form.errors else 200)


@require_http_methods(["POST"])
@in_tenant("feeds", Permission.APPLICATION_MANAGE)
def cancel(visit: Visit, consumer_id: uuid.UUID) -> HttpResponseBase:
    """Let it go on where it is."""
    visit.require(Permission.APPLICATION_MANAGE)
    visit.attempt(lambda: cancel_replay(visit.scope, consumer_id), _("It goes on where it was."))
    return visit.redirect("feed", consumer_id)


def _read_of(visit: Visit) -> Of:
    text = visit.request.GET.get("of", Of.TENANT)
    if text not in set(Of):
        raise InvalidInput(fields={"of": "must be one of: " + ", ".join(Of)})
    return Of(text)


def _segments(visit: Visit, of: Of) -> list[dict[str, Any]]:
    """Guests see this tenant's alone."""
    if visit.scope.entry.relation == Relation.GUEST:
        return []
    words = {Of.TENANT: _("This directory"), Of.OURS: _("Ours elsewhere")}
    return [
        {"label": label, "url": visit.link("feeds", of=one), "count": None, "current": one == of}
        for one, label in words.items()
    ]
