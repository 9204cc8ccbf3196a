"""Evidence on machines: the machine itself, its files, processes and registry."""

from datetime import timedelta

from tidegate.connectors.records import Json
from tidegate.demo.chance import hex_of, number_of
from tidegate.demo.scenarios.clues import (
    DeviceClue,
    FileClue,
    ProcessClue,
    RegistryKeyClue,
    RegistryValueClue,
    Verdict,
)
from tidegate.demo.specs import Device
from tidegate.demo.spelling import wire_time
from tidegate.demo.words.programs import PROGRAMS, Program

from .people import user_account
from .scene import Scene, base

_RISKS = {
    Verdict.MALICIOUS: "high",
    Verdict.SUSPICIOUS: "medium",
    Verdict.UNKNOWN: "low",
    Verdict.CLEAN: "none",
}


def device_evidence(clue: DeviceClue, scene: Scene) -> dict[str, Json]:
    """Graph's deviceEvidence."""
    device = scene.cast.devices[clue.where]
    return {
        **base(scene, "deviceEvidence", clue.verdict, clue.role),
        "tags": list(device.tags),
        "firstSeenDateTime": wire_time(device.first_seen_at),
        "mdeDeviceId": device.mde_id,
        "azureAdDeviceId": str(device.entra_id),
        "deviceDnsName": device.dns_name,
        "hostName": device.name,
        "ntDomain": None,
        "dnsDomain": scene.cast.tenant.default_domain,
        "osPlatform": device.platform,
        "osBuild": device.build,
        "version": device.version,
        "healthStatus": "inactive" if number_of(12, "health", device.mde_id) == 0 else "active",
        "riskScore": _RISKS[clue.verdict],
        "rbacGroupId": device.group_id,
        "rbacGroupName": device.group_name,
        "onboardingStatus": "onboarded",
        "defenderAvStatus": "notUpdated" if number_of(9, "antivirus", device.mde_id) == 0 else "updated",
        "ipInterfaces": [device.ip, "127.0.0.1"],
        "lastIpAddress": device.ip,
        "lastExternalIpAddress": f"192.0.2.{1 + number_of(250, scene.cast.tenant.slug)}",
        "loggedOnUsers": _logged_on(device, scene),
        "vmMetadata": None,
    }


def file_evidence(clue: FileClue, scene: Scene) -> dict[str, Json]:
    """Graph's fileEvidence."""
    say = scene.cast.say
    folder = say(clue.folder)
    return {
        **base(scene, "fileEvidence", clue.verdict, None, stopped=clue.stopped),
        "detectionStatus": "prevented" if clue.stopped else "detected",
        "mdeDeviceId": None if folder.startswith("/sites/") else scene.cast.devices[clue.where].mde_id,
        "fileDetails": _stranger(say(clue.name), folder, clue.publisher),
    }


def process_evidence(clue: ProcessClue, scene: Scene) -> dict[str, Json]:
    """Graph's processEvidence, with the process that started it."""
    cast = scene.cast
    device = cast.devices[clue.where]
    started_at = scene.seen_at - timedelta(seconds=2 + number_of(50, clue.command, wire_time(scene.seen_at)))
    account = None if clue.who is None else user_account(cast.tenant, cast.people[clue.who])
    return {
        **base(scene, "processEvidence", clue.verdict, None),
        "processId": 1_000 + 4 * number_of(4_000, "pid", clue.name, device.name, wire_time(started_at)),
        "parentProcessId": 600
        + 4 * number_of(3_000, "ppid", clue.parent, device.name, wire_time(started_at)),
        "processCommandLine": cast.say(clue.command),
        "processCreationDateTime": wire_time(started_at),
        "parentProcessCreationDateTime": wire_time(
            started_at - timedelta(seconds=1 + number_of(600, device.name))
        ),
        "detectionStatus": "detected",
        "mdeDeviceId": device.mde_id,
        "imageFile": _image(clue.name, clue.folder),
        "parentProcessImageFile": _image(clue.parent, clue.folder),
        "userAccount": account,
    }


def registry_key_evidence(clue: RegistryKeyClue, scene: Scene) -> dict[str, Json]:
    """Graph's registryKeyEvidence."""
    return {
        **base(scene, "registryKeyEvidence", clue.verdict, None),
        "registryHive": clue.hive,
        "registryKey": clue.key,
    }


def registry_value_evidence(clue: RegistryValueClue, scene: Scene) -> dict[str, Json]:
    """Graph's registryValueEvidence."""
    return {
        **base(scene, "registryValueEvidence", Verdict.SUSPICIOUS, None),
        "mdeDeviceId": scene.cast.devices[clue.where].mde_id,
        "registryHive": clue.hive,
        "registryKey": clue.key,
        "registryValueName": clue.name,
        "registryValue": scene.cast.say(clue.value),
        "registryValueType": "String",
    }


def _logged_on(device: Device, scene: Scene) -> list[Json]:
    domain = scene.cast.tenant.default_domain.partition(".")[0]
    return [{"accountName": device.owner, "domainName": domain}] if device.owner else []


def _image(name: str, folder: str) -> dict[str, Json]:
    program = PROGRAMS.get(name)
    return _stranger(name, folder) if program is None else _known(name, program)


def _known(name: str, program: Program) -> dict[str, Json]:
    return _file(name, program.folder, program.size, program.publisher)


def _stranger(name: str, folder: str, publisher: str = "") -> dict[str, Json]:
    return _file(name, folder, 9_000 + number_of(6_000_000, "size", name), publisher)


def _file(name: str, folder: str, size: int, publisher: str) -> dict[str, Json]:
    """Graph's fileDetails. The hashes hang on the name alone, so the same file is found again elsewhere."""
    return {
        "fileName": name,
        "filePath": folder,
        "fileSize": size,
        "filePublisher": publisher or None,
        "signer": publisher or None,
        "issuer": f"{publisher} Code Signing" if publisher else None,
        "md5": hex_of(32, "md5", name),
        "sha1": hex_of(40, "sha1", name),
        "sha256": hex_of(64, "sha256", name),
    }
