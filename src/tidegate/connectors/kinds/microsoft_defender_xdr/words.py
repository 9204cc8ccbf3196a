"""The Defender XDR API's own names for what Graph calls otherwise. Keys are casefolded.

Source: Microsoft's page "List incidents API in Microsoft Defender XDR", tables of alert and entity metadata.
"""

from collections.abc import Mapping
from enum import StrEnum

from tidegate.connectors.graph_words import (
    AlertSeverity,
    DetectionSource,
    Determination,
    RemediationStatus,
    ServiceSource,
    Verdict,
)

SEVERITIES: Mapping[str, StrEnum] = {"unspecified": AlertSeverity.UNKNOWN}
DETERMINATIONS: Mapping[str, StrEnum] = {
    "notavailable": Determination.UNKNOWN,
    "securitypersonnel": Determination.SECURITY_PERSONNEL,
}
SERVICE_SOURCES: Mapping[str, StrEnum] = {
    "microsoftcloudappsecurity": ServiceSource.MICROSOFT_DEFENDER_FOR_CLOUD_APPS,
    "mcas": ServiceSource.MICROSOFT_DEFENDER_FOR_CLOUD_APPS,
    "microsoftdefenderatp": ServiceSource.MICROSOFT_DEFENDER_FOR_ENDPOINT,
    "azureatp": ServiceSource.MICROSOFT_DEFENDER_FOR_IDENTITY,
    "officeatp": ServiceSource.MICROSOFT_DEFENDER_FOR_OFFICE365,
    "microsoftthreatprotection": ServiceSource.MICROSOFT365_DEFENDER,
    "mtp": ServiceSource.MICROSOFT365_DEFENDER,
    "aadidentityprotection": ServiceSource.AZURE_AD_IDENTITY_PROTECTION,
    "microsoftdatalossprevention": ServiceSource.DATA_LOSS_PREVENTION,
    "appgovernance": ServiceSource.MICROSOFT_APP_GOVERNANCE,
}
DETECTION_SOURCES: Mapping[str, StrEnum] = {
    "edr": DetectionSource.MICROSOFT_DEFENDER_FOR_ENDPOINT,
    "windowsdefenderatp": DetectionSource.MICROSOFT_DEFENDER_FOR_ENDPOINT,
    "windowsdefenderav": DetectionSource.ANTIVIRUS,
    "windowsdefendersmartscreen": DetectionSource.SMART_SCREEN,
    "customerti": DetectionSource.CUSTOM_TI,
    "officeatp": DetectionSource.MICROSOFT_DEFENDER_FOR_OFFICE365,
    "threatexperts": DetectionSource.MICROSOFT_THREAT_EXPERTS,
    "azureatp": DetectionSource.MICROSOFT_DEFENDER_FOR_IDENTITY,
    "mcas": DetectionSource.CLOUD_APP_SECURITY,
    "microsoftcloudappsecurity": DetectionSource.CLOUD_APP_SECURITY,
    "mtp": DetectionSource.MICROSOFT365_DEFENDER,
    "microsoftthreatprotection": DetectionSource.MICROSOFT365_DEFENDER,
    "aadidentityprotection": DetectionSource.AZURE_AD_IDENTITY_PROTECTION,
    "appgpolicy": DetectionSource.APP_GOVERNANCE_POLICY,
    "appgdetection": DetectionSource.APP_GOVERNANCE_DETECTION,
    "dlp": DetectionSource.MICROSOFT_DATA_LOSS_PREVENTION,
}
VERDICTS: Mapping[str, StrEnum] = {
    "clean": Verdict.NO_THREATS_FOUND,
    "nothreatfound": Verdict.NO_THREATS_FOUND,
    "notavailable": Verdict.UNKNOWN,
}
REMEDIATION_STATUSES: Mapping[str, StrEnum] = {
    "unspecified": RemediationStatus.NONE,
    "unknown": RemediationStatus.NONE,
    "detected": RemediationStatus.ACTIVE,
}
