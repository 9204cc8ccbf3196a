"""Alerts pushed one a request, and the latest fifty of many, beside alerta-server in the same minutes.

Both run as they start by themselves, with a PostgreSQL cluster of their own, hold as many alerts to begin
with, and get the same alerts from the same load generator over as many connections. They take turns, so that
what else the machine does meets both.
"""

import json
import random
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

from tools.bench.alerta_peer import serve_alerta
from tools.bench.cases.programs import GRAPH, get_token
from tools.bench.figures import Figure
from tools.bench.load import Address, Connection, Outcome, make_request, run_load, run_streams
from tools.bench.servers import Installation
from tools.bench.world import make_alert

ALERTS: Final = 100_000
PROCESSES: Final = 2
"""As many as `serve` starts by itself on PostgreSQL; the peer has the four of its own image."""
WORKERS: Final = 4
CLIENTS: Final = 8
"""Sensors that each wait for an answer before they send the next alert."""
ROUNDS: Final = 4
SECONDS: Final = 4.0
ASKED: Final = 10
"""How many times better than the peer is asked for."""
_A_STREAM: Final = 2_000
_JSON: Final = {"Content-Type": "application/json"}
_SEVERITIES: Final = {
    "informational": "informational",
    "low": "minor",
    "medium": "major",
    "high": "critical",
}

type Alert = dict[str, Any]


@dataclass(frozen=True)
class Side:
    """One of the two: how it is sent an alert, asked for the latest fifty, and asked how many it has."""

    address: Address
    headers: dict[str, str]
    push_path: str
    latest_path: str
    count_path: str
    shape: Callable[[Alert], Alert]

    def push(self, numbers: Iterator[int]) -> "Pushed":
        """New alerts, one a request, over all connections: how many it has more, and in how many seconds."""
        chance = random.Random(next(numbers))  # noqa: S311  the same every time
        streams = [[self._push_one(next(numbers), chance) for _ in range(_A_STREAM)] for _ in range(CLIENTS)]
        before = self._count()
        outcome = run_streams(self.address, streams, seconds=SECONDS)
        return Pushed(self._count() - before, outcome.seconds)

    def read_latest(self) -> Outcome:
        """The latest fifty, again and again, over one connection."""
        request = make_request("GET", self.latest_path, self.address, self.headers)
        return run_load(self.address, [request], clients=1, seconds=SECONDS)

    def _push_one(self, number: int, chance: random.Random) -> bytes:
        body = json.dumps(self.shape(make_alert(number, datetime.now(UTC), chance)))
        return make_request("POST", self.push_path, self.address, self.headers | _JSON, body)

    def _count(self) -> int:
        with Connection(self.address) as connection:
            body = connection.ask(make_request("GET", self.count_path, self.address, self.headers))
        found = json.loads(body)
        return int(found["total"] if isinstance(found, dict) else found)


@dataclass(frozen=True)
class Pushed:
    """Alerts that were stored, and in how many seconds."""

    stored: int
    seconds: float


def measure_push(installation: Installation, _address: Address, *, alerts: int = ALERTS) -> Iterator[Figure]:
    """The figures of this file; on SQLite, which has one process, without the peer."""
    processes = PROCESSES if installation.engine == "postgresql" else 1
    numbers = count(100_000_000)
    with installation.serve(processes) as address:
        ours = _our_side(address)
        ours.push(numbers)
        if installation.engine != "postgresql":
            yield from _conclude(installation.engine, alerts, _measure([ours], numbers))
            return
        with serve_alerta(WORKERS) as alerta:
            theirs = _their_side(alerta.address)
            theirs.push(numbers)
            alerta.fill(alerts)
            yield from _conclude(installation.engine, alerts, _measure([ours, theirs], numbers))


def _measure(sides: list[Side], numbers: Iterator[int]) -> list[tuple[float, float]]:
    """Of each side the alerts stored in a second, and the milliseconds in which the latest were read."""
    pushed = [[side.push(numbers) for side in sides] for _ in range(ROUNDS)]
    read = [[side.read_latest() for side in sides] for _ in range(ROUNDS)]
    return [
        (
            sum(one.stored for one in own) / sum(one.seconds for one in own),
            statistics.median(time for one in outcomes for time in one.times) * 1000,
        )
        for own, outcomes in zip(zip(*pushed, strict=True), zip(*read, strict=True), strict=True)
    ]


def _conclude(engine: str, alerts: int, found: list[tuple[float, float]]) -> Iterator[Figure]:
    (rate, time), *peers = found
    rate_beside: tuple[float, str] = (0.0, "")
    time_beside: tuple[float, str] = (0.0, "")
    for their_rate, their_time in peers:
        rate_beside = ASKED * their_rate, f"{ASKED} times alerta-server; {rate / their_rate:.1f} times it"
        time_beside = (
            their_time / ASKED,
            f"ms, alerta-server by {ASKED}; {their_time / time:.1f} times as fast",
        )
    yield Figure("Alerts pushed, one a request", engine, rate, "a second", *rate_beside)
    yield Figure(f"Latest 50 of {alerts:,} alerts, p50", engine, time, "ms", *time_beside)


def _our_side(address: Address) -> Side:
    path = "/v1.0/security/alerts_v2"
    headers = {"Authorization": f"Bearer {get_token(address, GRAPH)}"}
    return Side(address, headers, path, f"{path}?$top=50", f"{path}/$count", _without_incident)


def _their_side(address: Address) -> Side:
    latest = "/alerts?sort-by=lastReceiveTime&page-size=50"
    return Side(address, {}, "/alert", latest, "/alerts/count", _in_their_words)


def _without_incident(alert: Alert) -> Alert:
    """As a sensor sends it: which incident it belongs to is for us to find."""
    return {name: value for name, value in alert.items() if name != "incidentId"}


def _in_their_words(alert: Alert) -> Alert:
    """The same for alerta-server: all that it has no word for is an attribute."""
    device, *_ = alert["evidence"]
    told = ("recommendedActions", "detectionSource", "firstActivityDateTime", "mitreTechniques", "evidence")
    return {
        "environment": "Production",
        "resource": device["deviceDnsName"],
        # What has the same event on the same resource would be counted on one row.
        "event": f"{alert['title']} {alert['id']}",
        "group": alert["category"],
        "service": [alert["serviceSource"]],
        "severity": _SEVERITIES[alert["severity"]],
        "text": alert["description"],
        "createTime": f"{alert['createdDateTime'][:23]}Z",
        "attributes": {name: alert[name] for name in told},
    }
