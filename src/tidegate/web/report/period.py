"""The stretch of time that a report is about, in the reader's time zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import formats, timezone

from tidegate.core import clock
from tidegate.core.errors import InvalidInput

LONGEST: Final = timedelta(days=366)
_FIRST_YEAR: Final = 2000


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last one, both within.

    `months` are the months before and after, as addresses say them; `end` is where it is looked at: its end,
    or now while it has not ended.
    """

    first: date
    last: date
    since: datetime
    until: datetime
    end: datetime
    given: Mapping[str, str]
    months: tuple[str, str] = ("", "")

    @property
    def label(self) -> str:
        """Its days in words: "March 2026", "1 March 2026 – 14 March 2026"."""
        if "month" in self.given:
            return formats.date_format(self.first, "F Y")
        first, last = (formats.date_format(day, "j F Y") for day in (self.first, self.last))
        return f"{first} \N{EN DASH} {last}"

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.end == self.until

    @property
    def days(self) -> list[date]:
        """Its days, but for those to come."""
        last = min(self.last, timezone.localtime(self.end).date())
        return [self.first + timedelta(days=number) for number in range((last - self.first).days + 1)]


def read_period(values: Mapping[str, str]) -> Period:
    """The month that an address names, or the days; this month where it names none.

    Raises InvalidInput naming `month`, `from` or `to`.
    """
    first, last = values.get("from", ""), values.get("to", "")
    if first or last:
        return _of_days(_read_day(first, "from"), _read_day(last, "to"))
    return _of_month(values.get("month", ""))


def recent_months(number: int) -> list[tuple[str, str]]:
    """The last months, the present one first: as addresses say them, and in words."""
    found, day = [], timezone.localtime(clock.now()).date().replace(day=1)
    for _month in range(number):
        found.append((f"{day:%Y-%m}", formats.date_format(day, "F Y")))
        day = (day - timedelta(days=1)).replace(day=1)
    return found


def _of_month(text: str) -> Period:
    today = timezone.localtime(clock.now()).date()
    first = today.replace(day=1)
    if text:
        first = _read_day(f"{text}-01", "month", "must be a month like 2026-03")
    after = (first + timedelta(days=31)).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    later = f"{after:%Y-%m}" if after <= today else ""
    return _make(first, after - timedelta(days=1), {"month": f"{first:%Y-%m}"}, (f"{before:%Y-%m}", later))


def _of_days(first: date, last: date) -> Period:
    if last < first:
        raise InvalidInput(fields={"to": "must not be before the first day"})
    if last - first >= LONGEST:
        raise InvalidInput(fields={"to": "must be within 366 days"})
    return _make(first, last, {"from": first.isoformat(), "to": last.isoformat()})


def _make(first: date, last: date, given: Mapping[str, str], months: tuple[str, str] = ("", "")) -> Period:
    since, until = _midnight(first), _midnight(last + timedelta(days=1))
    now = clock.now()
    if since > now:
        raise InvalidInput(fields={next(iter(given)): "must not be in the future"})
    return Period(first, last, since, until, min(until, now), given, months)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())


def _read_day(text: str, field: str, reason: str = "must be a day like 2026-03-01") -> date:
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-03-01") else None
    except ValueError:
        day = None
    if day is None or not _FIRST_YEAR <= day.year < 9999:
        raise InvalidInput(fields={field: reason})
    return day
