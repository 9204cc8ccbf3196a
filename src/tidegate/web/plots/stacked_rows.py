"""Horizontal bars: by age, by category, by tenant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tidegate.web.plots.drawing import GAP, draw_bar, draw_plot, draw_text, pixels
from tidegate.web.plots.model import Plot, SeverityCounts, Words

PITCH, BAR_HEIGHT = 35.0, 16.0
# A guess of how wide a character is, for a column of labels as wide as the longest needs.
CHARACTER = 7.0
WIDEST_LABEL = 230.0
ROOM_FOR_NUMBERS = 96.0


@dataclass(frozen=True, slots=True)
class Row:
    """One bar by severity; `note` follows the total."""

    label: str
    counts: SeverityCounts
    note: str = ""


@dataclass(frozen=True, slots=True)
class TenantRow:
    """One tenant's load: how many, and how many of those are High."""

    label: str
    hue: int
    high: int
    total: int


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    parts: tuple[tuple[str, int], ...]
    total: int
    note: str
    hue: int | None = None


def plot_rows(words: Words, rows: Sequence[Row], *, what: str, width: float = 626) -> Plot:
    """Bars by severity, in the order given; `what` heads the table's first column."""
    head = (what, _("High"), _("Medium"), _("Low"), _("Info"), _("Total"))
    table = tuple(
        (
            row.label,
            *(number_format(value) for _name, value in row.counts.parts()),
            number_format(row.counts.total),
        )
        for row in rows
    )
    bars = [_Bar(row.label, tuple(row.counts.parts()), row.counts.total, row.note) for row in rows]
    return Plot(_draw_all(words, bars, width), head, table)


def plot_tenants(words: Words, rows: Sequence[TenantRow], *, width: float = 496) -> Plot:
    """Bars by tenant. The bar is grey but for High: a tenant's colour marks its name, never a quantity."""
    head = (_("Tenant"), _("High"), _("Total"))
    table = tuple((row.label, number_format(row.high), number_format(row.total)) for row in rows)
    bars = [
        _Bar(
            row.label,
            (("high", row.high), ("rest", row.total - row.high)),
            row.total,
            _("%(count)s high") % {"count": number_format(row.high)} if row.high else "",
            row.hue,
        )
        for row in rows
    ]
    return Plot(_draw_all(words, bars, width), head, table)


def _draw_all(words: Words, bars: Sequence[_Bar], width: float) -> SafeString:
    largest = max((bar.total for bar in bars), default=0)
    if largest == 0:
        return SafeString()
    return draw_plot(words, width, PITCH * len(bars) + 8, _draw_bars(bars, width, largest))


def _draw_bars(bars: Sequence[_Bar], width: float, largest: int) -> Iterator[SafeString]:
    marked = any(bar.hue is not None for bar in bars)
    labels = min(WIDEST_LABEL, max(len(bar.label) for bar in bars) * CHARACTER + 12) + (22 if marked else 0)
    room = ROOM_FOR_NUMBERS + max(
        0.0, *(len(bar.note) * 5.5 - 60 for bar in bars if bar.total > largest / 2), 0.0
    )
    unit = (width - labels - room) / largest
    for position, bar in enumerate(bars):
        middle = PITCH * position + 22
        yield from _draw_label(bar, labels, middle)
        end = labels
        for fill, value in bar.parts:
            if value > 0:
                yield draw_bar(fill, end, middle - BAR_HEIGHT / 2, max(value * unit - GAP, 1), BAR_HEIGHT)
                end += value * unit
        yield _draw_total(bar, end + 8, middle + 4)


def _draw_label(bar: _Bar, labels: float, middle: float) -> Iterator[SafeString]:
    if bar.hue is None:
        yield draw_text(labels - 12, middle + 4, bar.label, "label end")
        return
    yield format_html(
        '<circle cx="8" cy="{}" r="5" data-hue="{}" class="tenant-mark"/>', pixels(middle), bar.hue
    )
    yield draw_text(22, middle + 4, bar.label, "label")


def _draw_total(bar: _Bar, x: float, y: float) -> SafeString:
    return format_html(
        '<text x="{}" y="{}"><tspan class="value">{}</tspan><tspan dx="6">{}</tspan></text>',
        pixels(x),
        pixels(y),
        number_format(bar.total),
        bar.note,
    )
