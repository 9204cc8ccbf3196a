"""SVG elements, with every text escaped."""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tidegate.web.plots.model import Words

# Between the parts of a stacked bar, in pixels.
GAP = 1.5


def pixels(value: float) -> str:
    """A coordinate or a length, to a tenth of a pixel, whatever the locale."""
    return f"{value:.1f}"


def draw_plot(words: Words, width: float, height: float, parts: Iterable[SafeString]) -> SafeString:
    """An <svg> that says what it shows."""
    return format_html(
        '<svg class="plot-drawing" viewBox="0 0 {width} {height}" role="img"'
        ' aria-labelledby="{name}-title {name}-description">'
        '<title id="{name}-title">{title}</title>'
        '<desc id="{name}-description">{description}</desc>{parts}</svg>',
        width=pixels(width),
        height=pixels(height),
        name=words.name,
        title=words.title,
        description=words.description,
        parts=SafeString("".join(parts)),
    )


def draw_text(x: float, y: float, text: object, css: str = "") -> SafeString:
    """A text whose baseline starts at (x, y); classes `end` and `middle` anchor it elsewhere."""
    return format_html('<text x="{}" y="{}" class="{}">{}</text>', pixels(x), pixels(y), css, text)


def draw_line(start: tuple[float, float], end: tuple[float, float], css: str) -> SafeString:
    """A straight line."""
    places = [pixels(value) for value in (*start, *end)]
    return format_html('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>', *places, css)


def draw_bar(fill: str, x: float, y: float, width: float, height: float) -> SafeString:
    """One part of a bar. The hollow one (informational) is inset by half its line."""
    inset = 0.5 if fill == "informational" else 0.0
    return format_html(
        '<rect class="fill-{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"/>',
        fill,
        pixels(x + inset),
        pixels(y + inset),
        pixels(max(width - 2 * inset, 0.5)),
        pixels(max(height - 2 * inset, 0.5)),
    )


def draw_path(points: Iterable[tuple[float, float] | None], css: str) -> SafeString:
    """A line through points; None breaks it."""
    commands, pen_down = [], False
    for point in points:
        if point is not None:
            commands.append(f"{'L' if pen_down else 'M'}{pixels(point[0])} {pixels(point[1])}")
        pen_down = point is not None
    return format_html('<path d="{}" class="{}"/>', "".join(commands), css)


def draw_dot(x: float, y: float, css: str, radius: float = 2.8) -> SafeString:
    """A dot."""
    return format_html(
        '<circle cx="{}" cy="{}" r="{}" class="{}"/>', pixels(x), pixels(y), pixels(radius), css
    )
