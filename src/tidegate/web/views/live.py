"""Open pages: their stream of hints, whether the thing they show has changed, and who else looks at it."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from tidegate.accounts.lasting import mark_sessions
from tidegate.accounts.models import Account
from tidegate.audit.queries import EventFilter, list_events
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, Scope, require
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.core.scoped import Reach
from tidegate.gate.opening import open as open_gate
from tidegate.gate.several import open_several
from tidegate.incidents.actions.changing import alert_target, incident_target
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.queries import get_alert, get_incident
from tidegate.live.actions import begin_looking
from tidegate.live.grants import NEEDED, Grant, Kind, Session, Slot
from tidegate.live.queries import list_onlookers
from tidegate.web import frame as fr
from tidegate.web.inert import show_inert
from tidegate.web.many_visit import ManyVisit
from tidegate.web.queue.changed import write_instant
from tidegate.web.visit import Visit, in_tenant

_LOOKS: Final = ("viewed", "exported")
_NOW: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a page is about: a list, or one thing by the name that the page knows it by."""

    kind: Kind
    name: str = ""

    def find(self, scope: Scope) -> Incident | Alert | None:
        """The one thing, None for a list. Raises Forbidden, and NotFound for what is not seen."""
        require(scope, NEEDED[self.kind])
        if not self.name:
            return None
        if self.kind == Kind.INCIDENTS:
            return get_incident(scope, int(self.name))
        return get_alert(scope, self.name)


def _open_for_several(visit: ManyVisit) -> HttpResponseBase:
    subject = read_subject(visit.request.GET.get("of", ""))
    if subject.name:
        raise InvalidInput(fields={"tid": "must name one tenant here"})
    several, actor = visit.several, visit.actor
    grant = Grant(
        session=_session_of(visit),
        kind=subject.kind,
        reopen=partial(_reopen_several, actor, several.tid),
        group=several.group,
    )
    return _answer(visit, grant)


@require_safe
@in_tenant("live", Permission.TENANT_READ, many=_open_for_several)
def open_stream(visit: Visit) -> HttpResponseBase:
    """Say what a page may be told. The server, which asked, goes on from there; nobody else gets a stream."""
    subject = read_subject(visit.request.GET.get("of", ""))
    scope = visit.scope
    found = subject.find(scope)
    target = _target_of(found) if found else ""
    grant = Grant(
        session=_session_of(visit),
        kind=subject.kind,
        reopen=partial(_reopen, scope.actor, scope.tenant_id, subject),
        tenant_id=scope.tenant_id,
        user_id=scope.entry.user_id,
        target=target,
        begin=partial(begin_looking, scope, target) if target else None,
        ends_at=scope.entry.ends_at,
    )
    return _answer(visit, grant)


@require_safe
@in_tenant("live", Permission.TENANT_READ)
def show_change(visit: Visit) -> HttpResponseBase:
    """A bar for a page that shows an older state of its thing; nothing for one that does not."""
    found = _find_one(visit)
    shown = visit.request.GET.get("at", "")
    if write_instant(found.last_update_at) == shown:
        return HttpResponse(status=204)
    event = None
    if visit.scope.allows(Permission.AUDIT_READ):
        events = list_events(visit.scope, EventFilter(target=_target_of(found)))[:5]
        event = next((one for one in events if one.tag.rpartition(".")[2] not in _LOOKS), None)
    context = {
        "event": event,
        "found": found,
        "is_incident": isinstance(found, Incident),
        "is_now": clock.now() - found.last_update_at < _NOW,
    }
    return visit.render_part("web/live/changed.html", context)


@require_safe
@in_tenant("live", Permission.TENANT_READ)
def show_onlookers(visit: Visit) -> HttpResponseBase:
    """Who else looks at one thing now."""
    users = list_onlookers(visit.scope, _target_of(_find_one(visit)))
    people = [fr.person(show_inert(user.display_name), show_inert(user.mail)) for user in users]
    return visit.render_part("web/live/onlookers.html", {"people": people})


def read_subject(text: str) -> Subject:
    """What `of` says: incidents, alerts, incident:<number>, alert:<id>. Raises InvalidInput."""
    word, _, name = text.partition(":")
    if word == "incident" and name.isascii() and name.isdigit() and len(name) < 16:
        return Subject(Kind.INCIDENTS, name)
    if word == "alert" and 0 < len(name) <= 256:
        return Subject(Kind.ALERTS, name)
    if text in {"", Kind.INCIDENTS, Kind.ALERTS}:
        return Subject(Kind(text or Kind.INCIDENTS))
    raise InvalidInput(fields={"of": "must be incidents, alerts, incident: or alert: and which one"})


def _find_one(visit: Visit) -> Incident | Alert:
    found = read_subject(visit.request.GET.get("of", "")).find(visit.scope)
    if found is None:
        raise InvalidInput(fields={"of": "must be incident: or alert: and which one"})
    return found


def _target_of(found: Incident | Alert) -> str:
    target = incident_target(found) if isinstance(found, Incident) else alert_target(found)
    return f"{target.type}:{target.id}"


def _session_of(visit: Visit | ManyVisit) -> Session:
    account = visit.request.user
    session_key = visit.request.session.session_key
    if not isinstance(account, Account) or not session_key:
        raise InvalidInput(fields={"session": "must be one of a person"})
    return Session(session_key, account.pk, mark_sessions(account))


def _answer(visit: Visit | ManyVisit, grant: Grant) -> HttpResponse:
    slot = visit.request.META.get(Slot.NAME)
    if not isinstance(slot, Slot):
        # A browser does not come back for a stream after this (HTML, "Server-sent events").
        return HttpResponse(status=204)
    slot.grant = grant
    return HttpResponse(content_type="text/event-stream")


def _reopen(actor: Actor, tenant_id: uuid.UUID, subject: Subject) -> None:
    subject.find(open_gate(actor, str(tenant_id)))


def _reopen_several(actor: Actor, tid: str) -> Reach | None:
    return open_several(actor, tid).group
