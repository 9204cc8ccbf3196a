"""The queue over many tenants: its newest fifty, what is open, and going from one tenant to another.

For people who may enter 1, 10, 1,000 and 10,000 of as many customers. A list's ceiling are the statements
that it ran, alone on the driver's connection, in the same minute.
"""

import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from tools.bench.figures import Figure
from tools.bench.load import Address, Connection, make_request
from tools.bench.many_world import (
    REACHES,
    ManySize,
    add_users,
    address_of,
    describe_provider,
    fill_many,
    reached,
    tenant_id,
)
from tools.bench.servers import Installation, install

TENANTS: Final = 10_000
ALERTS: Final = 1_000_000
USERS: Final = (3, 20)
"""Users of each customer, beside the four people and their groups."""
FILTERS: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("", {}),
    ("open", {"status": "open"}),
    ("High", {"severity": "high"}),
    ("High and in progress", {"severity": "high", "status": "inProgress"}),
)
_SWITCHES: Final = 60
_VISITS: Final = 30

type Ask = Callable[..., Any]


def measure_queue(installation: Installation, _address: Address, *, alerts: int = ALERTS) -> Iterator[Figure]:
    """All of it, in an installation of its own with so many alerts."""
    size = f"{write_millions(alerts)} alerts"
    with open_world(installation.engine, alerts) as (own, ask):
        yield from _measure_lists(own.engine, size, ask)
        yield from _measure_counts(own.engine, size, ask)
        with own.serve() as address:
            yield from _measure_pages(own.engine, size, ask, address)
            yield _measure_switching(own.engine, size, ask, address)
        yield from _measure_users(own, size, ask)


@contextlib.contextmanager
def open_world(engine: str, alerts: int) -> Iterator[tuple[Installation, Ask]]:
    """An installation with so many alerts, and who answers questions in it."""
    with install(engine) as own:
        own.run("apply", "-", text=describe_provider())
        fill_many(own.database, ManySize(TENANTS, alerts))
        own.run("counters", "verify", "--repair")
        with asking(own) as ask:
            yield own, ask


def write_millions(number: int) -> str:
    """As figures are called: "10M"."""
    return f"{number / 1_000_000:g}M"


def _measure_lists(engine: str, size: str, ask: Ask) -> Iterator[Figure]:
    for reach in REACHES:
        for words, values in FILTERS:
            found = ask("list", address_of(reach), "alerts", values)
            label = f"Newest of {reach:,} tenants, {size}{', ' + words if words else ''}, p95"
            yield Figure(
                label,
                engine,
                p95(found["own"]),
                "ms",
                p95(found["bare"]),
                "ms of the same statements bare, p95",
            )


def _measure_counts(engine: str, size: str, ask: Ask) -> Iterator[Figure]:
    found = ask("counts", address_of(max(REACHES)))
    exact = "exact" if not found["differences"] else f"{found['differences']} wrong"
    reach = f"{max(REACHES):,} tenants, {size}, p95"
    kept = f"ms asked for; {exact}"
    yield Figure(f"Open by severity, {reach}", engine, p95(found["by_severity"]), "ms", 20.0, kept)
    yield Figure(f"Open by tenant and severity, {reach}", engine, p95(found["by_tenant"]), "ms", 20.0, kept)


def _measure_users(own: Installation, size: str, ask: Ask) -> Iterator[Figure]:
    """How a page and the counters grow with the users of each customer."""
    before = 0
    for users in USERS:
        add_users(own.database, TENANTS, range(before, users))
        before = users
        whose = f"{users} users in each of 10,000 tenants, {size}"
        page, counts = ask("list", address_of(TENANTS), "alerts", {}), ask("counts", address_of(TENANTS))
        bare = "ms of the same statements bare, p95"
        yield Figure(
            f"With {whose}: newest, p95", own.engine, p95(page["own"]), "ms", p95(page["bare"]), bare
        )
        exact = "exact" if not counts["differences"] else f"{counts['differences']} wrong"
        sums = p95(counts["by_severity"])
        yield Figure(f"With {whose}: open, p95", own.engine, sums, "ms", 20.0, f"ms asked for; {exact}")


def _measure_pages(engine: str, size: str, ask: Ask, address: Address) -> Iterator[Figure]:
    """The whole page of incidents, as a browser gets it."""
    for reach in REACHES:
        times = _visit(ask, address, reach, ["/incidents?tid=all"] * _VISITS)
        label = f"Page of incidents of {reach:,} tenants, {size}, p95"
        yield Figure(label, engine, p95(times), "ms", 200.0, "ms asked for")


def _measure_switching(engine: str, size: str, ask: Ask, address: Address) -> Figure:
    """From one tenant to another, each for the first time."""
    ranks = reached(max(REACHES), TENANTS)[:: TENANTS // _SWITCHES]
    times = _visit(ask, address, max(REACHES), [f"/incidents?tid={tenant_id(rank)}" for rank in ranks])
    return Figure(
        f"Going to another tenant, cold, {size}, p95", engine, p95(times), "ms", 50.0, "ms asked for"
    )


def _visit(ask: Ask, address: Address, reach: int, paths: Sequence[str]) -> list[float]:
    """How long each of these pages takes; the first of all is not counted."""
    headers = {"Cookie": ask("sign_in", address_of(reach))["cookies"], "Accept": "text/html"}
    times = []
    with Connection(address) as connection:
        for path in [paths[0], *paths]:
            begun = time.perf_counter()
            connection.ask(make_request("GET", path, address, headers))
            times.append(time.perf_counter() - begun)
    return times[1:]


@contextlib.contextmanager
def asking(installation: Installation) -> Iterator[Ask]:
    """A process that answers questions, one after the other."""
    with subprocess.Popen(
        [sys.executable, "-m", "tools.bench.asking"],
        env=dict(installation.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")

        def ask(*question: object) -> Any:
            print(json.dumps(question), file=process.stdin, flush=True)
            return json.loads(process.stdout.readline())  # type: ignore[union-attr]

        yield ask
        process.stdin.close()


def p95(times: Sequence[float]) -> float:
    """In milliseconds."""
    return statistics.quantiles(times, n=20)[-1] * 1000
