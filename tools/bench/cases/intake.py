"""Alerts that come in: an import of a file, the same file again, and programs that push.

The ceiling is what the database alone needs for the very rows that came of it: written again right after,
into the same tables with the same indexes, in as many transactions, all of it durable.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tools.bench.cases.programs import GRAPH, get_token
from tools.bench.figures import Figure
from tools.bench.load import Address, Connection, make_request
from tools.bench.rows import read_rows
from tools.bench.servers import Installation, install
from tools.bench.world import DOMAIN, Size, describe_tenant, make_alerts

ALERTS: Final = 10_000
_WARM: Final = 1_000
_TOGETHER: Final = 500
_ALONE: Final = 200
_PUSHED: Final = 5_000
_PATH: Final = "/v1.0/security/alerts_v2"
_CEILINGS: Final = {
    "postgresql": "a second, bare COPY of the same rows",
    "sqlite": "a second, bare inserts of the same rows",
}


def measure_intake(
    installation: Installation, _address: Address, *, alerts: int = ALERTS
) -> Iterator[Figure]:
    """All of it, each in an installation of its own whose transactions wait for the disk."""
    engine = installation.engine
    with install(engine, is_durable=True) as own:
        own.run("apply", "-", text=describe_tenant())
        yield from _measure_import(own, alerts)
    for together, pushed in ((_TOGETHER, _PUSHED), (1, _ALONE)):
        with install(engine, is_durable=True) as own:
            own.run("apply", "-", text=describe_tenant())
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
    done = subprocess.run(
        [sys.executable, "-m", "tools.bench.importing", DOMAIN, *map(str, files)],
        env=dict(own.environment),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _push(address: Address, together: int, pushed: int) -> float:
    """Alerts a second that one connection gets rid of, after the first request."""
    header = {"Authorization": f"Bearer {get_token(address, GRAPH)}", "Content-Type": "application/json"}
    lines = list(make_alerts(Size(pushed)))
    bodies = ["\n".join(lines[at : at + together]) for at in range(0, pushed, together)]
    requests = [make_request("POST", _PATH, address, header, body) for body in bodies]
    with Connection(address) as connection:
        connection.ask(requests[0])
        begun = time.perf_counter()
        for request in requests[1:]:
            connection.ask(request)
        return (pushed - together) / (time.perf_counter() - begun)


def _write_bare(own: Installation, transactions: int = 1) -> float:
    with read_rows(own.database) as rows:
        rows.empty()
        return rows.write(transactions)
