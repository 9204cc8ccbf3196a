"""What is declared of this part."""

from typing import Final

from tidegate.graph.model import ENTITY, Form, Navigation, Operation, Part, Primitive, Property, Structure
from tidegate.graph.security import resources, types

_SECURITY: Final = Structure(
    "microsoft.graph.security.security",
    navigation=(Navigation("alerts_v2", types.ALERT), Navigation("incidents", types.INCIDENT)),
    base=ENTITY,
    is_entity=True,
)
_REJECTED: Final = Structure(
    "tidegate.rejected",
    (
        Property("record", Primitive.INT32, nullable=False),
        Property("line", Primitive.INT32, nullable=False),
        Property("reason", Primitive.STRING, nullable=False),
    ),
)
_COUNTS: Final = ("created", "updated", "unchanged", "incidentsCreated", "incidentsUpdated")
_TAKEN: Final = Structure(
    "tidegate.alertsTakenIn",
    (
        *(Property(name, Primitive.INT32, nullable=False) for name in _COUNTS),
        Property("rejected", _REJECTED, many=True),
    ),
)
_READS_ALERTS: Final = ("SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All")
_READS_INCIDENTS: Final = ("SecurityIncident.Read.All", "SecurityIncident.ReadWrite.All")
_ALERTS: Final = "/security/alerts_v2"
_ALERT: Final = f"{_ALERTS}/{{alert-id}}"
_INCIDENTS: Final = "/security/incidents"
_INCIDENT: Final = f"{_INCIDENTS}/{{incident-id}}"
_TID: Final = {
    "tid": "Another tenant that consented, by id or domain, not the token's; in lists, `all` for all of them."
}


def _list(
    path: str, summary: str, structure: Structure, permissions: tuple[str, ...]
) -> tuple[Operation, ...]:
    """A list, and the count of it."""
    is_alerts = structure is types.ALERT
    return (
        Operation(
            "GET", path, summary, permissions, structure, Form.LIST,
            resource=resources.ALERT if is_alerts else resources.INCIDENT, parameters=_TID,
        ),
        Operation(
            "GET", f"{path}/$count", f"{summary}: how many", permissions, Primitive.INT64, Form.NUMBER,
            resource=resources.COUNT_OF_ALERTS if is_alerts else resources.COUNT_OF_INCIDENTS,
            parameters=_TID,
        ),
    )  # fmt: skip


def _show(path: str, summary: str, structure: Structure, permissions: tuple[str, ...]) -> Operation:
    resource = resources.ALERT if structure is types.ALERT else resources.INCIDENT
    return Operation(
        "GET", path, summary, permissions, structure, resource=resource.one_object(), parameters=_TID
    )


def _patch(path: str, summary: str, structure: Structure, permissions: tuple[str, ...]) -> Operation:
    return Operation("PATCH", path, summary, permissions[-1:], structure, takes=structure, parameters=_TID)


def _comment(path: str, summary: str, permissions: tuple[str, ...]) -> Operation:
    return Operation(
        "POST", path, summary, permissions[-1:], types.COMMENT, Form.ARRAY,
        takes=types.COMMENT, takes_many=True, parameters=_TID,
    )  # fmt: skip


PART: Final = Part(
    types=(*types.TYPES, _SECURITY, _TAKEN),
    sets={"security/alerts_v2": types.ALERT, "security/incidents": types.INCIDENT},
    singletons={"security": _SECURITY},
    operations=(
        *_list(_ALERTS, "Alerts, newest first", types.ALERT, _READS_ALERTS),
        Operation(
            "POST", _ALERTS, "Send alerts in: one, a list, or one a line (not in Microsoft's Graph)",
            ("SecurityAlert.Create.All",), _TAKEN, takes=types.ALERT, takes_many=True,
            parameters={"tid": _TID["tid"]},
        ),
        _show(_ALERT, "One alert", types.ALERT, _READS_ALERTS),
        _patch(_ALERT, "Change an alert", types.ALERT, _READS_ALERTS),
        _comment(f"{_ALERT}/comments", "Comment on an alert", _READS_ALERTS),
        Operation(
            "GET", f"{_ALERT}/comments/$count", "How many comments an alert has", _READS_ALERTS,
            Primitive.INT64, Form.NUMBER, parameters=_TID,
        ),
        *_list(_INCIDENTS, "Incidents, newest first", types.INCIDENT, _READS_INCIDENTS),
        _show(_INCIDENT, "One incident", types.INCIDENT, _READS_INCIDENTS),
        _patch(_INCIDENT, "Change an incident", types.INCIDENT, _READS_INCIDENTS),
        _comment(f"{_INCIDENT}/comments", "Comment on an incident", _READS_INCIDENTS),
        *_list(f"{_INCIDENT}/alerts", "The alerts in an incident", types.ALERT, _READS_INCIDENTS),
        _show(f"{_INCIDENT}/alerts/{{alert-id}}", "One of them", types.ALERT, _READS_INCIDENTS),
        _comment(f"{_INCIDENT}/alerts/{{alert-id}}/comments", "Comment on one of them", _READS_ALERTS),
    ),
)  # fmt: skip
