"""One item of an alert's `devices` as Graph's `deviceEvidence`."""

from tidegate.connectors.fields import Fields
from tidegate.connectors.graph_words import RemediationStatus, Verdict
from tidegate.connectors.records import EvidenceRecord, Json

_KIND = "deviceEvidence"
# Graph's name: this interface's name. The values pass unchanged.
_MEMBERS = {
    "mdeDeviceId": "mdatpDeviceId",
    "azureAdDeviceId": "aadDeviceId",
    "deviceDnsName": "deviceDnsName",
    "osPlatform": "osPlatform",
    "osBuild": "osBuild",
    "version": "version",
    "rbacGroupId": "rbacGroupId",
    "rbacGroupName": "rbacGroupName",
    "vmMetadata": "vmMetadata",
}
_WORDS = ("healthStatus", "riskScore", "onboardingStatus", "defenderAvStatus")
_LISTS = ("tags", "loggedOnUsers", "ipInterfaces")


def make_device_evidence(fields: Fields) -> EvidenceRecord:
    """Read one device; members Graph does not have stay under their own names. Raises UnreadableRecord."""
    body: dict[str, Json] = {
        "@odata.type": f"#microsoft.graph.security.{_KIND}",
        "verdict": Verdict.UNKNOWN.value,
        "remediationStatus": RemediationStatus.NONE.value,
    }
    body |= {name: fields.value(foreign) for name, foreign in _MEMBERS.items()}
    body |= {name: _lower_first(fields.text(name)) for name in _WORDS}
    body |= {name: list(fields.items(name, fields.limits.items)) for name in _LISTS}
    body["firstSeenDateTime"] = fields.text("firstSeen") or None
    body |= {name: value for name, value in fields.rest().items() if name not in body}
    return EvidenceRecord(
        kind=_KIND,
        verdict=Verdict.UNKNOWN.value,
        remediation_status=RemediationStatus.NONE.value,
        created_at=None,
        body=body,
    )


def _lower_first(word: str) -> str | None:
    return word[0].lower() + word[1:] if word else None
