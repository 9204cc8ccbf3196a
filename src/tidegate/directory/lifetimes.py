"""How long access may last at most: what the operator of this installation allows."""

from datetime import datetime, timedelta

from django.conf import settings

from tidegate.core import clock
from tidegate.core.errors import InvalidInput


def longest_access() -> timedelta:
    """The longest time for which access from outside may be given at once."""
    return timedelta(days=settings.LONGEST_ACCESS_DAYS)


def check_lifetime(ends_at: datetime | None) -> None:
    """Raise InvalidInput naming `ends_at` for an end that lies further ahead than is allowed.

    No end at all passes: actions ask for the reason in words, and keep it.
    """
    if ends_at is not None and ends_at > clock.now() + longest_access():
        days = settings.LONGEST_ACCESS_DAYS
        raise InvalidInput(fields={"ends_at": f"must lie within {days} days from now"})
