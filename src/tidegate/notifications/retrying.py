"""When a message that was not taken is tried again: later and later, until it is given up. Pure."""

import random
from datetime import datetime, timedelta
from typing import Final

from tidegate.notifications.words import ChannelKind

# RFC 5321, section 4.5.4.1: the give-up time generally needs to be at least four to five days.
GIVEN_UP_AFTER: Final = timedelta(days=4)
_FIRST_MAIL: Final = timedelta(minutes=1)
_LONGEST_MAIL: Final = timedelta(hours=1)
# Standard Webhooks, "Deliverability": the retry schedule it recommends.
_SCHEDULE: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
_chance: Final = random.SystemRandom()


def next_try(kind: ChannelKind, attempts: int, queued_at: datetime, now: datetime) -> datetime | None:
    """The next try after so many; None when there is to be none."""
    pause = _pause(kind, attempts)
    if pause is None or now - queued_at >= GIVEN_UP_AFTER:
        return None
    # All that failed together must not come back together.
    return now + pause * _chance.uniform(1.0, 1.25)


def _pause(kind: ChannelKind, attempts: int) -> timedelta | None:
    if kind == ChannelKind.MAIL:
        return min(_FIRST_MAIL * (1 << min(attempts - 1, 10)), _LONGEST_MAIL)
    return _SCHEDULE[attempts - 1] if attempts <= len(_SCHEDULE) else None
