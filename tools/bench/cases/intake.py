"""Alerts that come in: an import of a file, the same file again, and programs that push; and several at once.

The ceiling is what the database alone needs for the very rows that came of it: written again right after,
into the same tables with the same indexes, in as many transactions, all of it durable.
"""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tools.bench.cases.programs import GRAPH, get_token
from tools.bench.figures import Figure
from tools.bench.load import Address, Connection, make_request, run_streams
from tools.bench.rows import read_rows
from tools.bench.servers import Installation, install
from tools.bench.world import Size, describe_tenants, domain, make_alerts

ALERTS: Final = 10_000
_WARM: Final = 1_000
_TOGETHER: Final = 500
_ALONE: Final = 240
_PUSHED: Final = 20_000
_PUSHED_EACH: Final = 2_500
_FIRST: Final = 20
"""Requests before the first that counts: each thread of the server has a connection to get ready."""
_SENDERS: Final = 4
"""Programs that push at once, each for a tenant of its own."""
_PROCESSES: Final = 2
"""As many as `serve` starts by itself on PostgreSQL."""
_LONGEST: Final = 300.0
"""Seconds in which all of it is pushed, on any machine."""
_PATH: Final = "/v1.0/security/alerts_v2"
_CEILINGS: Final = {
    "postgresql": "a second, bare COPY of the same rows",
    "sqlite": "a second, bare inserts of the same rows",
}


type Take = Callable[[Path], Callable[[], dict[str, float]]]


def measure_intake(
    installation: Installation, _address: Address, *, alerts: int = ALERTS
) -> Iterator[Figure]:
    """All of it, each in an installation of its own whose transactions wait for the disk."""
    engine = installation.engine
    with install(engine, is_durable=True) as own:
        own.run("apply", "-", text=describe_tenants())
        yield from _measure_import(own, alerts)
    if engine == "postgresql":
        # On SQLite one writes at a time.
        yield from _measure_at_once(alerts)
    for together, pushed in ((_TOGETHER, _PUSHED), (1, _ALONE)):
        with install(engine, is_durable=True) as own:
            own.run("apply", "-", text=describe_tenants())
            with own.serve() as address:
                rate = _push(address, together, pushed)
            bare = pushed / _write_bare(own, pushed // together)
            name = f"Pushed over one connection, {together} a request"
            yield Figure(name, engine, rate, "a second", bare, _CEILINGS[engine])


def _measure_import(own: Installation, alerts: int) -> Iterator[Figure]:
    lines = list(make_alerts(Size(_WARM + alerts)))
    warm, file = _write_file(own, "warm", lines[:_WARM]), _write_file(own, "alerts", lines[_WARM:])
    _, first, again = _import(own, [warm, file, file])
    bare = (alerts + _WARM) / _write_bare(own)
    for name, told in (("Import", first), ("Import, the same file again", again)):
        ceiling = f"{_CEILINGS[own.engine]}; {told['cpu'] / alerts * 1000:.2f} ms of CPU an alert"
        yield Figure(name, own.engine, alerts / told["seconds"], "a second", bare, ceiling)


def _write_file(own: Installation, name: str, lines: Sequence[str]) -> Path:
    path = own.home / f"{name}.ndjson"
    path.write_text("\n".join(lines))
    return path


def _import(own: Installation, files: Sequence[Path]) -> list[dict[str, float]]:
    with _importing(own) as take:
        return [take(file)() for file in files]


@contextlib.contextmanager
def _importing(own: Installation, rank: int = 0) -> Iterator[Take]:
    """A process that takes files in for one tenant: a call begins one, and gives the call that awaits it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tools.bench.importing", domain(rank)],
        env=dict(own.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")
        paths, told = process.stdin, process.stdout

        def take(path: Path) -> Callable[[], dict[str, float]]:
            print(path, file=paths, flush=True)
            return lambda: json.loads(told.readline())

        yield take
        paths.close()


def _measure_at_once(alerts: int) -> Iterator[Figure]:
    """Two files for two tenants at once, and several programs that push, each for its own."""
    lines = list(make_alerts(Size(_WARM + alerts)))
    with install("postgresql", is_durable=True) as own, contextlib.ExitStack() as stack:
        own.run("apply", "-", text=describe_tenants(2))
        warm, file = _write_file(own, "warm", lines[:_WARM]), _write_file(own, "alerts", lines[_WARM:])
        takes = [stack.enter_context(_importing(own, rank)) for rank in range(2)]
        for each in [take(warm) for take in takes]:
            each()
        begun = time.perf_counter()
        for each in [take(file) for take in takes]:
            each()
        rate = 2 * alerts / (time.perf_counter() - begun)
        yield _beside_bare("Import of two files for two tenants at once", own, rate, 2 * len(lines))
    with install("postgresql", is_durable=True) as own:
        own.run("apply", "-", text=describe_tenants(_SENDERS))
        with own.serve(_PROCESSES) as address:
            rate = _push_at_once(address, lines[: _SENDERS * _PUSHED_EACH])
        name = f"Pushed for {_SENDERS} tenants at once, {_TOGETHER} a request"
        yield _beside_bare(name, own, rate, _SENDERS * len(lines[: _SENDERS * _PUSHED_EACH]))


def _beside_bare(name: str, own: Installation, rate: float, stored: int) -> Figure:
    return Figure(name, own.engine, rate, "a second", stored / _write_bare(own), _CEILINGS[own.engine])


def _push_at_once(address: Address, lines: Sequence[str]) -> float:
    """Alerts a second that all of them get rid of together, after the first request of each."""
    bodies = ["\n".join(lines[at : at + _TOGETHER]) for at in range(0, len(lines), _TOGETHER)]
    streams = [_make_pushes(address, bodies, rank) for rank in range(_SENDERS)]
    run_streams(address, [stream[:1] for stream in streams], seconds=_LONGEST)
    done = run_streams(address, [stream[1:] for stream in streams], seconds=_LONGEST)
    return len(done.times) * _TOGETHER / done.seconds


def _make_pushes(address: Address, bodies: Sequence[str], rank: int) -> list[bytes]:
    token = get_token(address, GRAPH, rank)
    header = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return [make_request("POST", _PATH, address, header, body) for body in bodies]


def _push(address: Address, together: int, pushed: int) -> float:
    """Alerts a second that one connection gets rid of, after the first requests."""
    lines = list(make_alerts(Size(pushed)))
    bodies = ["\n".join(lines[at : at + together]) for at in range(0, pushed, together)]
    requests = _make_pushes(address, bodies, rank=0)
    with Connection(address) as connection:
        for request in requests[:_FIRST]:
            connection.ask(request)
        begun = time.perf_counter()
        for request in requests[_FIRST:]:
            connection.ask(request)
        return (pushed - together * _FIRST) / (time.perf_counter() - begun)


def _write_bare(own: Installation, transactions: int = 1) -> float:
    with read_rows(own.database) as rows:
        rows.empty()
        return rows.write(transactions)
