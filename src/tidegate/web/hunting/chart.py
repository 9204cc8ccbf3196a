"""A chart of an answer that has a name for its rows and a number: drawn on the server, with its table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tidegate.hunting.answers import Answer
from tidegate.hunting.kinds import Kind
from tidegate.hunting.tables.table import TENANT
from tidegate.web.inert import show_inert
from tidegate.web.plots.drawing import draw_bar, draw_line, draw_plot, draw_text
from tidegate.web.plots.model import Plot, Words
from tidegate.web.plots.scale import count_ticks

MOST_ROWS: Final = 30
MOST_COLUMNS: Final = 120
_LONGEST_LABEL: Final = 34
_UPRIGHT: Final = frozenset({"timechart", "columnchart", "linechart"})
_WIDTH: Final = 900.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 888.0, 24.0, 220.0
_LABELS: Final = 240.0
_PITCH: Final = 26.0
_MOST_LABELS: Final = 12


@dataclass(frozen=True, slots=True)
class _Point:
    label: str
    value: float


def draw_chart(answer: Answer, names: dict[str, str]) -> Plot | None:
    """The chart of an answer; None where it has no such columns, or asks for a table.

    `names` are the tenants' by their ids. Rows of one label count together.
    """
    found = _find_columns(answer)
    if answer.chart == "table" or found is None:
        return None
    label_at, value_at = found
    name, kind = answer.columns[label_at]
    points = _add_up(answer, label_at, value_at, names)
    is_upright = answer.chart in _UPRIGHT or (
        kind is Kind.DATETIME and answer.chart not in {"barchart", "piechart"}
    )
    if not points or max(point.value for point in points) <= 0 or min(point.value for point in points) < 0:
        return None
    points = points[: MOST_COLUMNS if is_upright else MOST_ROWS]
    title = _("%(number)s by %(label)s") % {"number": answer.columns[value_at][0], "label": name}
    words = Words("hunting-chart", show_inert(title), _("Bars: one for each row, in the order of the table."))
    draw = _draw_upright if is_upright else _draw_rows
    drawing = draw(words, points)
    head = (show_inert(name), show_inert(answer.columns[value_at][0]))
    return Plot(drawing, head, tuple((point.label, _say(point.value)) for point in points))


def _find_columns(answer: Answer) -> tuple[int, int] | None:
    """The places of what names a row and of the number. More than one name needs `render` to choose."""
    kinds = [kind for _, kind in answer.columns]
    numbers = [at for at, kind in enumerate(kinds) if kind.is_number]
    labels = [at for at, kind in enumerate(kinds) if kind in {Kind.STRING, Kind.DATETIME}]
    own = [at for at in labels if answer.columns[at][0] != TENANT] or labels
    if not numbers or not own or len(answer.rows) < 2:
        return None
    others = [kind for kind in kinds if kind in {Kind.DYNAMIC, Kind.BOOL, Kind.TIMESPAN}]
    if not answer.chart and (len(own) > 1 or len(numbers) > 2 or others):
        return None
    times = [at for at in own if kinds[at] is Kind.DATETIME]
    return (times or own)[0], numbers[0]


def _add_up(answer: Answer, label_at: int, value_at: int, names: dict[str, str]) -> list[_Point]:
    name, kind = answer.columns[label_at]
    totals: dict[Any, float] = {}
    for row in answer.rows:
        totals[row[label_at]] = totals.get(row[label_at], 0.0) + (row[value_at] or 0)
    if kind is Kind.DATETIME:
        return _fill_up({datetime.fromisoformat(at): value for at, value in totals.items() if at})
    known = names if name == TENANT else {}
    return [_Point(_shorten(known.get(label, label)), value) for label, value in totals.items()]


def _fill_up(totals: Mapping[datetime, float]) -> list[_Point]:
    """In the order of time, with nothing where bins are missing: a bar's place is its time."""
    times = sorted(totals)
    step = min((after - before for before, after in pairwise(times)), default=timedelta(days=1))
    places = (times[-1] - times[0]) // step + 1 if times else 0
    is_even = all((at - times[0]) % step == timedelta() for at in times)
    if is_even and places <= MOST_COLUMNS:
        times = [times[0] + step * place for place in range(places)]
    # Bins of days are days in UTC, whatever the reader's zone makes of their midnights.
    are_days = all(at.hour == at.minute == at.second == 0 for at in times)
    return [_Point(_say_time(at, is_day=are_days), totals.get(at, 0.0)) for at in times]


def _say_time(moment: datetime, *, is_day: bool) -> str:
    if is_day:
        return formats.date_format(moment, "j M")
    return formats.date_format(timezone.localtime(moment), "j M H:i")


def _say(value: float) -> str:
    return formats.number_format(int(value) if value == int(value) else round(value, 2))


def _shorten(text: str) -> str:
    shown = show_inert(text).replace("\n", " ") or _("None")
    return shown if len(shown) <= _LONGEST_LABEL else f"{shown[: _LONGEST_LABEL - 1]}…"


def _draw_upright(words: Words, points: Sequence[_Point]) -> SafeString:
    return draw_plot(words, _WIDTH, _BOTTOM + 24, _upright_parts(points))


def _upright_parts(points: Sequence[_Point]) -> Iterator[SafeString]:
    largest = max(point.value for point in points)
    ticks = count_ticks(int(largest) + (largest != int(largest)))
    pixels, pitch = (_BOTTOM - _TOP) / ticks[-1], (_RIGHT - _LEFT) / len(points)
    for tick in ticks:
        y = _BOTTOM - tick * pixels
        yield draw_line((_LEFT, y), (_RIGHT, y), "grid")
        yield draw_text(_LEFT - 8, y + 4, _say(tick), "end")
    every = -(-len(points) // _MOST_LABELS)
    for place, point in enumerate(points):
        middle, height = _LEFT + pitch * (place + 0.5), point.value * pixels
        width = min(25.0, pitch * 0.7)
        if point.value:
            yield draw_bar("rest", middle - width / 2, _BOTTOM - max(height, 1), width, max(height, 1))
        if point.value == largest:
            yield draw_text(middle, _BOTTOM - height - 5, _say(point.value), "middle strong")
        if place % every == 0:
            is_outside = middle + len(point.label) * 3 > _WIDTH
            yield draw_text(
                min(middle, _WIDTH - 2), _BOTTOM + 17, point.label, "end" if is_outside else "middle"
            )


def _draw_rows(words: Words, points: Sequence[_Point]) -> SafeString:
    return draw_plot(words, _WIDTH, _PITCH * len(points) + 10, _row_parts(points))


def _row_parts(points: Sequence[_Point]) -> Iterator[SafeString]:
    unit = (_WIDTH - _LABELS - 90) / max(point.value for point in points)
    for place, point in enumerate(points):
        middle = _PITCH * place + 16
        yield draw_text(_LABELS - 12, middle + 4, point.label, "label end")
        width = max(point.value * unit, 1)
        if point.value:
            yield draw_bar("rest", _LABELS, middle - 7, width, 14)
        yield draw_text(_LABELS + width + 8, middle + 4, _say(point.value), "value")
