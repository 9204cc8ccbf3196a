"""Somebody has read what stands in their inbox. It is theirs alone: no Scope, and no event."""

import uuid
from collections.abc import Collection

from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.notifications.inbox import own_items


def mark_read(actor: Actor, item_ids: Collection[uuid.UUID]) -> int:
    """Note that these items were read, those of them that are the actor's own; gives how many were new."""
    return own_items(actor).filter(id__in=list(item_ids), read_at__isnull=True).update(read_at=clock.now())


def mark_unread(actor: Actor, item_ids: Collection[uuid.UUID]) -> int:
    """Note that these items are to be looked at again; gives how many had been read."""
    return own_items(actor).filter(id__in=list(item_ids), read_at__isnull=False).update(read_at=None)


def mark_all_read(actor: Actor) -> int:
    """Note that the whole inbox was read; gives how many items were new."""
    return own_items(actor).filter(read_at__isnull=True).update(read_at=clock.now())
