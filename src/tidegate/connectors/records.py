"""The plain data that connectors give: one alert, one incident, one piece of evidence.

Words and enum values are Microsoft Graph's (v1.0 `security/alerts_v2`, `security/incidents`),
whatever the source called them; times are aware UTC datetimes. `extra` keeps the members that
no field here names and `raw` keeps the source's own JSON text, so nothing is lost.

They are structs and not dataclasses because a frozen dataclass takes six times as long to be made. What is
worked out of a record, it keeps (`dict=True` is for that).
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import msgspec

from tidegate.connectors.evidence import key_evidence, name_evidence

type Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


class SourceFormat(StrEnum):
    """What kind of record the text was."""

    GRAPH_ALERT = "graphAlert"
    GRAPH_INCIDENT = "graphIncident"
    DEFENDER_XDR_INCIDENT = "defenderXdrIncident"
    SIEM_DETECTION = "siemDetection"


class CommentRecord(msgspec.Struct, frozen=True):
    """A remark somebody made where the record came from."""

    text: str
    author: str
    created_at: datetime | None


class EvidenceRecord(msgspec.Struct, frozen=True, dict=True):
    """One thing an alert names.

    `kind` is Graph's type without its namespace ("deviceEvidence", "fileEvidence", ...);
    `body` is the whole Graph-shaped object, `@odata.type` included.
    """

    kind: str
    verdict: str
    remediation_status: str
    created_at: datetime | None
    body: Mapping[str, Json]

    @cached_property
    def key(self) -> str:
        """SHA-256, as hex, of what makes it the same thing in another alert of the tenant."""
        return key_evidence(self.kind, self.body)

    @cached_property
    def name(self) -> str:
        """How a person would call it, at most 1,024 characters."""
        return name_evidence(self.kind, self.body)

    @cached_property
    def text(self) -> str:
        """Its body as JSON."""
        return msgspec.json.encode(self.body).decode()


class AlertRecord(msgspec.Struct, frozen=True, dict=True):
    """One alert in Graph's words. `incident_external_id` is None when the source names none."""

    source_format: SourceFormat
    external_id: str
    incident_external_id: str | None
    title: str
    severity: str
    status: str
    created_at: datetime
    last_update_at: datetime
    raw: str
    description: str = ""
    recommended_actions: str = ""
    category: str = ""
    classification: str = "unknown"
    determination: str = "unknown"
    service_source: str = "unknown"
    detection_source: str = "unknown"
    detector_id: str = ""
    assigned_to: str = ""
    actor_display_name: str = ""
    threat_display_name: str = ""
    threat_family_name: str = ""
    resolved_at: datetime | None = None
    first_activity_at: datetime | None = None
    last_activity_at: datetime | None = None
    mitre_techniques: tuple[str, ...] = ()
    system_tags: tuple[str, ...] = ()
    comments: tuple[CommentRecord, ...] = ()
    evidence: tuple[EvidenceRecord, ...] = ()
    extra: Mapping[str, Json] = msgspec.field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the source's own text, as hex."""
        return _hash(self.raw)

    def work_out(self) -> None:
        """Work out now what would be at its first use."""
        _ = self.digest
        for one in self.evidence:
            _ = one.key, one.name, one.text


class IncidentRecord(msgspec.Struct, frozen=True, dict=True):
    """One incident in Graph's words, with the alerts that came inside it."""

    source_format: SourceFormat
    external_id: str
    display_name: str
    severity: str
    status: str
    created_at: datetime
    last_update_at: datetime
    raw: str
    description: str = ""
    classification: str = "unknown"
    determination: str = "unknown"
    assigned_to: str = ""
    redirect_external_id: str | None = None
    custom_tags: tuple[str, ...] = ()
    system_tags: tuple[str, ...] = ()
    comments: tuple[CommentRecord, ...] = ()
    alerts: tuple[AlertRecord, ...] = ()
    extra: Mapping[str, Json] = msgspec.field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the source's own text, as hex."""
        return _hash(self.raw)

    def work_out(self) -> None:
        """Work out now what would be at its first use."""
        for alert in self.alerts:
            alert.work_out()


class Position(msgspec.Struct, frozen=True):
    """Where in a file a record stands: its number and line (from 1) and its byte offset (from 0)."""

    record: int
    line: int
    byte: int


class Rejected(msgspec.Struct, frozen=True):
    """A record that could not be read, where it stood, and why, in words for a person."""

    position: Position
    reason: str


type Record = AlertRecord | IncidentRecord


def _hash(raw: str) -> str:
    return hashlib.sha256(raw.encode(errors="surrogatepass")).hexdigest()
