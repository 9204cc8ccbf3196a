"""An incident as the Defender XDR API shows it: its alerts in it, their devices and entities in those."""

from collections.abc import Iterable, Mapping
from typing import Final

from tidegate.connectors.records import Json
from tidegate.incidents.document import format_time
from tidegate.incidents.models import Comment, Incident
from tidegate.incidents.words import Severity
from tidegate.siem.entities import devices_of, evidence_of, flatten_evidence, kind_of, list_of, object_of
from tidegate.siem.words import (
    ALERT_STATUSES,
    CLASSIFICATIONS,
    DETECTION_SOURCES,
    DETERMINATIONS,
    INCIDENT_STATUSES,
    SERVICE_SOURCES,
    SEVERITIES,
    capitalize,
    write_word,
)

type Body = Mapping[str, Json]

MEMBERS: Final = (
    "incidentId", "incidentUri", "redirectIncidentId", "incidentName", "createdTime", "lastUpdateTime",
    "assignedTo", "classification", "determination", "status", "severity", "tags", "comments", "alerts",
)  # fmt: skip

_DEVICE_WORDS: Final = ("healthStatus", "riskScore", "onboardingStatus", "defenderAvStatus")


def show_incident(
    incident: Incident, comments: Iterable[Comment], alerts: Iterable[Body], merged_into: int | None, uri: str
) -> dict[str, object]:
    """The incident, with the documents of its alerts. `uri` is where it is in the portal."""
    return {
        "incidentId": incident.number,
        "incidentUri": uri,
        "redirectIncidentId": merged_into,
        "incidentName": incident.display_name,
        "createdTime": format_time(incident.created_at),
        "lastUpdateTime": format_time(incident.last_update_at),
        "assignedTo": incident.assigned_to or None,
        "classification": write_word(CLASSIFICATIONS, incident.classification),
        "determination": write_word(DETERMINATIONS, incident.determination),
        "status": write_word(INCIDENT_STATUSES, incident.status),
        "severity": write_word(SEVERITIES, Severity(incident.severity).word),
        "tags": incident.custom_tags,
        "comments": [
            {
                "comment": comment.text,
                "createdBy": comment.author,
                "createdTime": format_time(comment.created_at),
            }
            for comment in comments
        ],
        "alerts": [show_alert(document) for document in alerts],
    }


def show_alert(document: Body) -> dict[str, object]:
    """An alert within its incident."""
    return {
        "alertId": document["id"],
        "providerAlertId": document.get("providerAlertId"),
        "incidentId": int(str(document["incidentId"])),
        "serviceSource": write_word(SERVICE_SOURCES, document.get("serviceSource")),
        "creationTime": document.get("createdDateTime"),
        "lastUpdatedTime": document.get("lastUpdateDateTime"),
        "resolvedTime": document.get("resolvedDateTime"),
        "firstActivity": document.get("firstActivityDateTime"),
        "lastActivity": document.get("lastActivityDateTime"),
        "title": document.get("title"),
        "description": document.get("description"),
        "category": document.get("category"),
        "status": write_word(ALERT_STATUSES, document.get("status")),
        "severity": write_word(SEVERITIES, document.get("severity")),
        "investigationId": None,
        "investigationState": "UnsupportedAlertType",
        "classification": _judgement(CLASSIFICATIONS, document.get("classification")),
        "determination": _judgement(DETERMINATIONS, document.get("determination")),
        "detectionSource": write_word(DETECTION_SOURCES, document.get("detectionSource")),
        "detectorId": document.get("detectorId"),
        "assignedTo": document.get("assignedTo"),
        "actorName": document.get("actorDisplayName"),
        "threatFamilyName": document.get("threatFamilyName"),
        "mitreTechniques": document.get("mitreTechniques"),
        "devices": [_device(body) for body in devices_of(document)],
        "entities": [_entity(body) for body in evidence_of(document) if kind_of(body) != "deviceEvidence"],
    }


def _device(body: Body) -> dict[str, object]:
    return {
        "mdatpDeviceId": body.get("mdeDeviceId"),
        "aadDeviceId": body.get("azureAdDeviceId"),
        "deviceDnsName": body.get("deviceDnsName"),
        "osPlatform": body.get("osPlatform"),
        "version": body.get("version"),
        "osProcessor": body.get("osProcessor"),
        "osBuild": body.get("osBuild"),
        **{name: _capital(body.get(name)) for name in _DEVICE_WORDS},
        "rbacGroupId": body.get("rbacGroupId"),
        "rbacGroupName": body.get("rbacGroupName"),
        "firstSeen": body.get("firstSeenDateTime"),
        "tags": list_of(body.get("tags")),
        "loggedOnUsers": list_of(body.get("loggedOnUsers")),
        "vmMetadata": body.get("vmMetadata"),
    }


def _entity(body: Body) -> dict[str, object]:
    """What Microsoft's page lists for each type of entity; as there, without those that it does not have."""
    sender = object_of(body.get("p1Sender")) or object_of(body.get("p2Sender"))
    further: dict[str, Json] = {
        "deviceId": body.get("mdeDeviceId"),
        "mailboxDisplayName": body.get("displayName") if kind_of(body) == "mailboxEvidence" else None,
        "mailboxAddress": body.get("primaryAddress"),
        "clusterBy": body.get("clusterBy"),
        "sender": sender.get("emailAddress"),
        "recipient": body.get("recipientEmailAddress"),
        "subject": body.get("subject"),
        "deliveryAction": body.get("deliveryAction"),
        "securityGroupId": body.get("securityGroupId"),
        "securityGroupName": body.get("displayName") if kind_of(body) == "securityGroupEvidence" else None,
        "applicationId": body.get("appId"),
        "applicationName": body.get("displayName") if "pplication" in kind_of(body) else None,
    }
    told = {**flatten_evidence(body), **further}
    return {
        **{name: value for name, value in told.items() if value is not None},
        "verdict": _capital(body.get("verdict")),
        "remediationStatus": _capital(body.get("remediationStatus")),
    }


def _judgement(words: Mapping[str, str], word: Json) -> Json:
    return None if word in {None, "unknown"} else write_word(words, word)


def _capital(word: Json) -> Json:
    return capitalize(word) if isinstance(word, str) else word
