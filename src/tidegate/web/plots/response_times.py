"""Two panels over the same days: time to acknowledge and time to resolve, median and 90th percentile."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tidegate.web.plots.drawing import draw_dot, draw_line, draw_path, draw_plot, draw_text
from tidegate.web.plots.model import Plot, Words
from tidegate.web.plots.scale import time_top
from tidegate.web.templatetags.tidegate_times import describe_duration

WIDTH, HEIGHT = 496.0, 268.0
LEFT, RIGHT = 40.0, 372.0
PANELS = ((36.0, 116.0), (156.0, 244.0))
# Labels at line ends keep this distance, or they could not be read.
LABEL_DISTANCE = 13.0


@dataclass(frozen=True, slots=True)
class Series:
    """One step: seconds per day, None on a day without any; `target` in seconds, None when there is none."""

    label: str
    median: tuple[float | None, ...]
    p90: tuple[float | None, ...]
    target: float | None = None


@dataclass(frozen=True, slots=True)
class _Label:
    y: float
    text: str
    css: str


def plot_times(words: Words, days: Sequence[str], steps: tuple[Series, Series]) -> Plot:
    """Lines for both steps over `days`, oldest first. Each series has one value per day."""
    head = (_("Day"), *(f"{step.label}, {name}" for step in steps for name in (_("median"), "p90")))
    rows = tuple(
        (day, *(_cell(values[place]) for step in steps for values in (step.median, step.p90)))
        for place, day in enumerate(days)
    )
    if not any(value is not None for step in steps for value in (*step.median, *step.p90)):
        return Plot(SafeString(), head, rows)
    return Plot(draw_plot(words, WIDTH, HEIGHT, _draw(days, steps)), head, rows)


def _cell(seconds: float | None) -> str:
    return "" if seconds is None else describe_duration(seconds)


def _draw(days: Sequence[str], steps: tuple[Series, Series]) -> Iterator[SafeString]:
    for step, (top, bottom) in zip(steps, PANELS, strict=True):
        yield from _draw_panel(step, top, bottom)
    last = len(days) - 1
    for place in sorted({0, last // 2, last}):
        css = "middle strong" if place == last else "middle"
        yield draw_text(_x(place, len(days)), HEIGHT - 7, days[place], css)


def _draw_panel(step: Series, top: float, bottom: float) -> Iterator[SafeString]:
    known = [value for value in (*step.median, *step.p90, step.target) if value is not None]
    highest = time_top(max(known, default=0.0))
    pixels = (bottom - top) / highest
    yield draw_text(LEFT, top - 7, step.label, "label")
    for tick in (0.0, highest / 2, highest):
        y = bottom - tick * pixels
        yield draw_line((LEFT, y), (RIGHT, y), "grid")
        yield draw_text(LEFT - 8, y + 4, describe_duration(tick) if tick else "0", "end")
    labels = []
    if step.target is not None:
        y = bottom - step.target * pixels
        yield draw_line((LEFT, y), (RIGHT, y), "target")
        text = _("target %(time)s") % {"time": describe_duration(step.target)}
        labels.append(_Label(y, text, "target-label"))
    for name, values, css in (("p90", step.p90, ""), (_("median"), step.median, "strong")):
        kind = "median" if css else "p90"
        points = [
            None if value is None else (_x(place, len(values)), bottom - value * pixels)
            for place, value in enumerate(values)
        ]
        yield draw_path(points, kind)
        end = next((point for point in reversed(points) if point is not None), None)
        latest = next((value for value in reversed(values) if value is not None), None)
        if end is not None and latest is not None:
            yield draw_dot(*end, f"{kind}-dot")
            labels.append(_Label(end[1], f"{name} {describe_duration(latest)}", css))
    yield from _draw_labels(labels)


def _draw_labels(labels: list[_Label]) -> Iterator[SafeString]:
    lowest = 0.0
    for label in sorted(labels, key=lambda label: label.y):
        y = max(label.y, lowest)
        yield draw_text(RIGHT + 9, y + 4, label.text, label.css)
        lowest = y + LABEL_DISTANCE


def _x(place: int, places: int) -> float:
    return RIGHT if places == 1 else LEFT + (RIGHT - LEFT) * place / (places - 1)
