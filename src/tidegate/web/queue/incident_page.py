"""What the page of one incident shows, read in a fixed number of statements."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from tidegate.audit.models import AuditEvent
from tidegate.audit.queries import EventFilter, list_events
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.connectors.records import Json
from tidegate.devices.models import Device
from tidegate.directory.naming import names_of
from tidegate.incidents.correlation.reasons import reasons_of
from tidegate.incidents.document import read_document
from tidegate.incidents.models import Alert, Evidence, Incident
from tidegate.incidents.queries import (
    alerts_of,
    comments_of,
    devices_of,
    evidence_of,
    identities_of,
    related_incidents,
)
from tidegate.incidents.queue import merged_into
from tidegate.incidents.redaction import show_as_seen
from tidegate.incidents.words import IncidentStatus
from tidegate.web.attack_techniques import technique_name
from tidegate.web.evidence.fields import list_fields
from tidegate.web.evidence.grouping import count_things, group_evidence
from tidegate.web.queue.rows import incident_rows, owner_of, severity_word
from tidegate.web.queue.source import read_source
from tidegate.web.queue.timeline import make_timeline
from tidegate.web.words import describe_event

ALERTS_AT_MOST: Final = 300
COMMENTS_AT_MOST: Final = 300
EVIDENCE_AT_MOST: Final = 3000
LISTED_AT_MOST: Final = 50
RELATED_AT_MOST: Final = 8
EVENTS_AT_MOST: Final = 12


@dataclass(frozen=True, slots=True)
class SeenDevice:
    """A device that the incident names, with the worst severity of the alerts that name it."""

    device: Device
    severity: str


def describe_incident(scope: Scope, incident: Incident) -> dict[str, Any]:
    """The template's variables but for what can be changed."""
    alerts = list(alerts_of(scope, incident)[:ALERTS_AT_MOST])
    comments = list(comments_of(scope, incident)[:COMMENTS_AT_MOST])
    evidence = list(evidence_of(scope, incident=incident)[:EVIDENCE_AT_MOST])
    people = [comment.user_id for comment in comments]
    names = names_of(scope, [*people, incident.assigned_user_id])
    related = list(related_incidents(scope, incident)[:RELATED_AT_MOST])
    show_as_seen(scope, related)
    groups = group_evidence(evidence, leave_out=frozenset({"devices"}))
    return {
        "incident": incident,
        "severity_word": severity_word(incident.severity),
        "owner": owner_of(incident, names),
        "is_merged": incident.status == IncidentStatus.REDIRECTED,
        "merged_into": merged_into(scope, incident),
        "timeline": make_timeline(
            str(scope.tenant_id), alerts, comments, names, _first_devices(evidence), reasons_of(scope, alerts)
        ),
        "alerts_shown": len(alerts),
        "comments_shown": len(comments),
        "groups": groups,
        "things": count_things(groups),
        "malicious": count_things(groups, "malicious"),
        "devices": _see_devices(scope, incident, alerts, evidence),
        "identities": list(identities_of(scope, incident)[:LISTED_AT_MOST]),
        "techniques": list(list_techniques(read_document(alert) for alert in alerts)),
        "related": incident_rows(scope, related),
        "target": f"incident:{incident.number}",
        "events": list_activity(scope, f"incident:{incident.number}"),
        "extra": list_fields(incident.extra),
        "source": read_source(incident.raw),
    }


def list_techniques(documents: Iterable[dict[str, Json]]) -> Iterator[tuple[str, str]]:
    """Each ATT&CK technique that the documents name, once, with its name where we know it."""
    named = (document.get("mitreTechniques") for document in documents)
    lists = (techniques for techniques in named if isinstance(techniques, list))
    for technique in dict.fromkeys(map(str, chain.from_iterable(lists))):
        yield technique, technique_name(technique)


def list_activity(scope: Scope, target: str) -> list[tuple[AuditEvent, object]] | None:
    """The latest events of the audit log on one thing, in words; None for who may not read it."""
    if not scope.allows(Permission.AUDIT_READ):
        return None
    events = list_events(scope, EventFilter(target=target))[:EVENTS_AT_MOST]
    return [(event, describe_event(event.tag)) for event in events]


def _first_devices(evidence: list[Evidence]) -> dict[uuid.UUID, str]:
    """The name of the first device of each alert, without its domain."""
    named = (row for row in reversed(evidence) if row.kind == "deviceEvidence")
    return {row.alert_id: row.name.partition(".")[0] for row in named}


def _see_devices(
    scope: Scope, incident: Incident, alerts: list[Alert], evidence: list[Evidence]
) -> list[SeenDevice]:
    severities = {alert.id: alert.severity for alert in alerts}
    worst: dict[object, int] = {}
    for row in evidence:
        if row.device_id:
            severity = severities.get(row.alert_id, 0)
            worst[row.device_id] = max(worst.get(row.device_id, 0), severity)
    devices = devices_of(scope, incident)[:LISTED_AT_MOST]
    return [SeenDevice(device, severity_word(worst.get(device.id, 0))) for device in devices]
