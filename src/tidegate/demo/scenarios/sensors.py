"""What raises alerts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sensor:
    """What raised an alert: Graph's serviceSource, detectionSource, productName; its ids' first letters."""

    service: str
    detection: str
    product: str
    id_prefix: str


ENDPOINT = Sensor(
    "microsoftDefenderForEndpoint", "microsoftDefenderForEndpoint", "Microsoft Defender for Endpoint", "ed"
)
ANTIVIRUS = Sensor("microsoftDefenderForEndpoint", "antivirus", "Microsoft Defender for Endpoint", "da")
SMART_SCREEN = Sensor("microsoftDefenderForEndpoint", "smartScreen", "Microsoft Defender for Endpoint", "da")
CUSTOM = Sensor("microsoft365Defender", "customDetection", "Microsoft Defender XDR", "cd")
IDENTITY = Sensor(
    "microsoftDefenderForIdentity", "microsoftDefenderForIdentity", "Microsoft Defender for Identity", "aa"
)
SIGN_IN = Sensor(
    "azureAdIdentityProtection", "azureAdIdentityProtection", "Microsoft Entra ID Protection", "ad"
)
MAIL = Sensor(
    "microsoftDefenderForOffice365",
    "microsoftDefenderForOffice365",
    "Microsoft Defender for Office 365",
    "fa",
)
CLOUD = Sensor("microsoftDefenderForCloudApps", "cloudAppSecurity", "Microsoft Defender for Cloud Apps", "ca")
APPS = Sensor("microsoftAppGovernance", "appGovernanceDetection", "App governance", "ag")
DATA_LOSS = Sensor(
    "dataLossPrevention", "microsoftDataLossPrevention", "Microsoft Data Loss Prevention", "dl"
)
PLANT = Sensor("microsoftDefenderForCloud", "microsoftDefenderForIoT", "Microsoft Defender for IoT", "io")
CORRELATION = Sensor("microsoft365Defender", "microsoft365Defender", "Microsoft Defender XDR", "ra")
