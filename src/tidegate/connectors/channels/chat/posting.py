"""A message is posted in a chat."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from apprise import NotifyFormat, NotifyType

from tidegate.connectors.channels.chat.services import open_chat
from tidegate.connectors.channels.undelivered import Fault, Undelivered
from tidegate.core.errors import InvalidInput

LONGEST_BODY: Final = 3500
_log: Final = logging.getLogger("apprise")


def post(address: str, *, title: str, body: str, is_urgent: bool = False) -> str:
    """Post once; says that it was taken. Raises Undelivered."""
    try:
        chat = open_chat(address)
    except InvalidInput as error:
        raise Undelivered(error.message, fault=Fault.CHANNEL, is_permanent=True) from error
    kind = NotifyType.FAILURE if is_urgent else NotifyType.WARNING
    with _listening() as heard:
        taken = chat.notify(
            body=body[:LONGEST_BODY], title=title, notify_type=kind, body_format=NotifyFormat.TEXT
        )
    if not taken:
        raise Undelivered(heard.reason, fault=Fault.CHANNEL)
    return "The chat took it."


class _Listener(logging.Handler):
    """Apprise tells why a message was not taken in its log alone."""

    reason = "The chat did not take it."

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            self.reason = record.getMessage()[:500]


@contextmanager
def _listening() -> Iterator[_Listener]:
    heard = _Listener()
    _log.addHandler(heard)
    try:
        yield heard
    finally:
        _log.removeHandler(heard)
