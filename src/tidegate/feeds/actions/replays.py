"""A consumer is sent back: its next fetch begins at an instant, whatever it asks for."""

import uuid
from datetime import datetime

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.feeds.models import Consumer


def set_replay(scope: Scope, consumer_id: uuid.UUID, replay_from: datetime) -> Consumer:
    """Let a consumer's next fetch begin at this instant, if it would begin later; once.

    The SIEM API then gives everything from there, and no `limit` cuts it. A list gives what its filter lets
    through but for the time from which it asks, which becomes this one; one that asks from no time has
    everything already. Where a fetch is several pages, it holds until the last was sent. Raises Forbidden,
    NotFound, InvalidInput naming `from`.
    """
    require(scope, Permission.APPLICATION_MANAGE)
    if replay_from > clock.now():
        raise InvalidInput(fields={"from": "must not be in the future"})
    with transaction.atomic():
        consumer = _lock(scope, consumer_id)
        consumer.replay_from, consumer.replay_set_at = replay_from, clock.now()
        consumer.replay_set_by = scope.actor.display_name[:256]
        consumer.save(update_fields=["replay_from", "replay_set_at", "replay_set_by"])
        record(scope, "feed.replay_set", consumer_target(consumer), details={"from": replay_from})
    return consumer


def cancel_replay(scope: Scope, consumer_id: uuid.UUID) -> Consumer:
    """Let it go on where it is. Raises Forbidden, NotFound."""
    require(scope, Permission.APPLICATION_MANAGE)
    with transaction.atomic():
        consumer = _lock(scope, consumer_id)
        if consumer.replay_from is not None:
            details = {"from": consumer.replay_from}
            consumer.replay_from = None
            consumer.save(update_fields=["replay_from"])
            record(scope, "feed.replay_canceled", consumer_target(consumer), details=details)
    return consumer


def consumer_target(consumer: Consumer) -> Target:
    """How the audit log names a consumer: by its application and what it fetches."""
    return Target("feed", str(consumer.client_id), consumer.feed)


def _lock(scope: Scope, consumer_id: uuid.UUID) -> Consumer:
    rows = Consumer.objects.in_scope(scope).select_for_update(of=("self",))
    consumer = rows.filter(id=consumer_id).first()
    if consumer is None:
        raise NotFound("There is no such consumer.")
    return consumer
