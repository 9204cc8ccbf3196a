"""Evidence as flat objects, the way both Defender APIs give it."""

from collections.abc import Mapping
from typing import Final

from tidegate.connectors.records import Json
from tidegate.siem.words import capitalize

type Body = Mapping[str, Json]

_TYPES: Final = {
    "registryKeyEvidence": "Registry",
    "registryValueEvidence": "Registry",
    "analyzedMessageEvidence": "MailMessage",
    "oauthApplicationEvidence": "OAuthApplication",
}


def kind_of(body: Body) -> str:
    """Graph's type of a piece of evidence, without its namespace."""
    return str(body.get("@odata.type") or "").rpartition(".")[2]


def flatten_evidence(body: Body) -> dict[str, Json]:
    """A piece of evidence of any kind but a device; members that it does not have are null."""
    kind = kind_of(body)
    image = object_of(body.get("imageFile")) or object_of(body.get("fileDetails"))
    parent = object_of(body.get("parentProcessImageFile"))
    account = object_of(body.get("userAccount"))
    return {
        "entityType": _TYPES.get(kind) or capitalize(kind.removesuffix("Evidence")) or "Unknown",
        "evidenceCreationTime": body.get("createdDateTime"),
        "sha1": image.get("sha1"),
        "sha256": image.get("sha256"),
        "fileName": image.get("fileName"),
        "filePath": image.get("filePath"),
        "processId": body.get("processId"),
        "processCommandLine": body.get("processCommandLine"),
        "processCreationTime": body.get("processCreationDateTime"),
        "parentProcessId": body.get("parentProcessId"),
        "parentProcessCreationTime": body.get("parentProcessCreationDateTime"),
        "parentProcessFileName": parent.get("fileName"),
        "parentProcessFilePath": parent.get("filePath"),
        "ipAddress": body.get("ipAddress"),
        "url": body.get("url"),
        "registryKey": body.get("registryKey"),
        "registryHive": body.get("registryHive"),
        "registryValueType": body.get("registryValueType"),
        "registryValue": body.get("registryValue"),
        "registryValueName": body.get("registryValueName"),
        "accountName": account.get("accountName"),
        "domainName": account.get("domainName"),
        "userSid": account.get("userSid"),
        "aadUserId": account.get("azureAdUserId"),
        "userPrincipalName": account.get("userPrincipalName"),
        "detectionStatus": _capitalize(body.get("detectionStatus")),
    }


def evidence_of(document: Body) -> list[Body]:
    """What an alert names."""
    return [body for body in list_of(document.get("evidence")) if isinstance(body, dict)]


def devices_of(document: Body) -> list[Body]:
    """The devices that an alert names, in its order: the first is what Defender calls its machine."""
    return [body for body in evidence_of(document) if kind_of(body) == "deviceEvidence"]


def object_of(value: Json) -> Body:
    """An object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: Json) -> list[Json]:
    """A list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def _capitalize(word: Json) -> Json:
    return capitalize(word) if isinstance(word, str) else word
