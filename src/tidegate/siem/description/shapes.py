"""The objects of these APIs as JSON Schema (draft 2020-12), as OpenAPI 3.1 has it."""

from collections.abc import Iterable, Mapping
from typing import Final

from tidegate.incidents.detections.form import FIELDS
from tidegate.siem.defender import alert_form, machine_form
from tidegate.siem.words import ALERT_STATUSES, CLASSIFICATIONS, DETERMINATIONS, INCIDENT_STATUSES, SEVERITIES
from tidegate.siem.xdr import incident_form

type Schema = dict[str, object]

TEXT: Final[Schema] = {"type": ["string", "null"]}
NAME: Final[Schema] = {"type": "string", "minLength": 1}
NUMBER: Final[Schema] = {"type": ["integer", "null"]}
FLAG: Final[Schema] = {"type": ["boolean", "null"]}
TIME: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
OBJECT: Final[Schema] = {"type": "object"}
_CONTEXT: Final[Schema] = {"@odata.context": {"type": "string"}}


def many(of: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": of}


def choose(words: Mapping[str, str]) -> Schema:
    """One of these words, or null."""
    return {"enum": [*dict.fromkeys(words.values()), None]}


def shape(members: Iterable[str], **others: Schema) -> Schema:
    """An object of these members: texts, but for those that are said to be something else."""
    properties = {**_CONTEXT, **{name: others.get(name, TEXT) for name in members}}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def refer(name: str) -> Schema:
    """One of the named schemas below."""
    return {"$ref": f"#/components/schemas/{name}"}


def page_of(name: str) -> Schema:
    """A list in OData's form."""
    members: Schema = {**_CONTEXT, "@odata.count": {"type": "integer"}, "value": many(refer(name))}
    members["@odata.nextLink"] = {"type": "string", "format": "uri"}
    return {"type": "object", "required": ["value"], "properties": members, "additionalProperties": False}


_JUDGEMENT: Final = {
    "classification": choose(CLASSIFICATIONS),
    "determination": choose(DETERMINATIONS),
    "severity": choose(SEVERITIES),
}
_COMMENT: Final = shape(("comment", "createdBy", "createdTime"), createdTime=TIME)
_ACCOUNT: Final = shape(("accountName", "domainName"))
_ERROR: Final[Schema] = {
    "type": "object",
    "required": ["code", "message", "target"],
    "properties": {name: {"type": "string"} for name in ("code", "message", "target")},
}

SCHEMAS: Final[Mapping[str, Schema]] = {
    "error": {"type": "object", "required": ["error"], "properties": {"error": _ERROR}},
    "detection": {
        **shape(
            FIELDS,
            AlertPart=NUMBER,
            ReportID=NUMBER,
            RemediationIsSuccess=FLAG,
            WasExecutingWhileDetected=FLAG,
        ),
        "required": ["AlertId", "LastProcessedTimeUtc"],
    },
    "alert": shape(
        alert_form.MEMBERS,
        **_JUDGEMENT,
        status=choose(ALERT_STATUSES),
        incidentId={"type": "integer"},
        investigationId=NUMBER,
        alertCreationTime=TIME,
        firstEventTime=TIME,
        lastEventTime=TIME,
        lastUpdateTime=TIME,
        resolvedTime=TIME,
        mitreTechniques={"type": ["array", "null"], "items": {"type": "string"}},
        relatedUser={"anyOf": [shape(("userName", "domainName")), {"type": "null"}]},
        loggedOnUsers=many(_ACCOUNT),
        comments=many(_COMMENT),
        evidence=many(OBJECT),
    ),
    "machine": shape(
        machine_form.MEMBERS,
        firstSeen=TIME,
        lastSeen=TIME,
        osBuild=NUMBER,
        rbacGroupId=NUMBER,
        isAadJoined=FLAG,
        machineTags=many({"type": "string"}),
        ipAddresses=many(shape(("ipAddress", "macAddress", "operationalStatus"))),
    ),
    "incident": shape(
        incident_form.MEMBERS,
        **_JUDGEMENT,
        status=choose(INCIDENT_STATUSES),
        incidentId={"type": "integer"},
        redirectIncidentId=NUMBER,
        createdTime=TIME,
        lastUpdateTime=TIME,
        tags=many({"type": "string"}),
        comments=many(_COMMENT),
        alerts=many(OBJECT),
    ),
    "file": OBJECT,
    "ip": shape(("id",)),
    "domain": shape(("host",)),
    "user": OBJECT,
    "feed": {**OBJECT, "required": ["id", "tenantId", "feed", "lagSeconds", "waiting", "isBehind"]},
}
