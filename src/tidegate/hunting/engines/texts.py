"""Values as texts and back, as PostgreSQL and Kusto write them; for SQLite and for answers."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONG: Final = re.compile(r"\s*[+-]?[0-9]{1,18}\s*", re.ASCII)
_REAL: Final = re.compile(r"\s*[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?\s*", re.ASCII)
_DAY: Final = 86_400_000_000


def read_long(text: str | None) -> int | None:
    """The whole number that a text writes; None where it writes none."""
    return int(text) if text and _LONG.fullmatch(text) else None


def read_real(text: str | None) -> float | None:
    """The number that a text writes; None where it writes none."""
    return float(text) if text and _REAL.fullmatch(text) else None


def format_real(value: float | None) -> str:
    """The shortest text that reads as the same number, without a useless `.0`."""
    return "" if value is None else repr(float(value)).removesuffix(".0")


def format_instant(micros: int | None) -> str:
    """An instant as Kusto writes it, with seven decimals; empty for none, or one of no calendar."""
    if micros is None:
        return ""
    try:
        moment = _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        return ""
    return moment.strftime("%Y").zfill(4) + moment.strftime("-%m-%dT%H:%M:%S.%f0Z")


def format_span(micros: int | None) -> str:
    """A span of time as Kusto writes it: `1.02:03:04`, with seven decimals where there is a rest."""
    if micros is None:
        return ""
    sign, size = "-" if micros < 0 else "", abs(micros)
    days, rest = divmod(size, _DAY)
    seconds, part = divmod(rest, 1_000_000)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{sign}{f'{days}.' if days else ''}{clock}{f'.{part:06}0' if part else ''}"
