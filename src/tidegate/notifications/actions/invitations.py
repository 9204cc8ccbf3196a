"""The mail that carries an invitation's link is put on its way."""

import json

from django.db import transaction
from django.utils.translation import get_language

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.ids import uuid7
from tidegate.core.sealing import seal
from tidegate.directory.actions.invitations import Offer
from tidegate.notifications.deliveries import mail_domain, queue_deliveries
from tidegate.notifications.invitations import SECRET
from tidegate.notifications.models import Delivery
from tidegate.notifications.sealed import INVITATION
from tidegate.notifications.words import ChannelKind, Purpose


def queue_invitation(scope: Scope, offer: Offer, *, message: str = "") -> Delivery:
    """Let the link be mailed, in the inviter's language; `message` is what they want said with it.

    For an invitation that is committed: it stands whatever becomes of its mail. Making it was the event, and
    only whoever was let make it has its `Offer`.
    """
    now, own_id = clock.now(), uuid7()
    said = {
        "token": offer.token,
        "inviter": scope.actor.display_name,
        "message": message,
        "language": get_language() or "en",
    }
    delivery = Delivery(
        tenant_id=scope.tenant_id,
        id=own_id,
        purpose=Purpose.INVITATION,
        values={"user_id": str(offer.user.id), SECRET: seal(json.dumps(said), INVITATION)},
        kind=ChannelKind.MAIL,
        email=offer.invitation.invited_email,
        message_id=f"{own_id}@{mail_domain()}",
        created_at=now,
        queued_at=now,
        try_at=now,
    )
    with transaction.atomic():
        queue_deliveries([delivery])
    return delivery
