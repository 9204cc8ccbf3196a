"""Rows of the lists: an incident, alert or device with what its cells show."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.directory.naming import names_of
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.words import AlertStatus, IncidentStatus, Severity
from tidegate.web import frame as fr
from tidegate.web.inert import show_inert
from tidegate.web.links import tenant_link
from tidegate.web.queue.changed import write_known
from tidegate.web.queue.due import Due

TAGS_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One incident or alert. `ticket` is what its box sends: which one, at which version.

    `tenant` is whose it is, where a list shows several; `due` its clock, where a service level was agreed.
    """

    url: str
    severity: str
    owner: fr.Person | None
    ticket: str
    is_unread: bool
    incident: Incident
    alert: Alert | None = None
    tags: tuple[str, ...] = ()
    more_tags: int = 0
    tenant: fr.TenantBadge | None = None
    due: Due | None = None

    @property
    def known(self) -> str:
        """Which one, and when it had last changed, as the page gives it back."""
        return write_known(self.alert or self.incident)


type Badges = Mapping[uuid.UUID, fr.TenantBadge]


def incident_rows(
    scope: Scope | ManyScope,
    incidents: Sequence[Incident],
    tenants: Badges | None = None,
    dues: Mapping[uuid.UUID, Due] | None = None,
) -> list[Row]:
    """Rows of incidents; one statement for the names of their owners.

    Of several tenants with `tenants`; `dues` are their clocks.
    """
    names = names_of(scope, (incident.assigned_user_id for incident in incidents))
    known = dues or {}
    return [_incident_row(incident, names, tenants, known.get(incident.id)) for incident in incidents]


def alert_rows(scope: Scope | ManyScope, alerts: Sequence[Alert], tenants: Badges | None = None) -> list[Row]:
    """Rows of alerts; one statement for the names of their owners. Of several tenants with `tenants`."""
    names = names_of(scope, (alert.assigned_user_id for alert in alerts))
    return [_alert_row(alert, names, tenants) for alert in alerts]


def owner_of(row: Incident | Alert, names: Mapping[uuid.UUID, str]) -> fr.Person | None:
    """Who works on it: a user by name, or whom its source named; None for nobody."""
    if not row.assigned_to and row.assigned_user_id is None:
        return None
    known = names.get(row.assigned_user_id) if row.assigned_user_id else None
    return fr.person(show_inert(known or ""), show_inert(row.assigned_to))


def severity_word(severity: int) -> str:
    """Graph's word for a severity as kept."""
    return Severity(severity).word


def _incident_row(
    incident: Incident, names: Mapping[uuid.UUID, str], tenants: Badges | None, due: Due | None
) -> Row:
    ticket = f"{incident.number}.{incident.version}"
    tags = [show_inert(tag) for tag in incident.custom_tags]
    return Row(
        url=tenant_link("incident", str(incident.tenant_id), incident.number),
        severity=severity_word(incident.severity),
        owner=owner_of(incident, names),
        ticket=f"{incident.tenant_id}.{ticket}" if tenants else ticket,
        is_unread=incident.status == IncidentStatus.ACTIVE,
        incident=incident,
        tags=tuple(tags[:TAGS_IN_A_ROW]),
        more_tags=max(0, len(tags) - TAGS_IN_A_ROW),
        tenant=tenants[incident.tenant_id] if tenants else None,
        due=due,
    )


def _alert_row(alert: Alert, names: Mapping[uuid.UUID, str], tenants: Badges | None) -> Row:
    return Row(
        url=tenant_link("alert", str(alert.tenant_id), alert.external_id),
        severity=severity_word(alert.severity),
        owner=owner_of(alert, names),
        ticket="",
        is_unread=alert.status == AlertStatus.NEW,
        incident=alert.incident,
        alert=alert,
        tenant=tenants[alert.tenant_id] if tenants else None,
    )
