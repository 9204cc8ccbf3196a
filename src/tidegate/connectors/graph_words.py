"""Microsoft Graph's words for an alert's and an incident's state, and other writers' words for the same.

Source: Microsoft Graph v1.0, namespace `microsoft.graph.security`. Samples disagree about case and about
two spellings of some determinations, so words are compared without case and translated through `Alias`
tables; `canonical_word` gives the spelling of Graph's current description.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

UNKNOWN = "unknown"
_SHORT_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]{0,39}", re.ASCII)


class AlertSeverity(StrEnum):
    """`alertSeverity`, used by alerts and incidents."""

    UNKNOWN = "unknown"
    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class AlertStatus(StrEnum):
    """`alertStatus`."""

    UNKNOWN = "unknown"
    NEW = "new"
    IN_PROGRESS = "inProgress"
    RESOLVED = "resolved"


class IncidentStatus(StrEnum):
    """`incidentStatus`; `redirected` means merged into another incident."""

    ACTIVE = "active"
    RESOLVED = "resolved"
    IN_PROGRESS = "inProgress"
    REDIRECTED = "redirected"
    AWAITING_ACTION = "awaitingAction"


class Classification(StrEnum):
    """`alertClassification`."""

    UNKNOWN = "unknown"
    FALSE_POSITIVE = "falsePositive"
    TRUE_POSITIVE = "truePositive"
    INFORMATIONAL_EXPECTED_ACTIVITY = "informationalExpectedActivity"


class Determination(StrEnum):
    """`alertDetermination`."""

    UNKNOWN = "unknown"
    APT = "apt"
    MALWARE = "malware"
    SECURITY_PERSONNEL = "securityPersonnel"
    SECURITY_TESTING = "securityTesting"
    UNWANTED_SOFTWARE = "unwantedSoftware"
    OTHER = "other"
    MULTI_STAGED_ATTACK = "multiStagedAttack"
    COMPROMISED_ACCOUNT = "compromisedAccount"
    PHISHING = "phishing"
    MALICIOUS_USER_ACTIVITY = "maliciousUserActivity"
    NOT_MALICIOUS = "notMalicious"
    NOT_ENOUGH_DATA_TO_VALIDATE = "notEnoughDataToValidate"
    CONFIRMED_ACTIVITY = "confirmedActivity"
    LINE_OF_BUSINESS_APPLICATION = "lineOfBusinessApplication"


class ServiceSource(StrEnum):
    """`serviceSource`: the product that raised the alert."""

    UNKNOWN = "unknown"
    MICROSOFT_DEFENDER_FOR_ENDPOINT = "microsoftDefenderForEndpoint"
    MICROSOFT_DEFENDER_FOR_IDENTITY = "microsoftDefenderForIdentity"
    MICROSOFT_DEFENDER_FOR_CLOUD_APPS = "microsoftDefenderForCloudApps"
    MICROSOFT_DEFENDER_FOR_OFFICE365 = "microsoftDefenderForOffice365"
    MICROSOFT365_DEFENDER = "microsoft365Defender"
    AZURE_AD_IDENTITY_PROTECTION = "azureAdIdentityProtection"
    MICROSOFT_APP_GOVERNANCE = "microsoftAppGovernance"
    DATA_LOSS_PREVENTION = "dataLossPrevention"
    MICROSOFT_DEFENDER_FOR_CLOUD = "microsoftDefenderForCloud"
    MICROSOFT_SENTINEL = "microsoftSentinel"
    MICROSOFT_INSIDER_RISK_MANAGEMENT = "microsoftInsiderRiskManagement"
    MICROSOFT_THREAT_INTELLIGENCE = "microsoftThreatIntelligence"
    MICROSOFT_SECURITY_FOR_AI = "microsoftSecurityForAI"


class DetectionSource(StrEnum):
    """`detectionSource`: the sensor or rule that noticed it."""

    UNKNOWN = "unknown"
    MICROSOFT_DEFENDER_FOR_ENDPOINT = "microsoftDefenderForEndpoint"
    ANTIVIRUS = "antivirus"
    SMART_SCREEN = "smartScreen"
    CUSTOM_TI = "customTi"
    MICROSOFT_DEFENDER_FOR_OFFICE365 = "microsoftDefenderForOffice365"
    AUTOMATED_INVESTIGATION = "automatedInvestigation"
    MICROSOFT_THREAT_EXPERTS = "microsoftThreatExperts"
    CUSTOM_DETECTION = "customDetection"
    MICROSOFT_DEFENDER_FOR_IDENTITY = "microsoftDefenderForIdentity"
    CLOUD_APP_SECURITY = "cloudAppSecurity"
    MICROSOFT365_DEFENDER = "microsoft365Defender"
    AZURE_AD_IDENTITY_PROTECTION = "azureAdIdentityProtection"
    MANUAL = "manual"
    MICROSOFT_DATA_LOSS_PREVENTION = "microsoftDataLossPrevention"
    APP_GOVERNANCE_POLICY = "appGovernancePolicy"
    APP_GOVERNANCE_DETECTION = "appGovernanceDetection"
    MICROSOFT_DEFENDER_FOR_CLOUD = "microsoftDefenderForCloud"
    MICROSOFT_DEFENDER_FOR_IOT = "microsoftDefenderForIoT"
    MICROSOFT_DEFENDER_FOR_SERVERS = "microsoftDefenderForServers"
    MICROSOFT_DEFENDER_FOR_STORAGE = "microsoftDefenderForStorage"
    MICROSOFT_DEFENDER_FOR_DNS = "microsoftDefenderForDNS"
    MICROSOFT_DEFENDER_FOR_DATABASES = "microsoftDefenderForDatabases"
    MICROSOFT_DEFENDER_FOR_CONTAINERS = "microsoftDefenderForContainers"
    MICROSOFT_DEFENDER_FOR_NETWORK = "microsoftDefenderForNetwork"
    MICROSOFT_DEFENDER_FOR_APP_SERVICE = "microsoftDefenderForAppService"
    MICROSOFT_DEFENDER_FOR_KEY_VAULT = "microsoftDefenderForKeyVault"
    MICROSOFT_DEFENDER_FOR_RESOURCE_MANAGER = "microsoftDefenderForResourceManager"
    MICROSOFT_DEFENDER_FOR_API_MANAGEMENT = "microsoftDefenderForApiManagement"
    NRT_ALERTS = "nrtAlerts"
    SCHEDULED_ALERTS = "scheduledAlerts"
    MICROSOFT_DEFENDER_THREAT_INTELLIGENCE_ANALYTICS = "microsoftDefenderThreatIntelligenceAnalytics"
    BUILT_IN_ML = "builtInMl"
    MICROSOFT_INSIDER_RISK_MANAGEMENT = "microsoftInsiderRiskManagement"
    MICROSOFT_THREAT_INTELLIGENCE = "microsoftThreatIntelligence"
    MICROSOFT_DEFENDER_FOR_AI_SERVICES = "microsoftDefenderForAIServices"
    SECURITY_COPILOT = "securityCopilot"
    MICROSOFT_SENTINEL = "microsoftSentinel"


class InvestigationState(StrEnum):
    """`investigationState`: how far the automated investigation is."""

    UNKNOWN = "unknown"
    TERMINATED = "terminated"
    SUCCESSFULLY_REMEDIATED = "successfullyRemediated"
    BENIGN = "benign"
    FAILED = "failed"
    PARTIALLY_REMEDIATED = "partiallyRemediated"
    RUNNING = "running"
    PENDING_APPROVAL = "pendingApproval"
    PENDING_RESOURCE = "pendingResource"
    QUEUED = "queued"
    INNER_FAILURE = "innerFailure"
    PREEXISTING_ALERT = "preexistingAlert"
    UNSUPPORTED_OS = "unsupportedOs"
    UNSUPPORTED_ALERT_TYPE = "unsupportedAlertType"
    SUPPRESSED_ALERT = "suppressedAlert"
    PARTIALLY_INVESTIGATED = "partiallyInvestigated"
    TERMINATED_BY_USER = "terminatedByUser"
    TERMINATED_BY_SYSTEM = "terminatedBySystem"


class Verdict(StrEnum):
    """`evidenceVerdict`."""

    UNKNOWN = "unknown"
    SUSPICIOUS = "suspicious"
    MALICIOUS = "malicious"
    NO_THREATS_FOUND = "noThreatsFound"


class RemediationStatus(StrEnum):
    """`evidenceRemediationStatus`."""

    NONE = "none"
    REMEDIATED = "remediated"
    PREVENTED = "prevented"
    BLOCKED = "blocked"
    NOT_FOUND = "notFound"
    ACTIVE = "active"
    PENDING_APPROVAL = "pendingApproval"
    DECLINED = "declined"
    UNREMEDIATED = "unremediated"
    RUNNING = "running"
    PARTIALLY_REMEDIATED = "partiallyRemediated"


# Keys are casefolded. The second spellings stand in Graph's own pages and in the Defender APIs.
ALIASES: Mapping[type[StrEnum], Mapping[str, StrEnum]] = {
    Determination: {
        "compromiseduser": Determination.COMPROMISED_ACCOUNT,
        "clean": Determination.NOT_MALICIOUS,
        "insufficientdata": Determination.NOT_ENOUGH_DATA_TO_VALIDATE,
        "confirmeduseractivity": Determination.CONFIRMED_ACTIVITY,
    },
}


def canonical_word(words: type[StrEnum], word: str, aliases: Mapping[str, StrEnum] | None = None) -> str:
    """Give Graph's spelling of `word`; `aliases` (casefolded keys) are the writer's own names.

    A word Graph does not have is kept in lower camel case if it is short and plain, else it is "unknown".
    """
    folded = word.casefold()
    if aliases is not None and folded in aliases:
        return aliases[folded].value
    known = _spellings(words).get(folded)
    return _lower_camel(word) if known is None else known


@cache
def _spellings(words: type[StrEnum]) -> Mapping[str, str]:
    own = {member.value.casefold(): member.value for member in words}
    return {**{folded: member.value for folded, member in ALIASES.get(words, {}).items()}, **own}


def _lower_camel(word: str) -> str:
    if not _SHORT_WORD.fullmatch(word):
        return UNKNOWN
    return word.lower() if word.isupper() else word[0].lower() + word[1:]
