"""Detections of an alert that its source told whole: one for each device that its evidence names."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import ip_address
from types import MappingProxyType
from typing import Final

from tidegate.connectors.records import Json
from tidegate.devices.keys import device_key
from tidegate.incidents.detections.form import FIELDS, Body, Rendered, link_members, make_full_id, text_of

DEVICES_AT_MOST: Final = 100
"""Devices of one alert that have a detection each; the rest are in the alert itself."""

_SEVERITIES: Final = MappingProxyType(
    {"informational": "Informational", "low": "Low", "medium": "Medium", "high": "High"}
)
_SOURCES: Final = MappingProxyType(
    {
        "microsoftDefenderForEndpoint": "EDR",
        "antivirus": "WindowsDefenderAv",
        "smartScreen": "WindowsDefenderSmartScreen",
        "customTi": "CustomerTI",
        "microsoftThreatExperts": "ThreatExperts",
        "microsoftDefenderForOffice365": "OfficeATP",
        "unknown": "",
    }
)
_NOTHING: Final[Body] = dict.fromkeys(FIELDS, "")
_REMEDIATED: Final = frozenset({"remediated", "prevented", "blocked"})
_REMEDIATED_NOT: Final = frozenset({"unremediated", "active", "declined", "partiallyRemediated"})


def render_described(document: Body) -> list[Rendered]:
    """A detection for each device, with the first piece of each kind about it, or else about no device."""
    evidence = [body for body in _list(document.get("evidence")) if isinstance(body, dict)]
    devices = [body for body in evidence if _kind(body) == "deviceEvidence"]
    about = _sort_by_device(evidence)
    first: dict[str, Body] = {}
    for device in devices:
        first.setdefault(device_key(device), device)
    found = list(first.items())[:DEVICES_AT_MOST] or [("", MappingProxyType({}))]
    return [
        Rendered(_describe(document, device, about, part), key) for part, (key, device) in enumerate(found)
    ]


def _sort_by_device(evidence: Sequence[Body]) -> Mapping[tuple[str, str], Body]:
    """The first piece of each kind about each device, and of what is about none."""
    about: dict[tuple[str, str], Body] = {}
    for body in evidence:
        about.setdefault((str(body.get("mdeDeviceId") or ""), _kind(body)), body)
    return about


def _describe(
    document: Body, device: Body, about: Mapping[tuple[str, str], Body], part: int
) -> dict[str, Json]:
    device_id = text_of(device, "mdeDeviceId")

    def find(kind: str) -> Body:
        return about.get((device_id, kind)) or about.get(("", kind)) or MappingProxyType({})

    process, file = find("processEvidence"), find("fileEvidence")
    return {
        **_NOTHING,
        **link_members(document),
        **_describe_alert(document),
        **_describe_device(device),
        **_describe_file(_object(file.get("fileDetails")) or _object(process.get("imageFile"))),
        **_describe_user(find("userEvidence"), process),
        "CommandLine": text_of(process, "processCommandLine"),
        "IpAddress": text_of(find("ipEvidence"), "ipAddress"),
        "Url": text_of(find("urlEvidence"), "url"),
        "RemediationIsSuccess": _was_remediated(text_of(file, "remediationStatus")),
        "WasExecutingWhileDetected": None,
        "AlertPart": part,
        "FullId": make_full_id(document.get("id"), device_key(device).encode()),
        "ReportID": 0,
    }  # fmt: skip


def _describe_alert(document: Body) -> dict[str, Json]:
    source = text_of(document, "detectionSource")
    return {
        "AlertTime": text_of(document, "createdDateTime"),
        "AlertTitle": text_of(document, "title"),
        "Category": text_of(document, "category"),
        "Severity": _SEVERITIES.get(text_of(document, "severity"), "UnSpecified"),
        "Actor": text_of(document, "actorDisplayName"),
        "IoaDefinitionId": text_of(document, "detectorId"),
        "ThreatFamily": text_of(document, "threatFamilyName"),
        "ThreatName": text_of(document, "threatDisplayName"),
        "Source": _SOURCES.get(source, source[:1].upper() + source[1:]),
        "Description": text_of(document, "description"),
    }


def _describe_device(device: Body) -> dict[str, Json]:
    dns_name = text_of(device, "deviceDnsName")
    host, _, domain = dns_name.partition(".")
    addresses = [*_list(device.get("ipInterfaces")), text_of(device, "lastIpAddress")]
    by_version = _sort_addresses(addresses)
    return {
        "ComputerDnsName": dns_name,
        "MachineName": text_of(device, "hostName") or host,
        "MachineDomain": text_of(device, "dnsDomain") or domain,
        "DeviceID": text_of(device, "mdeDeviceId"),
        "MachineGroup": text_of(device, "rbacGroupName"),
        "InternalIPv4List": ";".join(by_version[4]),
        "InternalIPv6List": ";".join(by_version[6]),
        "LogOnUsers": ", ".join(filter(None, map(_account, _list(device.get("loggedOnUsers"))))),
        # Graph does not tell tags of the registry from tags of the portal.
        "CloudCreatedMachineTags": ", ".join(str(tag) for tag in _list(device.get("tags"))),
    }


def _describe_file(file: Body) -> dict[str, Json]:
    names = {"Sha1": "sha1", "Sha256": "sha256", "Md5": "md5", "FileName": "fileName", "FilePath": "filePath"}
    told: dict[str, Json] = {column: text_of(file, name) for column, name in names.items()}
    return {**told, "FileHash": told["Sha1"] or told["Sha256"]}


def _describe_user(user: Body, process: Body) -> dict[str, Json]:
    account = _object(user.get("userAccount")) or _object(process.get("userAccount"))
    name = text_of(account, "accountName") or text_of(account, "userPrincipalName")
    return {"UserName": name, "UserDomain": text_of(account, "domainName")}


def _was_remediated(status: str) -> bool | None:
    if status in _REMEDIATED:
        return True
    return False if status in _REMEDIATED_NOT else None


def _sort_addresses(addresses: Sequence[Json]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {4: [], 6: []}
    for address in addresses:
        version, spelled = _read_address(str(address or ""))
        if version and spelled not in found[version]:
            found[version].append(spelled)
    return found


@lru_cache(maxsize=1_000)
def _read_address(text: str) -> tuple[int, str]:
    """Its version and its one spelling; 0 for what is none. Most devices tell of none at all."""
    try:
        parsed = ip_address(text)
    except ValueError:
        return 0, ""
    return parsed.version, str(parsed)


def _account(user: Json) -> str:
    if not isinstance(user, dict):
        return str(user or "")
    domain, name = text_of(user, "domainName"), text_of(user, "accountName")
    return f"{domain}\\{name}" if domain and name else name


def _kind(body: Body) -> str:
    return str(body.get("@odata.type") or "").rpartition(".")[2]


def _object(value: Json) -> Body:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
