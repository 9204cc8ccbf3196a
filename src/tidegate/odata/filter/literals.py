"""Reading values as they are written: dates and times above all, of which clients write many forms."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

# Seconds, any number of decimals (Elastic sends seven) and the zone may be missing, as may the time. The
# plus of an offset becomes a blank where a client did not encode it.
MOMENT: Final = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:[Zz]|[-+ ][0-9]{2}:?[0-9]{2})?|[Zz])?"
)
GUID: Final = r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
_PARTS: Final = re.compile(
    r"(?P<date>[0-9-]{10})"
    r"(?:[Tt](?P<minutes>[0-9:]{5})(?::(?P<seconds>[0-9]{2}))?(?:\.(?P<fraction>[0-9]+))?)?"
    r"(?:[Zz]|(?P<sign>[-+ ])(?P<hours>[0-9]{2}):?(?P<rest>[0-9]{2}))?"
)
_MOMENT: Final = re.compile(MOMENT)
_LONGEST_MOMENT: Final = 64


def read_moment(text: str) -> datetime | None:
    """The instant, in UTC, cut to microseconds; None for what is no date. Without a zone it is UTC."""
    if len(text) > _LONGEST_MOMENT or not _MOMENT.fullmatch(text):
        return None
    found = _PARTS.fullmatch(text)
    if found is None:
        return None
    microseconds = (found["fraction"] or "")[:6].ljust(6, "0")
    local = f"{found['date']}T{found['minutes'] or '00:00'}:{found['seconds'] or '00'}.{microseconds}"
    try:
        return datetime.fromisoformat(local).replace(tzinfo=UTC) - _read_offset(found)
    except (ValueError, OverflowError):
        return None


def _read_offset(found: re.Match[str]) -> timedelta:
    if found["hours"] is None:
        return timedelta()
    hours, minutes = int(found["hours"]), int(found["rest"])
    if hours > 23 or minutes > 59:
        raise ValueError(found["hours"])
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if found["sign"] == "-" else offset
