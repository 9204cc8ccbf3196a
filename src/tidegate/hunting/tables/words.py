"""Words of Microsoft's hunting schema for the words of Graph."""

from types import MappingProxyType
from typing import Final

SEVERITIES: Final = MappingProxyType({4: "High", 3: "Medium", 2: "Low", 1: "Informational"})

SERVICE_SOURCES: Final = MappingProxyType(
    {
        "microsoftDefenderForEndpoint": "Microsoft Defender for Endpoint",
        "microsoftDefenderForIdentity": "Microsoft Defender for Identity",
        "microsoftDefenderForCloudApps": "Microsoft Defender for Cloud Apps",
        "microsoftDefenderForOffice365": "Microsoft Defender for Office 365",
        "microsoft365Defender": "Microsoft 365 Defender",
        "azureAdIdentityProtection": "AAD Identity Protection",
        "microsoftAppGovernance": "App Governance",
        "dataLossPrevention": "Microsoft Data Loss Prevention",
        "microsoftDefenderForCloud": "Microsoft Defender for Cloud",
        "microsoftSentinel": "Microsoft Sentinel",
        "unknown": "",
    }
)

DETECTION_SOURCES: Final = MappingProxyType(
    {
        "microsoftDefenderForEndpoint": "EDR",
        "antivirus": "Antivirus",
        "smartScreen": "SmartScreen",
        "customTi": "Custom TI",
        "microsoftDefenderForOffice365": "Microsoft Defender for Office 365",
        "automatedInvestigation": "Automated investigation",
        "microsoftThreatExperts": "Microsoft Threat Experts",
        "customDetection": "Custom detection",
        "microsoftDefenderForIdentity": "Microsoft Defender for Identity",
        "cloudAppSecurity": "Cloud App Security",
        "microsoft365Defender": "Microsoft 365 Defender",
        "azureAdIdentityProtection": "AAD Identity Protection",
        "manual": "Manual",
        "unknown": "",
    }
)

ENTITY_TYPES: Final = MappingProxyType(
    {
        "deviceEvidence": "Machine",
        "fileEvidence": "File",
        "processEvidence": "Process",
        "ipEvidence": "Ip",
        "urlEvidence": "Url",
        "userEvidence": "User",
        "mailboxEvidence": "Mailbox",
        "analyzedMessageEvidence": "MailMessage",
        "mailClusterEvidence": "MailCluster",
        "registryKeyEvidence": "RegistryKey",
        "registryValueEvidence": "RegistryValue",
        "cloudApplicationEvidence": "CloudApplication",
        "oauthApplicationEvidence": "OAuthApplication",
        "securityGroupEvidence": "SecurityGroup",
    }
)

_IMPACTED: Final = frozenset({"deviceEvidence", "userEvidence", "mailboxEvidence"})

ROLES: Final = MappingProxyType(
    {kind: "Impacted" if kind in _IMPACTED else "Related" for kind in ENTITY_TYPES}
)
"""What was hit, and what came with it."""
