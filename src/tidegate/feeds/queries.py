"""Reading the ledger."""

import uuid
from datetime import datetime

from tidegate.authorization.scope import Scope
from tidegate.feeds.models import Consumer
from tidegate.feeds.words import Feed


def find_replay(scope: Scope, client_id: uuid.UUID, feed: Feed) -> datetime | None:
    """From when an application's next fetch is to begin, if an administrator sent it back there."""
    rows = Consumer.objects.in_scope(scope).filter(client_id=client_id, feed=feed)
    return rows.values_list("replay_from", flat=True).first()
