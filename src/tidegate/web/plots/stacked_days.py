"""Stacked bars, one per day, by severity."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tidegate.web.plots.drawing import GAP, draw_bar, draw_line, draw_plot, draw_text
from tidegate.web.plots.model import Plot, SeverityCounts, Words
from tidegate.web.plots.scale import count_ticks

WIDTH, HEIGHT = 626.0, 268.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 612.0, 24.0, 244.0
BAR_WIDTH = 25.0
MOST_LABELS = 15


@dataclass(frozen=True, slots=True)
class Day:
    """One bar. `note` stands above it after its total ("so far"); a strong label is today's."""

    label: str
    counts: SeverityCounts
    note: str = ""
    strong: bool = False


def plot_days(words: Words, days: Sequence[Day]) -> Plot:
    """Bars for `days`, oldest first, the highest and the noted ones labelled with their total."""
    rows = tuple(
        (
            day.label,
            *(number_format(value) for _name, value in day.counts.parts()),
            number_format(day.counts.total),
        )
        for day in days
    )
    head = (_("Day"), _("High"), _("Medium"), _("Low"), _("Info"), _("Total"))
    if not any(day.counts.total for day in days):
        return Plot(SafeString(), head, rows)
    return Plot(draw_plot(words, WIDTH, HEIGHT, _draw(days)), head, rows)


def _draw(days: Sequence[Day]) -> Iterator[SafeString]:
    largest = max(day.counts.total for day in days)
    ticks = count_ticks(largest)
    pixels = (BOTTOM - TOP) / ticks[-1]
    for tick in ticks:
        y = BOTTOM - tick * pixels
        yield draw_line((LEFT, y), (RIGHT, y), "grid")
        yield draw_text(LEFT - 8, y + 4, number_format(tick), "end")
    labelled = next(day for day in days if day.counts.total == largest)
    pitch = (RIGHT - LEFT) / len(days)
    every = -(-len(days) // MOST_LABELS)
    for position, day in enumerate(days):
        middle = LEFT + pitch * (position + 0.5)
        yield from _draw_day(day, middle, min(BAR_WIDTH, pitch * 0.7), pixels)
        if day is labelled or day.note:
            text = f"{number_format(day.counts.total)} {day.note}".strip()
            yield draw_text(middle, BOTTOM - day.counts.total * pixels - 5, text, "middle strong")
        if (len(days) - 1 - position) % every == 0:
            css = "middle strong" if day.strong else "middle"
            yield draw_text(middle, BOTTOM + 17, day.label, css)


def _draw_day(day: Day, middle: float, width: float, pixels: float) -> Iterator[SafeString]:
    floor = BOTTOM - 0.5
    for fill, value in day.counts.parts():
        if value > 0:
            height = value * pixels
            yield draw_bar(fill, middle - width / 2, floor - height + GAP, width, max(height - GAP, 1))
            floor -= height
