"""How programs fare: what the record tells of those that fetch, and of what they need for it, in words.

The events are the feeds' own: who fell behind and caught up, which credential and which consent ends soon.
"""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.audit.models import AuditEvent
from tidegate.authorization.scope import Scope
from tidegate.core.ids import parse_uuid
from tidegate.directory.models import ServicePrincipal
from tidegate.notifications.models import Notification, NotificationRule
from tidegate.notifications.showing import link_to, show

FELL_BEHIND: Final = "feed.fell_behind"
CAUGHT_UP: Final = "feed.caught_up"
CREDENTIAL_ENDS: Final = "credential.ending"
CONSENT_ENDS: Final = "consent.ending"
TOLD: Final = frozenset({FELL_BEHIND, CAUGHT_UP, CREDENTIAL_ENDS, CONSENT_ENDS})

_TITLES: Final[Mapping[str, Promise]] = {
    FELL_BEHIND: gettext_lazy("%(program)s fell behind in fetching"),
    CAUGHT_UP: gettext_lazy("%(program)s fetched all that it had fallen behind with"),
    CREDENTIAL_ENDS: gettext_lazy("What %(program)s proves itself with ends soon"),
    CONSENT_ENDS: gettext_lazy("What %(program)s may do ends soon"),
}
_FEEDS: Final[Mapping[str, Promise]] = {
    "graph_alerts": gettext_lazy("Alerts, Microsoft Graph"),
    "graph_incidents": gettext_lazy("Incidents, Microsoft Graph"),
    "siem": gettext_lazy("Alerts, SIEM API"),
    "defender_alerts": gettext_lazy("Alerts, Defender for Endpoint API"),
    "xdr_incidents": gettext_lazy("Incidents, Defender XDR API"),
}
_PAGES: Final = {"application": "application", "service_principal": "service_principal"}
_INSTANTS: Final = ("waiting_since", "behind_since", "ends_at")


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to a program. The words are those of the language that is set."""

    notification_id: uuid.UUID
    kind: str
    at: datetime
    program: str
    client_id: str
    subject: str
    instant: datetime | None
    link: str

    @property
    def title(self) -> str:
        """What happened, on one line."""
        return str(_TITLES[self.kind]) % {"program": self.program or _("An application")}

    @property
    def facts(self) -> list[str]:
        """What there is to know of it, a line each."""
        lines = [self._about] if self.subject else []
        if self.instant is not None:
            at = date_format(localtime(self.instant), "Y-m-d H:i T")
            words = _("Ends: %(at)s") if self.kind in {CREDENTIAL_ENDS, CONSENT_ENDS} else _("Since: %(at)s")
            lines.append(words % {"at": at})
        return lines

    @property
    def _about(self) -> str:
        if self.kind == CREDENTIAL_ENDS:
            return _("Credential: %(name)s") % {"name": self.subject}
        if self.kind == CONSENT_ENDS:
            return _("Permissions: %(names)s") % {"names": self.subject}
        return _("Feed: %(name)s") % {"name": _FEEDS.get(self.subject, self.subject)}


def read_happenings(
    scope: Scope, told: Iterable[tuple[Notification, NotificationRule]]
) -> dict[uuid.UUID, Happening]:
    """What these notifications of the scope's tenant are about, by their ids. Two statements."""
    pairs = list(told)
    events = _read_events(scope, [one.event_sequence for one, _rule in pairs])
    clients = {client for event in events.values() if (client := _client_of(event)) is not None}
    names = _name_programs(scope, clients)
    return {
        one.id: _make(scope, rule, one, events[one.event_sequence], names)
        for one, rule in pairs
        if one.event_sequence in events
    }


def make_up_happening(scope: Scope, rule: NotificationRule, at: datetime) -> Happening:
    """An example."""
    link = link_to(rule, scope, "feeds")
    since = at - timedelta(minutes=30)
    return Happening(scope.tenant_id, FELL_BEHIND, at, "SIEM", str(scope.tenant_id), "siem", since, link)


def _read_events(scope: Scope, sequences: Sequence[int]) -> dict[int, AuditEvent]:
    rows = AuditEvent.objects.in_scope(scope).filter(sequence__in=sequences, tag__in=TOLD)
    return {event.sequence: event for event in rows}


def _make(
    scope: Scope,
    rule: NotificationRule,
    notification: Notification,
    event: AuditEvent,
    names: Mapping[uuid.UUID, str],
) -> Happening:
    details, client_id = json.loads(event.details), _client_of(event)
    own = names.get(client_id, "") if client_id else ""
    page = _PAGES.get(event.target_type)
    return Happening(
        notification_id=notification.id,
        kind=event.tag,
        at=event.at,
        program=show(own if event.target_type == "feed" else event.target_name),
        client_id=str(client_id or ""),
        subject=show(_subject_of(event, details)),
        instant=next((_read_instant(details[name]) for name in _INSTANTS if details.get(name)), None),
        link=link_to(rule, scope, page, event.target_id) if page else link_to(rule, scope, "feeds"),
    )


def _subject_of(event: AuditEvent, details: Mapping[str, Any]) -> str:
    if event.tag == CREDENTIAL_ENDS:
        return str(details.get("credential", ""))
    if event.tag == CONSENT_ENDS:
        return ", ".join(map(str, details.get("permissions", ())))
    return event.target_name


def _client_of(event: AuditEvent) -> uuid.UUID | None:
    details = json.loads(event.details)
    return parse_uuid(str(details.get("client_id") or details.get("application") or ""))


def _name_programs(scope: Scope, clients: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = ServicePrincipal.objects.in_scope(scope).filter(client_id__in=clients).order_by("created_at")
    return dict(rows.values_list("client_id", "display_name"))


def _read_instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
