"""Plots of what was measured: `python -m tools.bench.plots` draws docs/performance/*.svg.

They are made of bench/results.json: bars on a scale of powers of ten, one for each figure, its ceiling
as a line.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "docs" / "performance"
PLOTS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "newest": (
        ("Newest of ",),
        "The newest fifty alerts, p95 in ms; the line is what the same statements take alone",
    ),
    "growth": (
        ("Growing ",),
        "The newest fifty of ten times as many alerts, p95 in ms; the line is the smaller world's",
    ),
    "pages": (
        ("Page of ", "Going to "),
        "The page of incidents, p95 in ms; the line is what was asked for",
    ),
    "counts": (
        ("Open by ",),
        "Open incidents by tenant and severity, p95 in ms; the line is what was asked for",
    ),
    "users": (
        ("With ",),
        "With more users in each tenant, p95 in ms; the line is the statements alone, or what was asked for",
    ),
    "intake": (
        ("Import", "Pushed "),
        "Alerts that come in, a second; the line is the same rows written by the database alone",
    ),
    "peers": (
        ("App-only tokens", "Alerts pushed"),
        "Beside a peer, a second; the line is the peer, or ten times it",
    ),
    "live": (
        ("Hint ", "A page's own "),
        "Open pages, in ms; the line is what was asked for",
    ),
}
_ROW, _LEFT, _WIDTH = 22, 420, 360
_ROOM = 44
"""What a value needs beside its bar."""
_COLORS: Final = {"sqlite": "#5b7c99", "postgresql": "#2f6f4f"}


def draw(title: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """One plot as SVG."""
    height = _ROW * (len(rows) + 3)
    scale = Scale.of([row[name] for row in rows for name in ("value", "ceiling")])
    box = f'viewBox="0 0 {_LEFT + _WIDTH + 90} {height}" font-family="sans-serif" font-size="12"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img"><title>{escape(title)}</title>',
        f'<text x="8" y="16" font-weight="bold">{escape(title)}</text>',
        *_marks(scale, height),
    ]
    for place, row in enumerate(rows):
        parts += _bar(row, 26 + _ROW * place, scale)
    return "\n".join([*parts, "</svg>", ""])


@dataclass(frozen=True)
class Scale:
    """Powers of ten, from the least to the most that is shown."""

    least: int
    most: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Scale":
        """The scale on which all of these have their place."""
        shown = [math.log10(value) for value in values if value > 0]
        return cls(math.floor(min(shown)), math.ceil(max(shown)))

    def place(self, value: float) -> float:
        """Where a value is, from the left."""
        power = min(max(math.log10(value), self.least), self.most) if value > 0 else self.least
        return _LEFT + _WIDTH * (power - self.least) / (self.most - self.least)


def _marks(scale: Scale, height: int) -> Iterator[str]:
    for power in range(scale.least, scale.most + 1):
        x = scale.place(10.0**power)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="24" y2="{height - 26}" stroke="#ccc"/>'
        yield f'<text x="{x:.1f}" y="{height - 10}" text-anchor="middle" fill="#555">{10.0**power:g}</text>'


def _bar(row: Mapping[str, Any], y: int, scale: Scale) -> Iterator[str]:
    end, ceiling = scale.place(row["value"]), scale.place(row["ceiling"])
    label = f"{row['name'].removesuffix(', p95')} ({row['engine']})"
    yield f'<text x="{_LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(label)}</text>'
    color = _COLORS.get(row["engine"], "#777")
    yield f'<rect x="{_LEFT}" y="{y + 2}" width="{end - _LEFT:.1f}" height="{_ROW - 8}" fill="{color}"/>'
    if row["ceiling"]:
        across = f'x1="{ceiling:.1f}" x2="{ceiling:.1f}" y1="{y}" y2="{y + _ROW - 4}"'
        yield f'<line {across} stroke="#b00" stroke-width="2"/>'
    beside = max(end, ceiling) if ceiling - end < _ROOM else end
    yield f'<text x="{beside + 6:.1f}" y="{y + 13}">{row["value"]:,.1f}</text>'


def _order(name: str) -> tuple[list[int], str]:
    """As people count: by how many tenants, then by how many alerts."""
    return [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", name)], name


def main() -> None:
    """Draw every plot of which there are figures."""
    found: list[dict[str, Any]] = json.loads((ROOT / "bench" / "results.json").read_text())
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (begins, title) in PLOTS.items():
        rows = [row for row in found if row["name"].startswith(begins)]
        if rows:
            rows.sort(key=lambda row: (row["engine"], *_order(row["name"])))
            (FOLDER / f"{name}.svg").write_text(draw(title, rows))


if __name__ == "__main__":
    main()
