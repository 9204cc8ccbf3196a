"""What goes on for subscriptions: the record is read, changes are told, and what expired is ended."""

from typing import Final

from tidegate.audit.outbox import read_outbox
from tidegate.feeds.notifying import end_next_expired, note_changes, tell_next

READER: Final = "change_notifications"


def read_changes_for_subscriptions() -> bool:
    """Write down for subscriptions what the record tells since last time."""
    return read_outbox(READER, note_changes)


def tell_subscriptions() -> bool:
    """Tell the next subscription for which something waits."""
    return tell_next()


def end_expired_subscriptions() -> bool:
    """End the next subscription whose time is over."""
    return end_next_expired()
