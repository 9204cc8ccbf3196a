"""AlertEvidence: a row for each thing that an alert names."""

from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.devices.visibility import seen_devices
from tidegate.hunting.sight import DeviceKey, shown_evidence
from tidegate.hunting.tables.table import (
    TENANT_COLUMN,
    Table,
    instant,
    member,
    number_member,
    text,
    value,
    value_member,
    words,
)
from tidegate.hunting.tables.words import DETECTION_SOURCES, ENTITY_TYPES, ROLES, SERVICE_SOURCES, SEVERITIES

_FILES: Final = ("fileDetails", "imageFile")
_ACCOUNT: Final = "userAccount"


def _rows(scope: Scope | ManyScope) -> QuerySet[Any]:
    """With the name of the device that it is about, also where it says no more than that device's id."""
    about = seen_devices(scope).filter(tenant_id=OuterRef("tenant_id"), key=DeviceKey(OuterRef("body")))
    rows: QuerySet[Any] = shown_evidence(scope).annotate(device_name=Subquery(about.values("dns_name")[:1]))
    return rows


def _file(part: str) -> tuple[str, ...]:
    return tuple(f"{whole}.{part}" for whole in _FILES)


ALERT_EVIDENCE: Final = Table(
    "AlertEvidence",
    "Files, addresses, users, devices and all else that alerts name",
    _rows,
    "alert__created_at",
    (
        "tenant_id", "alert__created_at", "alert__external_id", "alert__title", "alert__category",
        "alert__severity", "alert__service_source", "alert__detection_source", "alert__document", "kind",
        "body", "device_name", "verdict", "remediation_status", "name",
    ),
    (
        instant("Timestamp", "alert__created_at", "When the alert was made"),
        text("AlertId", "alert__external_id", "The alert that names it"),
        text("Title", "alert__title", "The alert's title"),
        text("Categories", "alert__category", "The alert's category"),
        words("Severity", "alert__severity", SEVERITIES, "The alert's severity"),
        words("ServiceSource", "alert__service_source", SERVICE_SOURCES, "The product that it comes from"),
        words("DetectionSource", "alert__detection_source", DETECTION_SOURCES, "What in it found this"),
        value_member("AttackTechniques", "alert__document", "mitreTechniques", "MITRE ATT&CK techniques"),
        words("EntityType", "kind", ENTITY_TYPES, "File, Process, Ip, Url, User, Machine, MailMessage, ..."),
        words(
            "EvidenceRole", "kind", ROLES,
            "Impacted, for what was hit, or Related",
        ),
        text("EntityName", "name", "How a person would call it"),
        text("Verdict", "verdict", "malicious, suspicious, noThreatsFound or unknown"),
        text("RemediationStatus", "remediation_status", "What was done about it"),
        member("FileName", "body", _file("fileName"), "The file, or the image of the process"),
        member("FolderPath", "body", _file("filePath"), "Where the file lay"),
        member("SHA1", "body", _file("sha1"), "The file's SHA-1"),
        member("SHA256", "body", _file("sha256"), "The file's SHA-256"),
        number_member("FileSize", "body", "fileDetails.fileSize", "Bytes of the file"),
        member("ProcessCommandLine", "body", ("processCommandLine",), "How the process was started"),
        member("RemoteIP", "body", ("ipAddress",), "An IP address"),
        member("RemoteUrl", "body", ("url",), "An address on the web"),
        member("AccountName", "body", (f"{_ACCOUNT}.accountName",), "The user's name"),
        member("AccountDomain", "body", (f"{_ACCOUNT}.domainName",), "The user's domain"),
        member("AccountSid", "body", (f"{_ACCOUNT}.userSid",), "The user's SID"),
        member("AccountObjectId", "body", (f"{_ACCOUNT}.azureAdUserId",), "The user's object id in Entra"),
        member(
            "AccountUpn", "body", (f"{_ACCOUNT}.userPrincipalName", "primaryAddress"),
            "The user's sign-in name, or the mailbox",
        ),
        member("DeviceId", "body", ("mdeDeviceId", "azureAdDeviceId"), "The device that it is about"),
        text("DeviceName", "device_name", "The name of that device"),
        member("EmailSubject", "body", ("subject",), "The subject of the message"),
        member("NetworkMessageId", "body", ("networkMessageId",), "The id of the message"),
        member("SenderFromAddress", "body", ("p2Sender.emailAddress",), "Who seems to have sent it"),
        member("Application", "body", ("displayName",), "The application, or whatever has a display name"),
        member("ApplicationId", "body", ("appId",), "The application's id"),
        member("RegistryKey", "body", ("registryKey",), "A key in the registry"),
        member("RegistryValueName", "body", ("registryValueName",), "A value in the registry"),
        member("RegistryValueData", "body", ("registryValue",), "What the value holds"),
        value("AdditionalFields", "body", "All that the source said of it, as JSON"),
        TENANT_COLUMN,
    ),
    frozenset({"body", "alert__document"}),
)  # fmt: skip
