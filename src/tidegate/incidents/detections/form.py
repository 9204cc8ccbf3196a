"""A detection's members, and its wire form."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from tidegate.connectors.records import Json

type Body = Mapping[str, Json]

FIELDS: Final = (
    "AlertTime", "ComputerDnsName", "AlertTitle", "Category", "Severity", "AlertId", "Actor", "LinkToWDATP",
    "IocName", "IocValue", "CreatorIocName", "CreatorIocValue", "Sha1", "FileName", "FilePath", "IpAddress",
    "Url", "IoaDefinitionId", "UserName", "AlertPart", "FullId", "LastProcessedTimeUtc", "ThreatCategory",
    "ThreatFamily", "ThreatName", "RemediationAction", "RemediationIsSuccess", "Source", "Md5", "Sha256",
    "WasExecutingWhileDetected", "UserDomain", "LogOnUsers", "MachineDomain", "MachineName",
    "InternalIPv4List", "InternalIPv6List", "FileHash", "DeviceID", "MachineGroup", "Description",
    "DeviceCreatedMachineTags", "CloudCreatedMachineTags", "CommandLine", "IncidentLinkToWDATP", "ReportID",
    "LinkToMTP", "IncidentLinkToMTP", "ExternalId", "IocUniqueId",
)  # fmt: skip
"""The members of a detection, in the order in which Microsoft lists them."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A detection but for when it was processed. `device_key` is what its device is recognised by."""

    members: Body
    device_key: str

    @property
    def full_id(self) -> str:
        """What tells it apart."""
        return str(self.members["FullId"])

    @property
    def machine_group(self) -> str:
        """What its source calls the group of its device, cut to what the column takes."""
        return str(self.members["MachineGroup"])[:256]

    @property
    def registry_tags(self) -> str:
        """The tags of its device that came from there, as the column keeps them."""
        return _keep_tags(self.members["DeviceCreatedMachineTags"])

    @property
    def portal_tags(self) -> str:
        """The tags of its device that people gave, as the column keeps them."""
        return _keep_tags(self.members["CloudCreatedMachineTags"])

    def digest(self) -> str:
        """SHA-256 of all that it says, as hex."""
        return hashlib.sha256(msgspec.json.encode(self.members)).hexdigest()

    def write(self, processed_at: datetime) -> str:
        """The JSON text. The time has all its digits, so that texts sort as times do."""
        moment = processed_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        return msgspec.json.encode({**self.members, "LastProcessedTimeUtc": moment}).decode()


class _Processed(msgspec.Struct):
    """Of a detection when it was processed last, and nothing else."""

    at: datetime = msgspec.field(name="LastProcessedTimeUtc")


def read_processed_at(body: str) -> datetime:
    """When a detection says that it was processed last."""
    return msgspec.json.decode(body, type=_Processed).at


def make_full_id(external_id: object, rest: bytes) -> str:
    """What tells a detection apart: its alert's id, and a digest of what makes it another one of it."""
    return f"{external_id}:{base64.b64encode(hashlib.sha256(rest).digest()).decode()}"


def link_members(document: Body) -> dict[str, Json]:
    """The members that lead to the alert: its id, and where it and its incident are in this portal."""
    alert, incident = text_of(document, "alertWebUrl"), text_of(document, "incidentWebUrl")
    return {
        "AlertId": text_of(document, "id"),
        "LinkToWDATP": alert,
        "LinkToMTP": alert,
        "IncidentLinkToWDATP": incident,
        "IncidentLinkToMTP": incident,
    }


def split_tags(text: object) -> list[str]:
    """The tags that a column of a detection holds."""
    return [tag for part in str(text or "").replace(";", ",").split(",") if (tag := part.strip())]


def text_of(body: Body, name: str) -> str:
    """A member as text; empty where there is none."""
    value = body.get(name)
    if type(value) is str:
        return value
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _keep_tags(text: object) -> str:
    tags = split_tags(text)
    return "".join(f"\n{tag.casefold()}" for tag in tags) + "\n" if tags else ""
