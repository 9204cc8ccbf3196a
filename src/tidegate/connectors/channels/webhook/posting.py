"""A signed message is posted to an address that a tenant chose."""

from collections.abc import Sequence
from typing import Final

from tidegate.connectors.channels.undelivered import Fault, Undelivered
from tidegate.connectors.channels.webhook.signing import sign
from tidegate.core.outbound import OutboundFailed, send

DEADLINE: Final = 15.0
LARGEST_ANSWER: Final = 4096
_GONE: Final = 410


def post(url: str, known: Sequence[str], *, message_id: str, timestamp: int, body: bytes) -> str:
    """Post once; gives the answer's status. Raises Undelivered.

    Standard Webhooks, "Deliverability": any answer but 2xx is a failure that is tried again, also a
    redirect, which is not followed; 410 Gone means that nothing more is wanted there.
    """
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(known, message_id, timestamp, body),
    }
    try:
        answer = send("POST", url, body=body, headers=headers, deadline=DEADLINE, largest=LARGEST_ANSWER)
    except OutboundFailed as error:
        raise Undelivered(error.message, fault=Fault.CHANNEL, is_permanent=error.is_refused) from error
    if not answer.is_success:
        gone = answer.status == _GONE
        raise Undelivered(f"HTTP {answer.status}", fault=Fault.CHANNEL, is_permanent=gone)
    return f"HTTP {answer.status}"
