"""Rows of the lists: an incident, alert or device with what its cells show."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.authorization.scope import Scope
from tidegate.directory.naming import names_of
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.words import AlertStatus, IncidentStatus, Severity
from tidegate.web import frame as fr
from tidegate.web.inert import show_inert
from tidegate.web.links import tenant_link

TAGS_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One incident or alert. `ticket` is what its box sends: which one, at which version."""

    url: str
    severity: str
    owner: fr.Person | None
    ticket: str
    is_unread: bool
    incident: Incident
    alert: Alert | None = None
    tags: tuple[str, ...] = ()
    more_tags: int = 0


def incident_rows(scope: Scope, incidents: Sequence[Incident]) -> list[Row]:
    """Rows of incidents; one statement for the names of their owners."""
    names = names_of(scope, (incident.assigned_user_id for incident in incidents))
    return [_incident_row(scope, incident, names) for incident in incidents]


def alert_rows(scope: Scope, alerts: Sequence[Alert]) -> list[Row]:
    """Rows of alerts; one statement for the names of their owners."""
    names = names_of(scope, (alert.assigned_user_id for alert in alerts))
    return [_alert_row(scope, alert, names) for alert in alerts]


def owner_of(row: Incident | Alert, names: Mapping[uuid.UUID, str]) -> fr.Person | None:
    """Who works on it: a user by name, or whom its source named; None for nobody."""
    if not row.assigned_to and row.assigned_user_id is None:
        return None
    known = names.get(row.assigned_user_id) if row.assigned_user_id else None
    return fr.person(show_inert(known or ""), show_inert(row.assigned_to))


def severity_word(severity: int) -> str:
    """Graph's word for a severity as kept."""
    return Severity(severity).word


def _incident_row(scope: Scope, incident: Incident, names: Mapping[uuid.UUID, str]) -> Row:
    tags = [show_inert(tag) for tag in incident.custom_tags]
    return Row(
        url=tenant_link("incident", str(scope.tenant_id), incident.number),
        severity=severity_word(incident.severity),
        owner=owner_of(incident, names),
        ticket=f"{incident.number}.{incident.version}",
        is_unread=incident.status == IncidentStatus.ACTIVE,
        incident=incident,
        tags=tuple(tags[:TAGS_IN_A_ROW]),
        more_tags=max(0, len(tags) - TAGS_IN_A_ROW),
    )


def _alert_row(scope: Scope, alert: Alert, names: Mapping[uuid.UUID, str]) -> Row:
    return Row(
        url=tenant_link("alert", str(scope.tenant_id), alert.external_id),
        severity=severity_word(alert.severity),
        owner=owner_of(alert, names),
        ticket="",
        is_unread=alert.status == AlertStatus.NEW,
        incident=alert.incident,
        alert=alert,
    )
