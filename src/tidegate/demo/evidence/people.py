"""Evidence about people: accounts, mailboxes, messages."""

from datetime import timedelta

from tidegate.connectors.records import Json
from tidegate.demo.chance import guid, number_of
from tidegate.demo.scenarios.clues import (
    MailboxClue,
    MessageClue,
    UserClue,
    Verdict,
)
from tidegate.demo.specs import Person, TenantSpec
from tidegate.demo.spelling import wire_time

from .scene import Scene, base


def user_account(tenant: TenantSpec, person: Person) -> dict[str, Json]:
    """Graph's userAccount of a person of the tenant."""
    return {
        "accountName": person.account_name,
        "domainName": tenant.default_domain.partition(".")[0],
        "userSid": person.sid,
        "azureAdUserId": str(person.object_id),
        "userPrincipalName": person.upn,
        "displayName": person.display_name,
    }


def user_evidence(clue: UserClue, scene: Scene) -> dict[str, Json]:
    """Graph's userEvidence."""
    return {
        **base(scene, "userEvidence", clue.verdict, clue.role),
        "userAccount": user_account(scene.cast.tenant, scene.cast.people[clue.who]),
    }


def mailbox_evidence(clue: MailboxClue, scene: Scene) -> dict[str, Json]:
    """Graph's mailboxEvidence."""
    person = scene.cast.people[clue.who]
    return {
        **base(scene, "mailboxEvidence", clue.verdict, "compromised"),
        "primaryAddress": person.upn,
        "displayName": person.display_name,
        "upn": person.upn,
        "userAccount": user_account(scene.cast.tenant, person),
    }


def message_evidence(clue: MessageClue, scene: Scene) -> dict[str, Json]:
    """Graph's analyzedMessageEvidence."""
    say = scene.cast.say
    sender, recipient = say(clue.sender), scene.cast.people[clue.who].upn
    message_id = guid("message", sender, recipient, wire_time(scene.seen_at))
    urls: list[Json] = [say(clue.url)] if clue.url else []
    address: dict[str, Json] = {
        "emailAddress": sender,
        "displayName": sender.partition("@")[0].capitalize(),
        "domainName": sender.partition("@")[2],
    }
    return {
        **base(scene, "analyzedMessageEvidence", _verdict(clue), "source", stopped=not clue.delivered),
        "networkMessageId": str(message_id),
        "internetMessageId": f"<{message_id.hex[:20]}@{sender.partition('@')[2]}>",
        "subject": say(clue.subject),
        "language": scene.cast.tenant.language,
        "senderIp": scene.cast.addresses[0].ip,
        "recipientEmailAddress": recipient,
        "antiSpamDirection": "inbound",
        "deliveryAction": "delivered" if clue.delivered else "blocked",
        "deliveryLocation": "inbox" if clue.delivered else "quarantine",
        "urn": f"urn:MailEntity:{message_id.hex}",
        "threats": [clue.threat],
        "threatDetectionMethods": ["UrlReputation" if clue.url else "FileDetonation"],
        "urls": urls,
        "urlCount": len(urls),
        "attachmentsCount": clue.attachments,
        "receivedDateTime": wire_time(scene.seen_at - timedelta(seconds=5 + number_of(40, message_id))),
        "p1Sender": address,
        "p2Sender": address,
    }


def _verdict(clue: MessageClue) -> Verdict:
    return Verdict.SUSPICIOUS if clue.delivered else Verdict.MALICIOUS
