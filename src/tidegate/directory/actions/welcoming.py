"""A guest is invited straight into a group: both happen, or neither."""

import uuid
from datetime import datetime

from django.db import transaction

from tidegate.authorization.scope import Scope
from tidegate.directory.actions.groups import add_member
from tidegate.directory.actions.invitations import Offer, invite_guest


def invite_guest_into(
    scope: Scope,
    group_id: uuid.UUID | None,
    *,
    email: str,
    display_name: str = "",
    ends_at: datetime | None = None,
    endless_reason: str = "",
) -> Offer:
    """Invite a guest and put them in a group of the tenant, or in none.

    Raises Forbidden, NotFound for a group that is not the tenant's, InvalidInput, Conflict.
    """
    with transaction.atomic():
        offer = invite_guest(
            scope,
            email=email,
            display_name=display_name,
            ends_at=ends_at,
            endless_reason=endless_reason,
        )
        if group_id is not None:
            add_member(scope, group_id, offer.user.id)
    return offer
