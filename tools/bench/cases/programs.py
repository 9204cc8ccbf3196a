"""Programs that fetch: a whole tenant over the SIEM API, and Graph's newest fifty."""

import sqlite3
import time
import urllib.parse
from collections.abc import Iterator
from typing import Final

import msgspec
import psycopg

from tools.bench.figures import Figure
from tools.bench.load import Address, Connection, make_request, run_load
from tools.bench.servers import Installation
from tools.bench.world import SECRET, client_id, tenant_id

SIEM: Final = "https://graph.windows.net/.default"
GRAPH: Final = "https://graph.microsoft.com/.default"
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_BODIES: Final = "SELECT body FROM incidents_detection ORDER BY processed_at"
# As a person would write it by hand for one tenant: the stored documents of the newest fifty that fit.
_NEWEST: Final = (
    "SELECT document FROM incidents_alert "
    "WHERE tenant_id = {place} AND severity = {place} AND status = {place} "
    "ORDER BY created_at DESC, id DESC LIMIT 50"
)
_FILTERS: Final = (
    ("", ""),
    ("severity eq 'high' and status eq 'new'", "filtered"),
)


def measure_programs(installation: Installation, address: Address) -> Iterator[Figure]:
    """The figures of this file, one after the other."""
    yield _measure_siem(installation, address)
    yield from _measure_graph(installation, address)


def token_request(address: Address, scope: str, rank: int = 0) -> bytes:
    """A request for a token of a measured application."""
    form = {
        "grant_type": "client_credentials",
        "client_id": str(client_id(rank)),
        "client_secret": SECRET,
        "scope": scope,
    }
    path = f"/{tenant_id(rank)}/oauth2/v2.0/token"
    return make_request("POST", path, address, FORM, urllib.parse.urlencode(form))


def get_token(address: Address, scope: str, rank: int = 0) -> str:
    """A token of a measured application for one API."""
    with Connection(address) as connection:
        answer = msgspec.json.decode(connection.ask(token_request(address, scope, rank)))
        return str(answer["access_token"])


def _measure_siem(installation: Installation, address: Address) -> Figure:
    header = {"Authorization": f"Bearer {get_token(address, SIEM)}"}
    request = make_request("GET", "/api/alerts?sinceTimeUtc=2000-01-01T00:00:00Z", address, header)
    times, size = [], 0
    with Connection(address) as connection:
        for _ in range(3):
            begun = time.monotonic()
            size = connection.count(request)
            times.append(time.monotonic() - begun)
    ceiling, copied = _read_bodies(installation)
    name = "COPY TO STDOUT of the same bytes" if copied else "SELECT of the same bytes"
    megabytes = size / 1e6
    return Figure(
        "SIEM API, all alerts", installation.engine, megabytes / min(times), "MB/s", megabytes / ceiling, name
    )


def _read_bodies(installation: Installation) -> tuple[float, bool]:
    """How long the database alone takes to hand the same bytes out, at best; and whether by COPY."""
    if installation.engine == "postgresql":
        with psycopg.connect(installation.database) as connection:
            return min(_copy(connection) for _ in range(3)), True
    with sqlite3.connect(installation.database) as file:
        return min(_select(file) for _ in range(3)), False


def _copy(connection: "psycopg.Connection[tuple[object, ...]]") -> float:
    begun = time.monotonic()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({_BODIES}) TO STDOUT") as copy:
        for _ in copy:
            pass
    return time.monotonic() - begun


def _select(file: sqlite3.Connection) -> float:
    begun = time.monotonic()
    for _ in file.execute(_BODIES):
        pass
    return time.monotonic() - begun


def _measure_graph(installation: Installation, address: Address) -> Iterator[Figure]:
    header = {"Authorization": f"Bearer {get_token(address, GRAPH)}"}
    bare = _time_bare(installation)
    for condition, name in _FILTERS:
        query = {"$top": "50"} | ({"$filter": condition} if condition else {})
        path = f"/v1.0/security/alerts_v2?{urllib.parse.urlencode(query)}"
        outcome = run_load(address, [make_request("GET", path, address, header)], clients=1, seconds=4)
        label = f"Graph alerts_v2, 50 newest{', ' + name if name else ''}, p95"
        yield Figure(label, installation.engine, outcome.p95 * 1000, "ms", bare * 1000, "ms of bare SQL, p95")


def _time_bare(installation: Installation) -> float:
    """The p95 of the filtered statement alone, over one connection."""
    times = []
    tenant = tenant_id() if installation.engine == "postgresql" else tenant_id().hex
    with _open(installation) as connection:
        place = "%s" if installation.engine == "postgresql" else "?"
        statement = _NEWEST.format(place=place)
        for _ in range(200):
            begun = time.monotonic()
            connection.execute(statement, (tenant, 4, "new")).fetchall()
            times.append(time.monotonic() - begun)
    return sorted(times)[int(len(times) * 0.95)]


def _open(installation: Installation) -> "psycopg.Connection[tuple[object, ...]] | sqlite3.Connection":
    if installation.engine == "postgresql":
        return psycopg.connect(installation.database)
    return sqlite3.connect(installation.database)
