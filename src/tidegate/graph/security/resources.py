"""What lists of alerts and incidents can be asked."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from tidegate.core.paging import SortKey
from tidegate.graph.model import EnumType, Structure
from tidegate.graph.security import types
from tidegate.incidents.words import Severity
from tidegate.odata.resource import Kind, Option, Property, Resource

_LARGEST_TOP: Final = 100_000
_NEWEST_FIRST: Final = (SortKey("created_at"), SortKey("id"))
# The second spellings stand in Graph's own pages; texts are compared in the table's spelling.
_SECOND_SPELLINGS: Final = {
    "compromisedUser": "compromisedAccount",
    "clean": "notMalicious",
    "insufficientData": "notEnoughDataToValidate",
    "confirmedUserActivity": "confirmedActivity",
}


def _enum(name: str, column: str, kind: EnumType, more: Mapping[str, str] | None = None) -> Property:
    own = {word: word for word in kind.words}
    return Property(name, column, Kind.ENUM, words={**own, **(more or {})})


def _times(**columns: str) -> Iterable[Property]:
    return (Property(name, column, Kind.DATETIME) for name, column in columns.items())


def _members(structure: Structure) -> tuple[str, ...]:
    return tuple(declared.name for declared in structure.all_properties)


_SEVERITY_WORDS: Final = {
    **{word: Severity.of_word(word).value for word in types.SEVERITY.words},
    "unknownFutureValue": (),
}
_OF_BOTH: Final = (
    Property("severity", "severity", Kind.ENUM, words=_SEVERITY_WORDS),
    Property("assignedTo", "assigned_to", null_as=("",)),
    _enum("classification", "classification", types.CLASSIFICATION),
    _enum("determination", "determination", types.DETERMINATION, _SECOND_SPELLINGS),
    Property("tenantId", "tenant_id", Kind.GUID),
    *_times(createdDateTime="created_at", lastUpdateDateTime="last_update_at"),
)

ALERT: Final = Resource(
    name="alerts",
    properties=(
        Property("id", "external_id", exact_case=True),
        Property("incidentId", "incident__number", Kind.INTEGER),
        Property("title", "title"),
        Property("category", "category"),
        *_OF_BOTH,
        _enum("status", "status", types.ALERT_STATUS),
        _enum("serviceSource", "service_source", types.SERVICE_SOURCE),
        _enum("detectionSource", "detection_source", types.DETECTION_SOURCE),
        *_times(
            firstActivityDateTime="first_activity_at",
            lastActivityDateTime="last_activity_at",
            resolvedDateTime="resolved_at",
        ),
    ),
    members=_members(types.ALERT),
    orderable=(
        "createdDateTime", "lastUpdateDateTime", "firstActivityDateTime", "lastActivityDateTime",
        "severity", "status", "id",
    ),
    default_order=_NEWEST_FIRST,
    largest_top=_LARGEST_TOP,
)  # fmt: skip

INCIDENT: Final = Resource(
    name="incidents",
    properties=(
        Property("id", "number", Kind.INTEGER),
        Property("displayName", "display_name"),
        *_OF_BOTH,
        _enum("status", "status", types.INCIDENT_STATUS),
        Property("customTags", "custom_tags", Kind.TEXT_LIST),
        Property("systemTags", "system_tags", Kind.TEXT_LIST),
    ),
    members=_members(types.INCIDENT),
    orderable=("createdDateTime", "lastUpdateDateTime", "severity", "status", "id"),
    default_order=_NEWEST_FIRST,
    expandable={"alerts": replace(ALERT, options=frozenset({Option.FILTER, Option.SELECT}))},
    default_top=50,
    largest_top=_LARGEST_TOP,
)

COUNT_OF_ALERTS: Final = replace(ALERT, options=frozenset({Option.FILTER}))
COUNT_OF_INCIDENTS: Final = replace(INCIDENT, options=frozenset({Option.FILTER}))
