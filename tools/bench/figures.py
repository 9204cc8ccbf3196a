"""A figure, the table in which figures are shown, and the file in which they are kept."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured value beside its ceiling, if it has one.

    `ratio` is how much of the ceiling was reached; of times, how many times the ceiling it took.
    """

    name: str
    engine: str
    value: float
    unit: str
    ceiling: float = 0.0
    ceiling_name: str = ""

    @property
    def ratio(self) -> float:
        """The value by its ceiling."""
        return self.value / self.ceiling if self.ceiling else 0.0


def print_table(figures: Sequence[Figure]) -> None:
    """Print one line a figure."""
    for figure in figures:
        value = f"{figure.value:,.1f} {figure.unit}"
        beside = (
            f"{figure.ratio:6.2f} of {figure.ceiling:,.1f} {figure.ceiling_name}" if figure.ceiling else ""
        )
        print(f"{figure.engine:11} {figure.name:44} {value:>24}  {beside}".rstrip())


def write_results(figures: Sequence[Figure], path: Path) -> None:
    """Replace the figures of the same names and engines in the file; keep the others."""
    kept = json.loads(path.read_text()) if path.exists() else []
    rows = {(row["name"], row["engine"]): row for row in kept}
    for figure in figures:
        row = asdict(figure) | {"ratio": figure.ratio}
        rows[figure.name, figure.engine] = {
            name: round(value, 3) if isinstance(value, float) else value for name, value in row.items()
        }
    path.parent.mkdir(exist_ok=True)
    lines = ",\n".join(f"  {json.dumps(rows[key])}" for key in sorted(rows))
    path.write_text(f"[\n{lines}\n]\n")
