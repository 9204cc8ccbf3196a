"""Instants and durations, as documents write them and as people read them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.utils.dateparse import parse_duration

from tidegate.core.errors import InvalidInput

_DAY: Final = timedelta(days=1)


def read_moment(text: str, field: str = "ends_at") -> datetime:
    """An instant with its zone, or a day for its first instant in UTC. Raises InvalidInput naming `field`."""
    reason = {field: "must be a day like 2027-01-01, or an instant like 2027-01-01T09:00:00Z"}
    try:
        if len(text) == len("2027-01-01"):
            return datetime.combine(date.fromisoformat(text), time.min, UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(fields=reason) from None
    if moment.tzinfo is None:
        raise InvalidInput(fields=reason)
    return moment.astimezone(UTC)


def write_moment(moment: datetime) -> str:
    """The shortest form that reads back the same."""
    here = moment.astimezone(UTC)
    if here.time() == time.min:
        return here.date().isoformat()
    return here.isoformat().replace("+00:00", "Z")


def read_duration(text: str, field: str = "duration") -> timedelta:
    """An ISO 8601 duration in days and less. Raises InvalidInput naming the field."""
    duration = parse_duration(text) if text.startswith("P") else None
    if duration is None:
        raise InvalidInput(fields={field: "must be a time like P365D or PT8H"})
    return duration


def write_duration(duration: timedelta) -> str:
    """`P365D`, `PT8H`, or both: days, hours, minutes and seconds, without those that are nothing."""
    days, rest = divmod(duration, _DAY)
    hours, seconds = divmod(int(rest.total_seconds()), 3600)
    minutes, seconds = divmod(seconds, 60)
    parts = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    return "P" + (f"{days}D" if days or not parts else "") + (f"T{parts}" if parts else "")


def say_end(ends_at: datetime | None) -> str:
    """How an end reads in a sentence."""
    return f"until {write_moment(ends_at)}" if ends_at else "without an end"
