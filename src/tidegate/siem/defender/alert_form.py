"""An alert as the Defender for Endpoint API shows it (Microsoft, "Alert resource type")."""

from collections.abc import Mapping
from typing import Final

from tidegate.connectors.records import Json
from tidegate.siem.entities import devices_of, evidence_of, flatten_evidence, kind_of, list_of, object_of
from tidegate.siem.words import (
    ALERT_STATUSES,
    CLASSIFICATIONS,
    DETECTION_SOURCES,
    DETERMINATIONS,
    SEVERITIES,
    write_word,
)

type Body = Mapping[str, Json]

MEMBERS: Final = (
    "id", "incidentId", "investigationId", "assignedTo", "severity", "status", "classification",
    "determination", "investigationState", "detectionSource", "detectorId", "category", "threatFamilyName",
    "title", "description", "recommendedAction", "alertCreationTime", "firstEventTime", "lastEventTime",
    "lastUpdateTime", "resolvedTime", "machineId", "computerDnsName", "rbacGroupName", "aadTenantId",
    "threatName", "mitreTechniques", "relatedUser", "loggedOnUsers", "comments", "evidence",
)  # fmt: skip


def show_alert(document: Body, *, with_evidence: bool) -> dict[str, Json]:
    """The alert whose wire form this is. Its evidence is there when it is asked for."""
    device: Body = next(iter(devices_of(document)), {})
    return {
        "id": document["id"],
        "incidentId": int(str(document["incidentId"])),
        "investigationId": None,
        "assignedTo": document.get("assignedTo"),
        "severity": write_word(SEVERITIES, document.get("severity")),
        "status": write_word(ALERT_STATUSES, document.get("status")),
        "classification": _judgement(CLASSIFICATIONS, document.get("classification")),
        "determination": _judgement(DETERMINATIONS, document.get("determination")),
        "investigationState": "UnsupportedAlertType",
        "detectionSource": write_word(DETECTION_SOURCES, document.get("detectionSource")),
        "detectorId": document.get("detectorId"),
        "category": document.get("category"),
        "threatFamilyName": document.get("threatFamilyName"),
        "title": document.get("title"),
        "description": document.get("description"),
        "recommendedAction": document.get("recommendedActions"),
        "alertCreationTime": document.get("createdDateTime"),
        "firstEventTime": document.get("firstActivityDateTime"),
        "lastEventTime": document.get("lastActivityDateTime"),
        "lastUpdateTime": document.get("lastUpdateDateTime"),
        "resolvedTime": document.get("resolvedDateTime"),
        "machineId": device.get("mdeDeviceId"),
        "computerDnsName": device.get("deviceDnsName"),
        "rbacGroupName": device.get("rbacGroupName"),
        "aadTenantId": document["tenantId"],
        "threatName": document.get("threatDisplayName"),
        "mitreTechniques": document.get("mitreTechniques"),
        "relatedUser": _related_user(document),
        "loggedOnUsers": [_account(user) for user in list_of(device.get("loggedOnUsers"))],
        "comments": [_comment(comment) for comment in list_of(document.get("comments"))],
        "evidence": show_evidence(document) if with_evidence else [],
    }


def show_evidence(document: Body) -> list[Json]:
    """What the alert names but for its machines."""
    return [flatten_evidence(body) for body in evidence_of(document) if kind_of(body) != "deviceEvidence"]


def find_account(document: Body) -> Body:
    """The user account that an alert is about: of a user that it names, else of a process."""
    accounts = {kind_of(body): object_of(body.get("userAccount")) for body in reversed(evidence_of(document))}
    return accounts.get("userEvidence") or accounts.get("processEvidence") or {}


def _related_user(document: Body) -> Json:
    account = find_account(document)
    name = account.get("accountName") or account.get("userPrincipalName")
    return {"userName": name, "domainName": account.get("domainName")} if name else None


def _judgement(words: Mapping[str, str], word: Json) -> Json:
    return None if word in {None, "unknown"} else write_word(words, word)


def _account(user: Json) -> Json:
    account = object_of(user)
    return {"accountName": account.get("accountName"), "domainName": account.get("domainName")}


def _comment(comment: Json) -> Json:
    said = object_of(comment)
    return {
        "comment": said.get("comment"),
        "createdBy": said.get("createdByDisplayName"),
        "createdTime": said.get("createdDateTime"),
    }
