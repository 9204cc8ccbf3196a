"""A message is posted in a chat."""

from typing import Final

from apprise import NotifyFormat, NotifyType

from tidegate.connectors.channels.chat.requesting import Exchange, noting
from tidegate.connectors.channels.chat.services import open_chat
from tidegate.connectors.channels.undelivered import Fault, Undelivered
from tidegate.core.errors import InvalidInput

LONGEST_BODY: Final = 3500
_GONE: Final = 410


def post(address: str, *, title: str, body: str, is_urgent: bool = False) -> str:
    """Post once; gives the answer's status. Raises Undelivered."""
    try:
        chat = open_chat(address)
    except InvalidInput as error:
        raise Undelivered(error.message, fault=Fault.CHANNEL, is_permanent=True) from error
    kind = NotifyType.FAILURE if is_urgent else NotifyType.WARNING
    with noting() as exchange:
        taken = chat.notify(
            body=body[:LONGEST_BODY], title=title, notify_type=kind, body_format=NotifyFormat.TEXT
        )
    if not taken:
        raise _undelivered(exchange)
    return f"HTTP {exchange.status}"


def _undelivered(exchange: Exchange) -> Undelivered:
    failure = exchange.failure
    if failure is not None:
        return Undelivered(failure.message, fault=Fault.CHANNEL, is_permanent=failure.is_refused)
    answer = f"HTTP {exchange.status}" if exchange.status else "It could not be posted."
    return Undelivered(answer, fault=Fault.CHANNEL, is_permanent=exchange.status == _GONE)
