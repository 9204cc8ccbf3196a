"""The Defender APIs' words for what Graph calls otherwise, both ways.

Microsoft, "Alert resource type" (Defender for Endpoint) and "List incidents API" (Defender XDR). Graph's
words begin with a small letter and theirs with a capital; what is otherwise named stands in the tables. Where
two spellings of theirs are about, both are read and the one that the alert's own page names is written.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from tidegate.connectors.graph_words import DetectionSource, ServiceSource
from tidegate.incidents.words import AlertStatus, Classification, Determination, IncidentStatus, Severity


def capitalize(word: str) -> str:
    """A word of Graph's with a capital."""
    return word[:1].upper() + word[1:]


def _write_all(words: Iterable[str], others: Mapping[str, str] = MappingProxyType({})) -> Mapping[str, str]:
    return MappingProxyType({word: others.get(word, capitalize(word)) for word in words})


SEVERITIES: Final = _write_all((severity.word for severity in Severity), {"unknown": "UnSpecified"})
ALERT_STATUSES: Final = _write_all(AlertStatus.values)
INCIDENT_STATUSES: Final = _write_all(IncidentStatus.values)
CLASSIFICATIONS: Final = _write_all(Classification.values)
DETERMINATIONS: Final = _write_all(
    Determination.values,
    {
        Determination.UNKNOWN: "NotAvailable",
        Determination.COMPROMISED_ACCOUNT: "CompromisedUser",
        Determination.NOT_MALICIOUS: "Clean",
        Determination.NOT_ENOUGH_DATA: "InsufficientData",
        Determination.CONFIRMED_ACTIVITY: "ConfirmedUserActivity",
    },
)
DETECTION_SOURCES: Final = _write_all(
    DetectionSource,
    {
        DetectionSource.MICROSOFT_DEFENDER_FOR_ENDPOINT: "WindowsDefenderAtp",
        DetectionSource.ANTIVIRUS: "WindowsDefenderAv",
        DetectionSource.SMART_SCREEN: "WindowsDefenderSmartScreen",
        DetectionSource.CUSTOM_TI: "CustomerTI",
        DetectionSource.MICROSOFT_THREAT_EXPERTS: "ThreatExperts",
        DetectionSource.MICROSOFT_DEFENDER_FOR_OFFICE365: "OfficeATP",
        DetectionSource.CLOUD_APP_SECURITY: "MCAS",
        DetectionSource.MICROSOFT365_DEFENDER: "MTP",
        DetectionSource.MICROSOFT_DEFENDER_FOR_IDENTITY: "AzureATP",
    },
)
SERVICE_SOURCES: Final = _write_all(
    ServiceSource,
    {ServiceSource.MICROSOFT_DEFENDER_FOR_CLOUD_APPS: "MicrosoftCloudAppSecurity"},
)


def write_word(words: Mapping[str, str], word: object) -> str | None:
    """Theirs for a word of Graph's; None for none."""
    return words.get(str(word), capitalize(str(word))) if word else None


def words_to_read(words: Mapping[str, str]) -> dict[str, object]:
    """Every word that is read, theirs and Graph's own with a capital, with Graph's word for it."""
    read: dict[str, object] = {capitalize(word): word for word in words}
    return read | {theirs: word for word, theirs in words.items()}


def severities_to_read() -> dict[str, object]:
    """Theirs, with what the column keeps."""
    return {SEVERITIES[severity.word]: severity.value for severity in Severity}


def read_word(words: Mapping[str, str], text: str) -> str | None:
    """Graph's word for one of theirs, in any letter case; None for one that there is not."""
    wanted = text.strip().casefold()
    return next((str(word) for name, word in words_to_read(words).items() if name.casefold() == wanted), None)
