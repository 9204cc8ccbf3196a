"""What goes on behind the pages: the record is read, bundles are closed, deliveries go out."""

from typing import Final

from tidegate.audit.outbox import read_outbox
from tidegate.notifications.bundling import close_next_bundle
from tidegate.notifications.carriers.mail import rest
from tidegate.notifications.escalation import escalate_next
from tidegate.notifications.fetching import fetch_next_calendar
from tidegate.notifications.notices import take_over_notices
from tidegate.notifications.retention import delete_next_old
from tidegate.notifications.sending import send_next
from tidegate.notifications.telling import tell_of
from tidegate.notifications.words import ChannelKind

READER: Final = "notifications"


def tell_what_happened() -> bool:
    """Make notifications of what the record tells since last time."""
    return read_outbox(READER, tell_of)


def take_over_access_notices() -> bool:
    """Make deliveries of the next notices about people's access."""
    return take_over_notices()


def close_bundles() -> bool:
    """Tell of the next bundle whose time has come."""
    return close_next_bundle()


def escalate() -> bool:
    """Tell the next recipients of what nobody has taken up."""
    return escalate_next()


def fetch_calendars() -> bool:
    """Fetch the next calendar of an on-call rota."""
    return fetch_next_calendar()


def delete_old() -> bool:
    """Forget some of what was told long ago."""
    return delete_next_old()


def send_mails() -> bool:
    """Hand over the next mails that wait."""
    had_work = send_next(ChannelKind.MAIL)
    if not had_work:
        rest()
    return had_work


def send_webhooks() -> bool:
    """Post the next webhooks that wait."""
    return send_next(ChannelKind.WEBHOOK)


def send_chats() -> bool:
    """Post the next messages that wait for chats."""
    return send_next(ChannelKind.CHAT)
