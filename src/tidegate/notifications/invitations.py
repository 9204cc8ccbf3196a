"""The mail of an invitation goes the way of every other: in the log, tried again, given up in the open.

Only the fingerprint of a link's token is kept. Until its mail was sent the token waits in the delivery,
sealed; whatever becomes of the mail, it is erased then.
"""

import json
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from tidegate.audit.actions import Target, append
from tidegate.audit.models import Result
from tidegate.authorization.scope import SYSTEM
from tidegate.connectors.channels.email.composing import Mail
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.core.sealing import unseal
from tidegate.directory.actions.invitations import find_invitation
from tidegate.directory.invitation_mail import Letter, invitation_link, write_letter
from tidegate.notifications.framing import frame_text
from tidegate.notifications.models import Delivery
from tidegate.notifications.sealed import INVITATION

SECRET: Final = "sealed"  # noqa: S105  the name of a value


def write_invitation(delivery: Delivery, sender: str) -> Mail | None:
    """The mail of an invitation; None where it is not open any more, so that nobody is sent a dead link."""
    said: dict[str, Any] = json.loads(unseal(delivery.values[SECRET], INVITATION))
    try:
        invitation = find_invitation(said["token"])
    except NotFound:
        return None
    letter = Letter(
        tenant=invitation.tenant.display_name,
        inviter=said["inviter"],
        message=said["message"],
        link=invitation_link(said["token"]),
        expires_at=invitation.expires_at,
        is_guest=invitation.user.is_guest,
    )
    language = said["language"]
    with translation.override(language), timezone.override(ZoneInfo("UTC")):
        subject, text = write_letter(letter)
    return Mail(
        sender=sender,
        recipient=delivery.email,
        subject=subject,
        text=text,
        html=frame_text(subject, text, letter.link, language),
        message_id=delivery.message_id,
        sent_at=clock.now(),
        language=language,
    )


def without_secret(delivery: Delivery) -> dict[str, str]:
    """What is kept of a delivery that is settled."""
    return {name: value for name, value in delivery.values.items() if name != SECRET}


def note_invitation_given_up(delivery: Delivery) -> None:
    """A mail that could not be sent is told where the tenant's administrators read."""
    target = Target("user", str(delivery.values["user_id"]), delivery.email)
    details = {"attempts": delivery.attempts, "answer": delivery.last_answer}
    append(delivery.tenant_id, SYSTEM, "invitation.given_up", target, result=Result.FAILURE, details=details)
