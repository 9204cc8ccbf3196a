"""The types of alerts and incidents (`microsoft.graph.security`, v1.0)."""

from collections.abc import Iterable
from typing import Final

from tidegate.graph.model import ENTITY, EnumType, Navigation, Primitive, Property, Structure

_NAMESPACE: Final = "microsoft.graph.security"


def _words(name: str, words: str) -> EnumType:
    return EnumType(f"{_NAMESPACE}.{name}", tuple(words.split()))


SEVERITY: Final = _words("alertSeverity", "unknown informational low medium high unknownFutureValue")
ALERT_STATUS: Final = _words("alertStatus", "unknown new inProgress resolved unknownFutureValue")
INCIDENT_STATUS: Final = _words(
    "incidentStatus", "active resolved inProgress redirected unknownFutureValue awaitingAction"
)
CLASSIFICATION: Final = _words(
    "alertClassification",
    "unknown falsePositive truePositive informationalExpectedActivity unknownFutureValue",
)
DETERMINATION: Final = _words(
    "alertDetermination",
    "unknown apt malware securityPersonnel securityTesting unwantedSoftware other multiStagedAttack "
    "compromisedAccount phishing maliciousUserActivity notMalicious notEnoughDataToValidate "
    "confirmedActivity lineOfBusinessApplication unknownFutureValue",
)
SERVICE_SOURCE: Final = _words(
    "serviceSource",
    "unknown microsoftDefenderForEndpoint microsoftDefenderForIdentity microsoftDefenderForCloudApps "
    "microsoftDefenderForOffice365 microsoft365Defender azureAdIdentityProtection microsoftAppGovernance "
    "dataLossPrevention unknownFutureValue microsoftDefenderForCloud microsoftSentinel "
    "microsoftInsiderRiskManagement microsoftThreatIntelligence microsoftSecurityForAI",
)
DETECTION_SOURCE: Final = _words(
    "detectionSource",
    "unknown microsoftDefenderForEndpoint antivirus smartScreen customTi microsoftDefenderForOffice365 "
    "automatedInvestigation microsoftThreatExperts customDetection microsoftDefenderForIdentity "
    "cloudAppSecurity microsoft365Defender azureAdIdentityProtection manual microsoftDataLossPrevention "
    "appGovernancePolicy appGovernanceDetection unknownFutureValue microsoftDefenderForCloud "
    "microsoftDefenderForIoT microsoftDefenderForServers microsoftDefenderForStorage "
    "microsoftDefenderForDNS microsoftDefenderForDatabases microsoftDefenderForContainers "
    "microsoftDefenderForNetwork microsoftDefenderForAppService microsoftDefenderForKeyVault "
    "microsoftDefenderForResourceManager microsoftDefenderForApiManagement nrtAlerts scheduledAlerts "
    "microsoftDefenderThreatIntelligenceAnalytics builtInMl microsoftInsiderRiskManagement "
    "microsoftThreatIntelligence microsoftDefenderForAIServices securityCopilot microsoftSentinel",
)
INVESTIGATION_STATE: Final = _words(
    "investigationState",
    "unknown terminated successfullyRemediated benign failed partiallyRemediated running pendingApproval "
    "pendingResource queued innerFailure preexistingAlert unsupportedOs unsupportedAlertType "
    "suppressedAlert partiallyInvestigated terminatedByUser terminatedBySystem unknownFutureValue",
)
REMEDIATION_STATUS: Final = _words(
    "evidenceRemediationStatus",
    "none remediated prevented blocked notFound unknownFutureValue active pendingApproval declined "
    "unremediated running partiallyRemediated",
)
VERDICT: Final = _words("evidenceVerdict", "unknown suspicious malicious noThreatsFound unknownFutureValue")
ROLE: Final = _words(
    "evidenceRole",
    "unknown contextual scanned source destination created added compromised edited attacked attacker "
    "commandAndControl loaded suspicious policyViolator unknownFutureValue",
)


