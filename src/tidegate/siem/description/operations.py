"""The calls that are served, each with what it takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tidegate.authorization.api_permissions import Resource as Api
from tidegate.incidents.actions.creating import SEVERITIES
from tidegate.odata.resource import Resource
from tidegate.siem.defender.resources import ALERT, MACHINE
from tidegate.siem.description.shapes import NAME, TEXT, Schema, choose, many, page_of, refer
from tidegate.siem.words import ALERT_STATUSES, CLASSIFICATIONS, DETERMINATIONS, INCIDENT_STATUSES
from tidegate.siem.words import SEVERITIES as SEVERITY_WORDS
from tidegate.siem.xdr.incidents import INCIDENT


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. `path` is below `/api`; no answer is an empty one; `resource` says which options it takes."""

    method: str
    path: str
    summary: str
    apis: tuple[Api, ...]
    permissions: str
    answers: Schema | None = None
    takes: Schema | None = None
    resource: Resource | None = None
    parameters: Mapping[str, Schema] = field(default_factory=dict)


_WISH: Final[Mapping[str, Schema]] = {
    "assignedTo": TEXT,
    "classification": choose(CLASSIFICATIONS),
    "determination": choose(DETERMINATIONS),
    "comment": TEXT,
}
_WINDOW: Final[Mapping[str, Schema]] = {
    "sinceTimeUtc": {"type": "string", "format": "date-time"},
    "untilTimeUtc": {"type": "string", "format": "date-time"},
    "ago": {"type": "string", "format": "duration"},
    "limit": {"type": "integer", "minimum": 0},
    "machinegroups": many({"type": "string"}),
    "DeviceCreatedMachineTags": {"type": "string"},
    "CloudCreatedMachineTags": {"type": "string"},
}


def _body(members: Mapping[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    return {"type": "object", "required": list(required), "properties": dict(members)}


_EVENT: Final = ("machineId", "severity", "title", "description", "recommendedAction", "eventTime",
                 "reportId", "category")  # fmt: skip
_CREATION: Final = _body(
    {
        **dict.fromkeys(_EVENT, NAME),
        "eventTime": {"type": "string", "format": "date-time"},
        "severity": {"enum": [SEVERITY_WORDS[severity.word] for severity in SEVERITIES]},
    },
    _EVENT,
)
_TAG: Final[Mapping[str, Schema]] = {"Value": NAME, "Action": {"enum": ["Add", "Remove"]}}
_CHANGE: Final[Mapping[str, Schema]] = {"status": choose(ALERT_STATUSES), **_WISH}
_CHANGE_OF_INCIDENT: Final[Mapping[str, Schema]] = {
    "status": choose(INCIDENT_STATUSES),
    "tags": many({"type": "string"}),
    **_WISH,
}

_SIEM: Final = (Api.SIEM,)
_DEFENDER: Final = (Api.DEFENDER,)
_XDR: Final = (Api.DEFENDER_XDR,)
_READS: Final = "Alert.Read.All, Alert.ReadWrite.All"
_WRITES: Final = "Alert.ReadWrite.All"
_MACHINES: Final = "Machine.Read.All, Machine.ReadWrite.All"
_ONE: Final = "/alerts/{alert-id}"
_MACHINE: Final = "/machines/{machine-id}"
_EITHER: Final[Schema] = {"anyOf": [many(refer("detection")), page_of("alert")]}

OPERATIONS: Final = (
    Operation("GET", "/alerts", "Detections, or alerts: what the token is for decides", (*_SIEM, *_DEFENDER),
              f"Alerts.Fetch.All; {_READS}", _EITHER, resource=ALERT, parameters=_WINDOW),
    Operation("GET", "/alert", "Detections", _SIEM, "Alerts.Fetch.All", many(refer("detection")),
              parameters=_WINDOW),
    Operation("POST", "/alerts/batchUpdate", "Change alerts: all or none", _DEFENDER, _WRITES,
              takes=_body({"alertIds": many(NAME), **_CHANGE}, ("alertIds",))),
    Operation("POST", "/alerts/CreateAlertByReference", "Make an alert of an event", _DEFENDER, _WRITES,
              refer("alert"), _CREATION),
    Operation("GET", _ONE, "One alert", _DEFENDER, _READS, refer("alert"), resource=ALERT.one_object()),
    Operation("PATCH", _ONE, "Change an alert", _DEFENDER, _WRITES, refer("alert"), _body(_CHANGE)),
    Operation("GET", f"{_ONE}/machine", "The first device that it names", _DEFENDER, _READS,
              refer("machine")),
    Operation("GET", f"{_ONE}/files", "The files that it names", _DEFENDER, _READS, page_of("file")),
    Operation("GET", f"{_ONE}/ips", "The addresses that it names", _DEFENDER, _READS, page_of("ip")),
    Operation("GET", f"{_ONE}/domains", "The hosts that it names", _DEFENDER, _READS, page_of("domain")),
    Operation("GET", f"{_ONE}/user", "The user that it is about", _DEFENDER, _READS, refer("user")),
    Operation("GET", "/machines", "Devices, seen last first", _DEFENDER, _MACHINES, page_of("machine"),
              resource=MACHINE),
    Operation("POST", "/machines/AddOrRemoveTagForMultipleMachines", "Tag devices: all or none", _DEFENDER,
              "Machine.ReadWrite.All",
              takes=_body({"MachineIds": many(NAME), **_TAG}, ("MachineIds", *_TAG))),
    Operation("GET", _MACHINE, "One device", _DEFENDER, _MACHINES, refer("machine"),
              resource=MACHINE.one_object()),
    Operation("POST", f"{_MACHINE}/tags", "Tag a device", _DEFENDER, "Machine.ReadWrite.All",
              refer("machine"), _body(_TAG, tuple(_TAG))),
    Operation("GET", f"{_MACHINE}/alerts", "The alerts that name it", _DEFENDER, _MACHINES, page_of("alert"),
              resource=ALERT),
    Operation("GET", "/incidents", "Incidents with their alerts, newest first", _XDR,
              "Incident.Read.All, Incident.ReadWrite.All", page_of("incident"), resource=INCIDENT),
    Operation("GET", "/incidents/{incident-id}", "One incident", _XDR,
              "Incident.Read.All, Incident.ReadWrite.All", refer("incident"), resource=INCIDENT.one_object()),
    Operation("PATCH", "/incidents/{incident-id}", "Change an incident", _XDR, "Incident.ReadWrite.All",
              refer("incident"),
              _body(_CHANGE_OF_INCIDENT)),
    Operation("GET", "/feeds", "What was fetched, and how far behind that is", tuple(Api), "any",
              page_of("feed"), parameters={"tid": {"enum": ["all"]}}),
)  # fmt: skip
