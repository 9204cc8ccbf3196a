"""The members of each kind of Graph evidence, made from an entity's flat members.

Names on the left are Graph's (`microsoft.graph.security`), names in `fields.value` the Defender XDR API's.
"""

from tidegate.connectors.fields import Fields
from tidegate.connectors.records import Json

_ACCOUNT = {
    "accountName": "accountName",
    "domainName": "domainName",
    "userSid": "userSid",
    "azureAdUserId": "aadUserId",
    "userPrincipalName": "userPrincipalName",
    "displayName": "displayName",
}


def user_members(fields: Fields) -> dict[str, Json]:
    """Make `userEvidence`."""
    return {"userAccount": _account(fields)}


def file_members(fields: Fields) -> dict[str, Json]:
    """Make `fileEvidence`."""
    return {"fileDetails": _file(fields), **_on_device(fields)}


def process_members(fields: Fields) -> dict[str, Json]:
    """Make `processEvidence`."""
    return {
        "processId": fields.value("processId"),
        "processCommandLine": fields.value("processCommandLine"),
        "processCreationDateTime": fields.value("processCreationTime"),
        "parentProcessId": fields.value("parentProcessId"),
        "parentProcessCreationDateTime": fields.value("parentProcessCreationTime"),
        "imageFile": _file(fields),
        "parentProcessImageFile": {
            "fileName": fields.value("parentProcessFileName"),
            "filePath": fields.value("parentProcessFilePath"),
        },
        "userAccount": _account(fields),
        **_on_device(fields),
    }


def ip_members(fields: Fields) -> dict[str, Json]:
    """Make `ipEvidence`."""
    return {"ipAddress": fields.value("ipAddress")}


def url_members(fields: Fields) -> dict[str, Json]:
    """Make `urlEvidence`."""
    return {"url": fields.value("url")}


def registry_members(fields: Fields) -> dict[str, Json]:
    """Make `registryKeyEvidence` or `registryValueEvidence`."""
    key: dict[str, Json] = {
        "registryHive": fields.value("registryHive"),
        "registryKey": fields.value("registryKey"),
    }
    names = ("registryValue", "registryValueName", "registryValueType")
    key |= {name: value for name in names if (value := fields.value(name)) is not None}
    return key | _on_device(fields)


def mailbox_members(fields: Fields) -> dict[str, Json]:
    """Make `mailboxEvidence`."""
    return {
        "primaryAddress": fields.value("mailboxAddress"),
        "displayName": fields.value("mailboxDisplayName"),
        "upn": fields.value("userPrincipalName"),
        "userAccount": _account(fields),
    }


def message_members(fields: Fields) -> dict[str, Json]:
    """Make `analyzedMessageEvidence`."""
    return {
        "p1Sender": {"emailAddress": fields.value("sender")},
        "recipientEmailAddress": fields.value("recipient"),
        "subject": fields.value("subject"),
        "deliveryAction": fields.value("deliveryAction"),
        "internetMessageId": fields.value("internetMessageId"),
        "networkMessageId": fields.value("networkMessageId"),
    }


def cluster_members(fields: Fields) -> dict[str, Json]:
    """Make `mailClusterEvidence`."""
    return {"clusterBy": fields.value("clusterBy"), "query": fields.value("query")}


def group_members(fields: Fields) -> dict[str, Json]:
    """Make `securityGroupEvidence`."""
    return {
        "securityGroupId": fields.value("securityGroupId"),
        "displayName": fields.value("securityGroupName"),
    }


def application_members(fields: Fields) -> dict[str, Json]:
    """Make `cloudApplicationEvidence` or `oauthApplicationEvidence`."""
    return {"appId": fields.value("applicationId"), "displayName": fields.value("applicationName")}


def unknown_members(fields: Fields) -> dict[str, Json]:
    """Keep the type of an entity that Graph has no word for; its members stay as they are."""
    return {"entityType": fields.value("entityType")}


def _account(fields: Fields) -> dict[str, Json]:
    return {name: fields.value(foreign) for name, foreign in _ACCOUNT.items()}


def _file(fields: Fields) -> dict[str, Json]:
    return {name: fields.value(name) for name in ("sha1", "sha256", "fileName", "filePath")}


def _on_device(fields: Fields) -> dict[str, Json]:
    device = {"mdeDeviceId": fields.value("deviceId"), "detectionStatus": fields.value("detectionStatus")}
    return {name: value for name, value in device.items() if value is not None}
