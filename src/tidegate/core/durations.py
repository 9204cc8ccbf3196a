"""Lengths of time as programs write them: ISO 8601 durations of weeks, days, hours, minutes and seconds.

Years and months are not taken: they have no length of their own (XML Schema's dayTimeDuration leaves
them out for that reason, and so does OData's Edm.Duration).
"""

import re
from datetime import timedelta
from typing import Final

from tidegate.core.errors import InvalidInput

_FORM: Final = re.compile(
    r"P(?=[0-9]|T[0-9])(?:(?P<weeks>[0-9]{1,6})W)?(?:(?P<days>[0-9]{1,7})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,8})H)?(?:(?P<minutes>[0-9]{1,9})M)?"
    r"(?:(?P<seconds>[0-9]{1,9}(?:\.[0-9]{1,12})?)S)?)?",
    re.ASCII,
)


def read_duration(text: object, field: str) -> timedelta:
    """A duration such as `P14D` or `PT1H30M`. Raises InvalidInput naming the field."""
    found = _FORM.fullmatch(text.strip().upper()) if isinstance(text, str) else None
    if found is None:
        raise InvalidInput(fields={field: "must be a duration in days and hours such as P14D or PT8H"})
    return timedelta(**{name: float(value) for name, value in found.groupdict(default="0").items()})


def write_duration(value: timedelta) -> str:
    """The duration in days, hours, minutes and whole seconds: `P14D`, `PT8H`, `P1DT2H`, `PT0S`."""
    minutes, seconds = divmod(int(value.total_seconds()) % 86_400, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    time = "".join(f"{count}{unit}" for count, unit in parts if count)
    days = f"{value.days}D" if value.days else ""
    return f"P{days}{'T' if time else ''}{time}" if days or time else "PT0S"
