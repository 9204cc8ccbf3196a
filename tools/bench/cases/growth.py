"""How lists over many tenants grow with the alerts that there are: ten times as many, asked about by turns.

A machine may be half as quick a few minutes later. So both worlds are there at once, and a list of the one is
asked for right after that of the other.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Final

from tools.bench.cases.queue import ALERTS, FILTERS, Ask, open_world, p95, write_millions
from tools.bench.figures import Figure
from tools.bench.load import Address
from tools.bench.many_world import REACHES, address_of
from tools.bench.servers import Installation

_TIMES: Final = 10
_TURNS: Final = 4
_ROUNDS: Final = 25


def measure_growth(
    installation: Installation, _address: Address, *, alerts: int = ALERTS
) -> Iterator[Figure]:
    """Every list of the queue, with so many alerts beside a tenth of them."""
    few = alerts // _TIMES
    with contextlib.ExitStack() as stack:
        asks = [stack.enter_context(open_world(installation.engine, number))[1] for number in (few, alerts)]
        for reach in REACHES:
            for words, values in FILTERS:
                before, after = _time_by_turns(asks, reach, values)
                what = f"{reach:,} tenants{', ' + words if words else ''}, p95"
                yield Figure(
                    f"Growing from {write_millions(few)} to {write_millions(alerts)}: {what}",
                    installation.engine,
                    p95(after),
                    "ms",
                    p95(before),
                    f"ms of the same list of {write_millions(few)} alerts, p95",
                )


def _time_by_turns(asks: Sequence[Ask], reach: int, values: dict[str, str]) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in asks]
    for _ in range(_TURNS):
        for ask, kept in zip(asks, times, strict=True):
            kept.extend(ask("list", address_of(reach), "alerts", values, _ROUNDS)["own"])
    return times
