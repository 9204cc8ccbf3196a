"""By what alerts are recognised, and what is left out because every machine has it."""

from typing import Any

import pytest

from tests.connectors.samples import TYPE
from tidegate.incidents.correlation.keys import find_keys
from tidegate.incidents.models import CorrelationKind

SHA1, SHA256 = "a" * 40, "b" * 64
EMPTY_SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def evidence(kind: str, **members: Any) -> dict[str, Any]:
    return {"@odata.type": f"{TYPE}{kind}Evidence", **members}


def file(**details: Any) -> dict[str, Any]:
    return evidence("file", fileDetails=details)


def user(**account: Any) -> dict[str, Any]:
    return evidence("user", userAccount=account)


def process(**members: Any) -> dict[str, Any]:
    return evidence("process", **{"imageFile": {"fileName": "tool.exe", "sha1": SHA1}, **members})


def values(*bodies: dict[str, Any]) -> list[str]:
    return [key.value for key in find_keys(bodies)]


def test_device_is_known_by_each_of_its_ids_and_called_by_its_name() -> None:
    file_on_it = {**file(sha1=SHA1, fileName="x.exe"), "mdeDeviceId": "D1"}
    device = evidence("device", mdeDeviceId="D1", azureAdDeviceId="A1", deviceDnsName="WS-12.corp.example")
    found = find_keys([file_on_it, device])
    assert [(key.kind, key.value, key.label, key.device_key) for key in found] == [
        ("device", "mde:d1", "WS-12", "mde:d1"),
        ("file", f"sha1:{SHA1}", "x.exe", "mde:d1"),
        ("device", "aad:a1", "WS-12", "mde:d1"),
        ("device", "dns:ws-12.corp.example", "WS-12", "mde:d1"),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (user(userPrincipalName="Ann@Corp.example"), ["upn:ann@corp.example"]),
        (user(azureAdUserId="U1", userSid="S-1-5-21-1-2-3-1001"), ["aad:u1", "sid:s-1-5-21-1-2-3-1001"]),
        (user(accountName="Ann", domainName="CORP"), ["acc:corp\\ann"]),
        (evidence("mailbox", primaryAddress="ann@corp.example"), ["upn:ann@corp.example"]),
        (file(sha1=SHA1.upper(), sha256=SHA256), [f"sha256:{SHA256}", f"sha1:{SHA1}"]),
        (evidence("fileHash", value=SHA1, algorithm="sha1"), [f"sha1:{SHA1}"]),
        (file(sha1=SHA1, filePath="C:\\Windows\\Temp"), [f"sha1:{SHA1}"]),
        ({**file(sha1=SHA1, filePath="C:\\Windows\\System32"), "verdict": "malicious"}, [f"sha1:{SHA1}"]),
    ],
)
def test_what_tells_alerts_apart_is_a_key(body: dict[str, Any], expected: list[str]) -> None:
    assert values(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        user(accountName="SYSTEM", domainName="NT AUTHORITY", userSid="S-1-5-18"),
        user(accountName="LOCAL SERVICE", userPrincipalName="x@corp.example"),
        user(accountName="NETWORK SERVICE", domainName="CORP"),
        user(accountName="Netwerkservice", domainName="X", userSid="S-1-5-20"),
        user(accountName="DWM-3", domainName="Window Manager"),
        user(accountName="MSSQL$X", domainName="NT SERVICE", userSid="S-1-5-80-1-2"),
        user(accountName="WS-12$", domainName="CORP"),
        user(accountName="administrator"),
        user(accountName="root", domainName="localhost"),
        user(azureAdUserId="00000000-0000-0000-0000-000000000000"),
        file(sha1=EMPTY_SHA1, sha256=EMPTY_SHA256),
        file(sha1="0" * 40),
        file(sha1="none", md5="c" * 32),
        file(sha1=SHA1, filePath="C:\\Windows\\System32\\WindowsPowerShell\\v1.0"),
        file(sha1=SHA1, filePath="\\WINDOWS\\syswow64"),
        evidence("device", deviceDnsName="localhost"),
        evidence("device", mdeDeviceId="", deviceDnsName=None),
        evidence("ip", ipAddress="127.0.0.1"),
        process(processCommandLine="tool.exe"),
        process(processCommandLine='"C:\\Program Files\\tool.exe"  '),
        process(
            processCommandLine="svchost.exe -k netsvcs", imageFile={"fileName": "SVCHOST.EXE", "sha1": SHA1}
        ),
        process(processId=7, processCreationDateTime="2026-03-01T10:00:00Z"),
        {"userAccount": "no object", "fileDetails": 3, "imageFile": [], "value": 7},
    ],
)
def test_what_every_machine_has_is_none(body: dict[str, Any]) -> None:
    assert values(body) == []


def processes(body: dict[str, Any]) -> list[str]:
    return [key.value for key in find_keys([body]) if key.kind == CorrelationKind.PROCESS]


def test_process_is_the_same_by_its_file_and_command_line() -> None:
    [one] = processes(process(processCommandLine="tool.exe  -Quiet"))
    [same] = processes(process(processCommandLine="TOOL.exe -quiet", mdeDeviceId="d2"))
    [other] = processes(process(processCommandLine="tool.exe -loud"))
    assert one == same != other


def test_process_of_a_device_is_the_same_by_its_number_and_start() -> None:
    def started(device: str, number: int, at: str) -> list[str]:
        return processes(process(mdeDeviceId=device, processId=number, processCreationDateTime=at))

    at = "2026-03-01T10:00:00.1239876Z"
    assert started("d1", 70, at) == started("d1", 70, "2026-03-01T10:00:00.123Z") != []
    assert started("d1", 70, at) != started("d2", 70, at)
    assert started("d1", 70, at) != started("d1", 71, at)
    assert started("d1", 70, at) != started("d1", 70, "2026-03-01T10:00:00.124Z")
    assert started("d1", 4, at) == started("d1", 0, at) == started("d1", 70, "") == []


def test_labels_are_fit_to_be_shown_and_kept() -> None:
    [key] = find_keys([file(sha1=SHA1, fileName="a\x00\n\u202eb" + "c" * 300)])
    assert (key.label, len(key.label)) == ("ab" + "c" * 254, 256)
