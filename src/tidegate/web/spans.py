"""Lengths of time in whole words, and the shorter ones that people may choose instead."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

CHOICES: Final = tuple(
    timedelta(hours=hours)
    for hours in (1, 4, 8, 24, 3 * 24, 7 * 24, 14 * 24, 30 * 24, 90 * 24, 180 * 24, 365 * 24)
)


def say_span(span: timedelta | None) -> str:
    """In whole words: "8 hours", "365 days", "1 day 6 hours", "40 minutes"; None is "no end"."""
    if span is None:
        return _("no end")
    minutes = max(1, round(span.total_seconds() / 60))
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [_say_days(days)] * bool(days) + [_say_hours(hours)] * bool(hours)
    if rest and not days:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest})
    return " ".join(parts)


def shorter_than(longest: timedelta | None, at_most: int) -> list[timedelta]:
    """Lengths that are shorter than this one, the longest first; None is no end."""
    fitting = [span for span in CHOICES if longest is None or span < longest]
    return sorted(fitting, reverse=True)[:at_most]


def _say_days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def _say_hours(count: int) -> str:
    return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}