def _texts(names: str) -> Iterable[Property]:
    return (Property(name, Primitive.STRING) for name in names.split())


def _times(names: str) -> Iterable[Property]:
    return (Property(name, Primitive.DATETIME) for name in names.split())


DICTIONARY: Final = Structure(f"{_NAMESPACE}.dictionary", is_open=True)
COMMENT: Final = Structure(
    f"{_NAMESPACE}.alertComment",
    (
        *_texts("comment createdByDisplayName"),
        Property("createdDateTime", Primitive.DATETIME, nullable=False),
    ),
)
# Which thing it is, its `@odata.type` says: device, user, file, and so on, each with members of its own.
EVIDENCE: Final = Structure(
    f"{_NAMESPACE}.alertEvidence",
    (
        Property("createdDateTime", Primitive.DATETIME, nullable=False),
        Property("detailedRoles", Primitive.STRING, many=True),
        Property("remediationStatus", REMEDIATION_STATUS, nullable=False),
        Property("remediationStatusDetails", Primitive.STRING),
        Property("roles", ROLE, many=True, nullable=False),
        Property("tags", Primitive.STRING, many=True),
        Property("verdict", VERDICT, nullable=False),
    ),
    is_open=True,
)
ALERT: Final = Structure(
    f"{_NAMESPACE}.alert",
    (
        *_texts("actorDisplayName alertPolicyId alertWebUrl assignedTo category description detectorId"),
        *_texts("incidentId incidentWebUrl productName providerAlertId recommendedActions tenantId title"),
        *_texts("threatDisplayName threatFamilyName"),
        *_times("createdDateTime firstActivityDateTime lastActivityDateTime lastUpdateDateTime"),
        *_times("resolvedDateTime"),
        Property("additionalData", DICTIONARY),
        Property("categories", Primitive.STRING, many=True),
        Property("classification", CLASSIFICATION),
        Property("comments", COMMENT, many=True),
        Property("customDetails", DICTIONARY),
        Property("detectionSource", DETECTION_SOURCE),
        Property("determination", DETERMINATION),
        Property("evidence", EVIDENCE, many=True),
        Property("investigationState", INVESTIGATION_STATE),
        Property("mitreTechniques", Primitive.STRING, many=True),
        Property("serviceSource", SERVICE_SOURCE, nullable=False),
        Property("severity", SEVERITY, nullable=False),
        Property("status", ALERT_STATUS, nullable=False),
        Property("systemTags", Primitive.STRING, many=True),
    ),
    base=ENTITY,
    is_entity=True,
)
INCIDENT: Final = Structure(
    f"{_NAMESPACE}.incident",
    (
        *_texts("assignedTo description displayName incidentWebUrl lastModifiedBy redirectIncidentId"),
        *_texts("resolvingComment summary tenantId"),
        Property("classification", CLASSIFICATION),
        Property("comments", COMMENT, many=True),
        Property("createdDateTime", Primitive.DATETIME, nullable=False),
        Property("customTags", Primitive.STRING, many=True),
        Property("determination", DETERMINATION),
        Property("lastUpdateDateTime", Primitive.DATETIME, nullable=False),
        Property("priorityScore", Primitive.INT32),
        Property("severity", SEVERITY, nullable=False),
        Property("status", INCIDENT_STATUS, nullable=False),
        Property("systemTags", Primitive.STRING, many=True),
    ),
    (Navigation("alerts", ALERT),),
    base=ENTITY,
    is_entity=True,
)
TYPES: Final = (
    SEVERITY, ALERT_STATUS, INCIDENT_STATUS, CLASSIFICATION, DETERMINATION, SERVICE_SOURCE, DETECTION_SOURCE,
    INVESTIGATION_STATE, REMEDIATION_STATUS, VERDICT, ROLE, DICTIONARY, COMMENT, EVIDENCE, ALERT, INCIDENT,
)  # fmt: skip
