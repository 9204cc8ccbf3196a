"""Alerts that become mails: a hundred a second come in, and how long after its commit each mail is taken.

The mail server, the process that takes alerts in and the product are a process each. The ceiling is what the
same mail server takes from Python's own smtplib over one connection, with mails of the same size.
"""

import json
import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tools.bench.figures import Figure
from tools.bench.load import Address
from tools.bench.servers import Installation, free_port, running

DOMAIN: Final = "told.example"
BATCHES, A_BATCH, RULES = 50, 20, 20
PATIENCE: Final = 30.0
_BARE: Final = 500
_SIZE: Final = 6_000


def measure_notifications(installation: Installation, _address: Address) -> Iterator[Figure]:
    """A hundred alerts a second for ten seconds, twenty at once, each to be told of by a mail."""
    installation.run("apply", "-", text=describe_rules())
    log = installation.home / "mails.log"
    peer = Address("127.0.0.1", free_port())
    command = [sys.executable, "-m", "tools.bench.mail_peer", str(peer.port), str(log)]
    with running(command, installation.environment, peer):
        ceiling = _measure_bare(peer)
        log.write_text("")
        url = f"smtp://{peer.host}:{peer.port}"
        with installation.serve(with_worker=True, TIDEGATE_SMTP_URL=url):
            began, committed = _push(installation)
            taken = _wait_for_mails(log, committed)
    yield from _conclude(installation.engine, began, committed, taken, ceiling)


def describe_rules() -> str:
    """The manifest of a tenant with rules of a category each: what one tells is too little for a storm."""
    rules = [
        {
            "display_name": f"Rule {number}",
            "owner": f"admin@{DOMAIN}",
            "categories": [f"Category{number}"],
            "recipients": [f"reader{number}@{DOMAIN}"],
        }
        for number in range(RULES)
    ]
    admin = {
        "email": f"admin@{DOMAIN}",
        "display_name": "Ada Told",
        "password": "a password for measuring only",
        "roles": ["Global Administrator"],
    }
    tenant = {
        "display_name": "Told Ltd",
        "domains": [DOMAIN],
        "users": [admin],
        "notification_rules": rules,
    }
    return json.dumps({"version": 1, "tenants": [tenant]})


def make_batches() -> Iterator[list[dict[str, Any]]]:
    """The alerts of each batch, one batch more than is measured; each has a title of its own."""
    moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    for batch in range(BATCHES + 1):
        yield [_alert(batch * A_BATCH + number, moment) for number in range(A_BATCH)]


def _alert(number: int, moment: str) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.security.alert",
        "id": f"told{number:06d}",
        "title": f"Alert {number:06d}",
        "severity": "medium",
        "status": "new",
        "category": f"Category{number % RULES}",
        "serviceSource": "microsoftDefenderForEndpoint",
        "createdDateTime": moment,
        "lastUpdateDateTime": moment,
        "evidence": [
            {
                "@odata.type": "#microsoft.graph.security.deviceEvidence",
                "createdDateTime": moment,
                "mdeDeviceId": f"{number % 500:040x}",
                "deviceDnsName": f"ws-{number % 500:04d}.{DOMAIN}",
            }
        ],
    }


def _push(installation: Installation) -> tuple[float, dict[str, float]]:
    """When it began, and when each alert was committed, by its title."""
    batches = list(make_batches())
    text = "".join(f"{json.dumps(chr(10).join(json.dumps(alert) for alert in batch))}\n" for batch in batches)
    done = subprocess.run(
        [sys.executable, "-m", "tools.bench.pushing", DOMAIN],
        env=dict(installation.environment),
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stderr, file=sys.stderr)
    done.check_returncode()
    began, *instants = (float(line) for line in done.stdout.splitlines())
    pairs = zip(batches[1:], instants, strict=True)
    return began, {alert["title"]: at for batch, at in pairs for alert in batch}


def _wait_for_mails(log: Path, committed: dict[str, float]) -> dict[str, list[float]]:
    """When the mails about each alert were taken, once there is one about each or none come any more."""
    ends = time.monotonic() + PATIENCE
    while True:
        taken: dict[str, list[float]] = {}
        for line in log.read_text().splitlines():
            at, _, subject = line.partition(" ")
            taken.setdefault(subject[-len("Alert 000000") :], []).append(float(at))
        if taken.keys() >= committed.keys() or time.monotonic() > ends:
            return taken
        time.sleep(0.2)


def _conclude(
    engine: str,
    began: float,
    committed: dict[str, float],
    taken: dict[str, list[float]],
    ceiling: float,
) -> Iterator[Figure]:
    times = sorted(taken[title][0] - at if title in taken else PATIENCE for title, at in committed.items())
    twice = sum(len(found) - 1 for title, found in taken.items() if title in committed)
    within = sum(1 for one in times if one <= 1.0)
    lost = len(committed.keys() - taken.keys())
    last = max((found[-1] for title, found in taken.items() if title in committed), default=began)
    kept = f"{within} of {len(times)} within 1 s, {lost} lost, {twice} twice"
    yield Figure("Alert to mail, p95", engine, _p95(times), "s", 1.0, f"s asked for; {kept}")
    rate = len(committed) / (max(committed.values()) - began)
    yield Figure("Alerts taken in while they are told", engine, rate, "a second", 100.0, "offered")
    mails = (len(committed) - lost) / (last - began)
    yield Figure("Mails of alerts", engine, mails, "a second", ceiling, "of bare smtplib, one connection")


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _measure_bare(peer: Address) -> float:
    """Mails a second that the server takes from smtplib."""
    message = f"Subject: Alert 000000\r\n\r\n{'x' * 70}\r\n" * (_SIZE // 72)
    with smtplib.SMTP(peer.host, peer.port) as connection:
        begun = time.monotonic()
        for _ in range(_BARE):
            connection.sendmail(f"a@{DOMAIN}", [f"b@{DOMAIN}"], message)
        return _BARE / (time.monotonic() - begun)
