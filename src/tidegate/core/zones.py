"""The time zones that there are."""

from functools import cache
from zoneinfo import available_timezones


@cache
def known_zones() -> frozenset[str]:
    """Their names in the IANA database, looked for once: each look goes through some six hundred files."""
    return frozenset(available_timezones())
