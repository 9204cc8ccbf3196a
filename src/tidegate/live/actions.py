"""Somebody begins to look, goes on looking, or turns away.

No event is recorded: the audit log has that a guest opened a page, and not for how long it lay open.
"""

import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.light import light_transaction
from tidegate.live.models import Onlooker

KEPT_FOR: Final = timedelta(seconds=30)
"""After this the row of a process that died says nothing any more; a living one moves it on long before."""


def begin_looking(scope: Scope, target: str, look_id: uuid.UUID) -> None:
    """Say that the scope's user looks at something of the tenant. Nothing for who is no user of it."""
    if scope.entry.user_id is None:
        return
    with light_transaction():
        Onlooker.rows.create(
            tenant_id=scope.tenant_id,
            id=look_id,
            user_id=scope.entry.user_id,
            target=target,
            until=clock.now() + KEPT_FOR,
        )


def keep_looking(look_ids: Collection[uuid.UUID]) -> None:
    """They still look; and whoever has not been said to for long is forgotten. For the pages' process."""
    now = clock.now()
    everybody = Onlooker.objects.across_tenants()
    with light_transaction():
        if look_ids:
            everybody.filter(id__in=look_ids).update(until=now + KEPT_FOR)
        everybody.filter(until__lt=now - KEPT_FOR).delete()


def end_looking(look_ids: Collection[uuid.UUID]) -> None:
    """They have turned away. For the pages' process."""
    with light_transaction():
        Onlooker.objects.across_tenants().filter(id__in=look_ids).delete()
