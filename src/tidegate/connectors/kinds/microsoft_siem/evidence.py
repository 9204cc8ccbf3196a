"""The evidence that a detection's columns name: device, user, process, file, address and link.

A row says when its alert was raised, not when each piece was seen, so evidence carries the alert's time.
"""

from collections.abc import Iterator
from datetime import datetime

from tidegate.connectors.fields import Fields, UnreadableRecord, echo_value
from tidegate.connectors.graph_words import RemediationStatus, Verdict
from tidegate.connectors.records import EvidenceRecord, Json

_SEPARATORS = str.maketrans({",": ";", "\n": ";"})


def make_evidence(fields: Fields) -> tuple[EvidenceRecord, ...]:
    """Make one piece of evidence of each kind whose columns are filled. Raises UnreadableRecord."""
    makers = (_device, _user, _process, _file, _address, _link)
    created_at = fields.time("AlertTime")
    return tuple(
        _make_record(kind, members, fields, created_at) for make in makers for kind, members in make(fields)
    )


def _make_record(
    kind: str, members: dict[str, Json], fields: Fields, created_at: datetime | None
) -> EvidenceRecord:
    status = _remediation_status(fields) if kind == "fileEvidence" else RemediationStatus.NONE
    body: dict[str, Json] = {
        "@odata.type": f"#microsoft.graph.security.{kind}",
        "createdDateTime": fields.text("AlertTime"),
        "verdict": Verdict.UNKNOWN.value,
        "remediationStatus": status.value,
        **members,
    }
    return EvidenceRecord(kind, Verdict.UNKNOWN.value, status.value, created_at, body)


def _device(fields: Fields) -> Iterator[tuple[str, dict[str, Json]]]:
    device_id, name = fields.text("DeviceID"), fields.text("ComputerDnsName") or fields.text("MachineName")
    fields.value("MachineName")
    if not device_id and not name:
        return
    device: dict[str, Json] = {
        "mdeDeviceId": device_id or None,
        "deviceDnsName": name or None,
        "hostName": fields.text("MachineName") or None,
        "dnsDomain": fields.text("MachineDomain") or None,
        "rbacGroupName": fields.text("MachineGroup") or None,
        "ipInterfaces": [*_split(fields, "InternalIPv4List"), *_split(fields, "InternalIPv6List")],
        "loggedOnUsers": [_account_of(user) for user in _split(fields, "LogOnUsers")],
        "tags": [*_split(fields, "DeviceCreatedMachineTags"), *_split(fields, "CloudCreatedMachineTags")],
    }
    yield "deviceEvidence", device


def _user(fields: Fields) -> Iterator[tuple[str, dict[str, Json]]]:
    name, domain = fields.text("UserName"), fields.text("UserDomain")
    if name:
        yield "userEvidence", {"userAccount": {"accountName": name, "domainName": domain or None}}


def _process(fields: Fields) -> Iterator[tuple[str, dict[str, Json]]]:
    if command_line := fields.text("CommandLine"):
        image = _file_details(fields)
        device_id = fields.text("DeviceID") or None
        yield (
            "processEvidence",
            {"processCommandLine": command_line, "imageFile": image, "mdeDeviceId": device_id},
        )


def _file(fields: Fields) -> Iterator[tuple[str, dict[str, Json]]]:
    details = _file_details(fields)
    if any(details.values()):
        yield "fileEvidence", {"fileDetails": details, "mdeDeviceId": fields.text("DeviceID") or None}


def _address(fields: Fields) -> Iterator[tuple[str, dict[str, Json]]]:
    if address := fields.text("IpAddress"):
        yield "ipEvidence", {"ipAddress": address}


def _link(fields: Fields) -> Iterator[tuple[str, dict[str, Json]]]:
    if url := fields.text("Url"):
        yield "urlEvidence", {"url": url}


def _file_details(fields: Fields) -> dict[str, Json]:
    columns = {
        "sha1": "Sha1",
        "sha256": "Sha256",
        "md5": "Md5",
        "fileName": "FileName",
        "filePath": "FilePath",
    }
    details: dict[str, Json] = {name: fields.text(column) or None for name, column in columns.items()}
    details["sha1"] = details["sha1"] or fields.text("FileHash") or None
    return details


def _remediation_status(fields: Fields) -> RemediationStatus:
    succeeded = fields.peek("RemediationIsSuccess")
    return RemediationStatus.REMEDIATED if succeeded in (True, "true", "True") else RemediationStatus.NONE


def _account_of(user: str) -> dict[str, Json]:
    domain, separator, name = user.rpartition("\\")
    return {"accountName": name, "domainName": domain if separator else None}


def _split(fields: Fields, name: str) -> list[str]:
    value = fields.value(name)
    if value is None:
        return []
    if not isinstance(value, str | list):
        raise UnreadableRecord(fields.at(name), f"neither text nor a list: {echo_value(value)}")
    if isinstance(value, list):
        return list(fields.texts(name))
    parts = (part.strip() for part in fields.text(name).translate(_SEPARATORS).split(";"))
    return [part for part in parts if part]
