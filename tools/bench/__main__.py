"""`python -m tools.bench`: measure everything, or what is asked for."""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tools.bench.cases.growth import measure_growth
from tools.bench.cases.intake import measure_intake
from tools.bench.cases.live import measure_live
from tools.bench.cases.machine import measure_machine
from tools.bench.cases.notifications import measure_notifications
from tools.bench.cases.programs import measure_programs
from tools.bench.cases.push import measure_push
from tools.bench.cases.queue import ALERTS, measure_queue
from tools.bench.cases.tokens import measure_tokens
from tools.bench.figures import Figure, print_table, write_results
from tools.bench.servers import Installation, install, vacuum
from tools.bench.world import DOMAIN, Size, describe_tenants, make_alerts

RESULTS: Final = Path(__file__).resolve().parents[2] / "bench" / "results.json"
ENGINES: Final = ("sqlite", "postgresql")
CASES: Final[dict[str, Callable[..., Iterator[Figure]]]] = {
    "programs": measure_programs,
    "tokens": measure_tokens,
    "push": measure_push,
    "notifications": measure_notifications,
    "intake": measure_intake,
    "queue": measure_queue,
    "growth": measure_growth,
    "live": measure_live,
}
# These make installations of their own.
OWN_WORLD: Final = frozenset({"intake", "queue", "growth", "live"})


def main() -> None:
    """Read the arguments, measure on each engine, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, action="append", help="both without it")
    parser.add_argument("--case", choices=CASES, action="append", help="all without it")
    parser.add_argument("--alerts", type=int, default=100_000, help="how many alerts the tenant has")
    parser.add_argument("--queue-alerts", type=int, default=ALERTS, help="how many alerts all tenants have")
    chosen = parser.parse_args()
    figures: list[Figure] = []
    for engine in chosen.engine or ENGINES:
        figures += _measure(engine, chosen.case or list(CASES), Size(chosen.alerts, chosen.queue_alerts))
        write_results(figures, RESULTS)
    print_table(figures)


def _measure(engine: str, cases: list[str], size: Size) -> Iterator[Figure]:
    with install(engine) as installation:
        if not OWN_WORLD.issuperset(cases):
            _say(engine, "making the world")
            _fill(installation, size)
        counts = {"push": size.alerts, "queue": size.queue_alerts, "growth": size.queue_alerts}
        with installation.serve() as address:
            yield from measure_machine(installation, address)
            for case in cases:
                _say(engine, f"measuring {case}")
                more = {"alerts": counts[case]} if case in counts else {}
                yield from CASES[case](installation, address, **more)


def _fill(installation: Installation, size: Size) -> None:
    installation.run("apply", "-", text=describe_tenants())
    path = installation.home / "alerts.ndjson"
    with path.open("w") as file:
        file.writelines(f"{line}\n" for line in make_alerts(size))
    begun = time.monotonic()
    installation.run("import", "--tid", DOMAIN, str(path))
    _say(installation.engine, f"{size.alerts / (time.monotonic() - begun):,.0f} alerts a second taken in")
    path.unlink()
    if installation.engine == "postgresql":
        vacuum(installation.database)


def _say(engine: str, words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {engine}: {words}", flush=True)


if __name__ == "__main__":
    main()
