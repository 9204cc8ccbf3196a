"""Open pages: how soon they are told of a change, and what it costs that they are open.

Five hundred pages of 25 people who may each enter 10,000 customers: half over all of them, the others lists
and incidents of one. Changes are comments, made by the product's own action in another process.
"""

import html
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from tools.bench.cases.queue import asking
from tools.bench.figures import Figure
from tools.bench.live_world import ANALYSTS, analyst, describe_watchers, fill_live
from tools.bench.load import Address, Connection, make_request
from tools.bench.many_world import tenant_id
from tools.bench.servers import Installation, install
from tools.bench.watching import Page, cpu_seconds, open_pages

TENANTS: Final = 10_000
PAGES: Final = 500
LOOKED_AT: Final = 125
"""Customers of whom pages are open: two each."""
PER_SECOND: Final = 20.0
SECONDS: Final = 25.0
ALONE: Final = 8
_AT_REST: Final = 10.0
_APART: Final = 4.0
_ASKED: Final = 40

type Changes = Sequence[tuple[str, float]]


def measure_live(installation: Installation, _address: Address) -> Iterator[Figure]:
    """All of it, in an installation of its own."""
    with install(installation.engine) as own:
        own.run("apply", "-", text=describe_watchers())
        fill_live(own.database, TENANTS)
        processes = 2 if own.engine == "postgresql" else 1
        with asking(own) as ask, own.serve(processes) as address:
            cookies = [ask("sign_in", analyst(number))["cookies"] for number in range(ANALYSTS)]
            places = [(path, cookies[n % ANALYSTS]) for n, path in enumerate(_paths())]
            with open_pages(address, places) as pages:
                yield from _measure(own.engine, ask, address, pages)


def _paths() -> Iterator[str]:
    for number in range(PAGES // 2):
        rank, of = number % LOOKED_AT, "incidents" if number < LOOKED_AT else "incident:1"
        yield "/live?tid=all&of=incidents"
        yield f"/live?tid={tenant_id(rank)}&of={of}"


def _measure(engine: str, ask: Any, address: Address, pages: list[Page]) -> Iterator[Figure]:
    time.sleep(3)
    what = f"{PAGES} open pages"
    at_rest = _share(address, lambda: time.sleep(_AT_REST))
    yield Figure(f"{what}, nothing changes, CPU", engine, at_rest, "% of a core", 25.0, "% asked for")
    yield _measure_asking(engine, ask, address)
    alone = ask("comment", analyst(0), [str(tenant_id(n)) for n in range(ALONE)], 1 / _APART)
    time.sleep(3)
    many = [page for page in pages if "tid=all" in page.path]
    yield _latency(f"Hint over {TENANTS:,} tenants, {what}", engine, _of_all(many, alone), 50)
    made: list[Changes] = []
    tenants = [str(tenant_id(n % LOOKED_AT)) for n in range(int(PER_SECOND * SECONDS))]
    busy = _share(address, lambda: made.append(ask("comment", analyst(0), tenants, PER_SECOND)))
    time.sleep(3)
    name = f"{what}, {PER_SECOND:.0f} changes a second, CPU"
    yield Figure(name, engine, busy, "% of a core", 50.0, "% asked for")
    for part in (50, 95):
        yield _latency(f"Hint of one tenant, {what}", engine, _of_one(pages, made[0]), part)


def _measure_asking(engine: str, ask: Any, address: Address) -> Figure:
    """What a page asks after a hint: what is new, and which of the fifty rows that it shows have changed."""
    headers = {"Cookie": ask("sign_in", analyst(1))["cookies"], "Accept": "text/html"}
    times = []
    with Connection(address) as connection:
        page = connection.ask(make_request("GET", "/incidents?tid=all", address, headers)).decode()
        asks = html.unescape(re.findall('data-live-ask="([^"]+)"', page)[0])
        path = f"{asks}&rows={','.join(re.findall('data-row="([^"]+)"', page))}"
        for _ in range(_ASKED):
            begun = time.perf_counter()
            connection.ask(make_request("GET", path, address, headers))
            times.append(time.perf_counter() - begun)
    name = f"A page's own question after a hint, {TENANTS:,} tenants, p95"
    p95 = statistics.quantiles(times, n=20)[-1] * 1000
    return Figure(name, engine, p95, "ms", 50.0, "ms asked for")


def _share(address: Address, run: Any) -> float:
    """How much of one core the server uses meanwhile, in percent."""
    begun, used = time.monotonic(), cpu_seconds(address)
    run()
    return (cpu_seconds(address) - used) / (time.monotonic() - begun) * 100


def _of_all(pages: Sequence[Page], changes: Changes) -> list[float]:
    """From each change, far from every other, to each page: seconds; infinite for one that was not told."""
    return [_next(page.told_at, at) for _, at in changes for page in pages]


def _of_one(pages: Sequence[Page], changes: Changes) -> list[float]:
    """The same, from the changes of each customer to the pages of that customer alone."""
    by_tenant: defaultdict[str, list[float]] = defaultdict(list)
    for tenant, at in changes:
        by_tenant[tenant].append(at)
    return [
        _next(page.told_at, at) for page in pages for tenant, times in by_tenant.items() for at in times
        if f"tid={tenant}" in page.path
    ]  # fmt: skip


def _next(told: Sequence[float], at: float) -> float:
    return next((one - at for one in told if one >= at), float("inf"))


def _latency(name: str, engine: str, times: Sequence[float], part: int) -> Figure:
    told = sorted(one for one in times if one != float("inf"))
    at = statistics.quantiles(told, n=100)[part - 1] * 1000
    missed = len(times) - len(told)
    return Figure(
        f"{name}, p{part}", engine, at, "ms", 1000.0, f"ms asked for; {len(told)} told, {missed} not"
    )
