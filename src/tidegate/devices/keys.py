"""What devices and identities are recognised by in their tenant, out of Graph's evidence."""

from collections.abc import Mapping

from tidegate.connectors.records import EvidenceRecord, Json


def device_key(body: Mapping[str, Json]) -> str:
    """What a device is recognised by: Defender's id, else Entra's, else its DNS name; empty for none."""
    for prefix, member in (("mde", "mdeDeviceId"), ("aad", "azureAdDeviceId"), ("dns", "deviceDnsName")):
        if value := body.get(member):
            return f"{prefix}:{str(value).lower()}"[:300]
    return ""


def identity_key(account: Mapping[str, Json]) -> str:
    """What an identity is recognised by: Entra's object id, else SID, user name, account; empty for none."""
    for prefix, member in (("aad", "azureAdUserId"), ("sid", "userSid"), ("upn", "userPrincipalName")):
        if value := account.get(member):
            return f"{prefix}:{str(value).lower()}"[:400]
    name = account.get("accountName")
    return f"acc:{account.get('domainName') or ''}\\{name}".lower()[:400] if name else ""


def find_account(evidence: EvidenceRecord) -> dict[str, Json] | None:
    """The user account that evidence names as a user or a mailbox, if it does."""
    account = evidence.body.get("userAccount")
    if evidence.kind not in {"userEvidence", "mailboxEvidence"} or not isinstance(account, dict):
        return None
    return account
