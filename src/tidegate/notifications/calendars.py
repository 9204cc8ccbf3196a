"""iCalendar (RFC 5545), as far as an on-call rota needs it: who has an event at an instant.

Events that stand alone or repeat daily or weekly, as rotas do, with exceptions. Whether an event repeats at
an instant is calculated, never counted up to: a calendar is written by others.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tidegate.core.errors import InvalidInput

LARGEST: Final = 1_048_576
LONGEST_SHIFT: Final = timedelta(days=31)
_DAYS: Final = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_LENGTH: Final = re.compile(
    r"P(?:(\d{1,3})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d{1,5}S)?)?"
)


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass(slots=True)
class _Event:
    """One VEVENT. `rule` holds the parts of its RRULE; an `instead_of` replaces one repetition of its UID."""

    uid: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    length: timedelta | None = None
    rule: dict[str, str] = field(default_factory=dict)
    excepted: set[datetime] = field(default_factory=set)
    instead_of: datetime | None = None
    addresses: list[str] = field(default_factory=list)
    summary: str = ""
    is_canceled: bool = False

    def lasts(self) -> timedelta:
        """How long it is, at most a month."""
        if self.starts is None:
            return timedelta(0)
        found = self.length or (self.ends - self.starts if self.ends else timedelta(0))
        return max(timedelta(0), min(found, LONGEST_SHIFT))


def check_calendar(text: str, time_zone: str) -> None:
    """Raise InvalidInput, naming `calendar`, for what is no calendar or repeats in a way not known here."""
    if "BEGIN:VCALENDAR" not in text:
        raise InvalidInput(fields={"calendar": "is no iCalendar file"})
    for event in _read_events(text, ZoneInfo(time_zone)):
        unknown = set(event.rule) - {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT", "WKST"}
        if event.rule and (unknown or event.rule.get("FREQ") not in {"DAILY", "WEEKLY"}):
            raise InvalidInput(fields={"calendar": "has an event that repeats neither daily nor weekly"})


def find_attendees(text: str, at: datetime, time_zone: str) -> list[str]:
    """The addresses of those whose event covers an instant, in the order of the calendar.

    Whoever attends, or else whose address stands in the event's title. `time_zone` is where times are meant
    that name no place of their own, or one by a name that only one program knows.
    """
    events = [event for event in _read_events(text, ZoneInfo(time_zone)) if event.starts]
    replaced = {(event.uid, event.instead_of) for event in events if event.instead_of}
    found: list[str] = []
    for event in events:
        start = _covering_start(event, at)
        if start is None or event.is_canceled:
            continue
        if event.instead_of is None and (event.uid, start) in replaced:
            continue
        found += event.addresses or _ADDRESS.findall(event.summary)
    return list(dict.fromkeys(address.lower() for address in found))


def _covering_start(event: _Event, at: datetime) -> datetime | None:
    """When the repetition began that covers an instant."""
    first, lasts = event.starts, event.lasts()
    if first is None:
        return None
    if not event.rule:
        return first if first <= at < first + lasts else None
    local = at.astimezone(first.tzinfo)
    for back in range(min(lasts.days, LONGEST_SHIFT.days) + 2):
        day = local.date() - timedelta(days=back)
        start = datetime.combine(day, first.timetz())
        if first <= start <= at < start + lasts and start not in event.excepted and _repeats(event, start):
            return start
    return None


def _repeats(event: _Event, start: datetime) -> bool:
    rule, first = event.rule, event.starts
    if first is None:
        return False
    interval = max(1, _number(rule.get("INTERVAL", "1")))
    until = rule.get("UNTIL")
    if until and start > _read_time(until, {}, first.tzinfo or UTC):
        return False
    days = (start.date() - first.date()).days
    if rule.get("FREQ") == "DAILY":
        named = _weekdays(rule, set(_DAYS.values()))
        on_it = days % interval == 0 and start.weekday() in named
        place = days // interval
    else:
        named = _weekdays(rule, {first.weekday()})
        weeks = (_monday(start.date()) - _monday(first.date())).days // 7
        on_it = weeks % interval == 0 and start.weekday() in named
        before = sum(day < start.weekday() for day in named)
        place = weeks // interval * len(named) + before - sum(day < first.weekday() for day in named)
    return on_it and ("COUNT" not in rule or place < _number(rule["COUNT"]))


def _weekdays(rule: Mapping[str, str], otherwise: set[int]) -> set[int]:
    named = {_DAYS[word] for word in rule.get("BYDAY", "").split(",") if word in _DAYS}
    return named or otherwise


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _read_events(text: str, zone: ZoneInfo) -> Iterator[_Event]:
    event: _Event | None = None
    nested = 0
    for line in _unfold(text[:LARGEST]):
        if line.name == "BEGIN" and line.value == "VEVENT":
            event, nested = _Event(), 0
        elif event is None:
            continue
        elif line.name == "BEGIN":
            nested += 1
        elif line.name == "END" and line.value == "VEVENT":
            yield event
            event = None
        elif line.name == "END":
            nested -= 1
        elif not nested:
            _note(event, line, zone)


def _note(event: _Event, line: _Line, zone: ZoneInfo) -> None:
    if line.name in {"DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "EXDATE"}:
        _note_time(event, line, zone)
    elif line.name == "UID":
        event.uid = line.value
    elif line.name == "SUMMARY":
        event.summary = line.value[:500]
    elif line.name == "STATUS":
        event.is_canceled = line.value == "CANCELLED"
    elif line.name == "RRULE":
        parts = (part.partition("=") for part in line.value.upper().split(";"))
        event.rule = {name: value for name, _, value in parts if name}
    elif line.name == "ATTENDEE":
        event.addresses += _ADDRESS.findall(line.value)[:1]


def _note_time(event: _Event, line: _Line, zone: ZoneInfo) -> None:
    if line.name == "DURATION":
        event.length = _read_length(line.value)
        return
    times = [_read_time(one, line.parameters, zone) for one in line.value.split(",")[:500]]
    if line.name == "DTSTART":
        event.starts = times[0]
        if "T" not in line.value:
            event.length = event.length or timedelta(days=1)
    elif line.name == "DTEND":
        event.ends, event.length = times[0], None
    elif line.name == "RECURRENCE-ID":
        event.instead_of = times[0]
    else:
        event.excepted.update(times)


def _unfold(text: str) -> Iterator[_Line]:
    """RFC 5545, section 3.1: a line that begins with a blank goes on with the one before."""
    whole = re.sub(r"\r?\n[ \t]", "", text)
    for line in whole.splitlines():
        head, colon, value = line.partition(":")
        if colon:
            name, *parameters = head.split(";")
            pairs = (parameter.partition("=") for parameter in parameters)
            named = {key.upper(): text.strip('"') for key, _, text in pairs}
            yield _Line(name.upper(), named, value.strip())


def _read_time(text: str, parameters: Mapping[str, str], zone: object) -> datetime:
    """A date-time, or the beginning of a day. What cannot be read lies so far back that it covers nothing."""
    place = _zone_of(parameters.get("TZID", ""), zone)
    try:
        if text.endswith("Z"):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if "T" in text:
            return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=place)
        return datetime.combine(date.fromisoformat(text), time(), place)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)


def _zone_of(name: str, otherwise: object) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return otherwise if isinstance(otherwise, ZoneInfo) else ZoneInfo("UTC")


def _read_length(text: str) -> timedelta:
    found = _LENGTH.fullmatch(text)
    if found is None:
        return timedelta(0)
    weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
