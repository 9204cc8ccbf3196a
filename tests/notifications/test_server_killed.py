"""The whole server killed while alerts come in, and its database restarted: nothing lost, little twice."""

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.cast import Cast, import_all, make_cast
from tests.connectors.samples import graph_alert
from tests.notifications.post_office import PostOffice, Running
from tests.notifications.ruling import make_rule
from tests.notifications.test_killed import database_url, wait_for
from tests.support.served import COMMAND, free_port, run_tidegate
from tidegate.core import clock
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.models import Delivery, Notification
from tools.throwaway_postgres import find_binaries, run_restartable

ALERTS, RECIPIENTS, KILLS, RESTARTS = 24, 3, 2, 2


@contextmanager
def server(environment: dict[str, str]) -> Iterator[None]:
    """`tidegate serve` with its worker, killed with all its processes when the block is over."""
    command = [*COMMAND, "serve", "--port", str(free_port()), "--processes", "1"]
    process = subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def own_environment(running: Running, database: str, home: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")},
        "TIDEGATE_HOME": str(home),
        "TIDEGATE_DATABASE_URL": database,
        "TIDEGATE_SECRET_KEY": settings.SECRET_KEY,
        "TIDEGATE_SMTP_URL": running.url,
    }


def count_twice(office: PostOffice, mails: int) -> int:
    """How many mails came again; each is there, and what came again has the id that it had."""
    found = Counter((mail["Message-ID"], mail["To"], mail["Subject"]) for mail in office.mails())
    assert len(found) == mails
    assert len({message_id for message_id, _, _ in found}) == mails
    assert len({(to, subject) for _, to, subject in found}) == mails
    return sum(found.values()) - len(found)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_killed_while_alerts_come_in_loses_nothing(running: Running, tmp_path: Path) -> None:
    cast = make_cast()
    chance = random.Random(20261130)  # noqa: S311  the same moments each time
    office = running.office
    office.delay = 0.02
    recipients = [RecipientDraft(email=f"r{n}@customer.example") for n in range(RECIPIENTS)]
    make_rule(cast.enter("admin"), recipients=recipients)
    pushing = threading.Thread(target=push, args=(cast, chance))
    pushing.start()
    environment = own_environment(running, database_url(), tmp_path)
    for _ in range(KILLS):
        before = len(office.taken)
        with server(environment):
            wait_for(office.taken, before + 1, 60)
            time.sleep(chance.uniform(0.0, 0.3))
        assert before < len(office.taken) < ALERTS * RECIPIENTS
        # As if the time of the claims were over.
        Delivery.rows.filter(state="sending").update(try_at=clock.now())
    pushing.join()
    with server(environment):
        wait_until_sent(ALERTS * RECIPIENTS)
    assert Notification.rows.count() == ALERTS
    assert count_twice(office, ALERTS * RECIPIENTS) <= KILLS


def push(cast: Cast, chance: random.Random) -> None:
    """Alerts come in, a few at a time, whatever becomes of the server."""
    for start in range(0, ALERTS, 4):
        import_all(
            cast.customer, [graph_alert(id=f"a{n}", title=f"Alert {n}") for n in range(start, start + 4)]
        )
        time.sleep(chance.uniform(0.0, 0.5))
    connection.close()


def wait_until_sent(number: int) -> None:
    ends = time.monotonic() + 60
    while Delivery.rows.filter(state="sent").count() < number and time.monotonic() < ends:
        time.sleep(0.1)


def write_world(folder: Path) -> tuple[Path, Path]:
    """A manifest with a tenant and its rule, and a file of alerts."""
    tenant = {
        "display_name": "Delta Mills",
        "domains": ["customer.example"],
        "users": [
            {
                "email": "admin@customer.example",
                "display_name": "Ada",
                "password": "a password for tests only",
                "roles": ["Global Administrator"],
            }
        ],
        "notification_rules": [
            {
                "display_name": "Everything",
                "owner": "admin@customer.example",
                "recipients": [f"r{n}@customer.example" for n in range(RECIPIENTS)],
            }
        ],
    }
    world, alerts = folder / "world.json", folder / "alerts.ndjson"
    world.write_text(json.dumps({"version": 1, "tenants": [tenant]}))
    alerts.write_text(
        "\n".join(json.dumps(graph_alert(id=f"a{n}", title=f"Alert {n}")) for n in range(ALERTS))
    )
    return world, alerts


@pytest.mark.slow
@pytest.mark.skipif(find_binaries() is None, reason="PostgreSQL's server is not installed")
def test_a_database_that_is_restarted_while_mails_go_out_loses_nothing(
    running: Running, tmp_path: Path
) -> None:
    office = running.office
    office.delay = 0.03
    world, alerts = write_world(tmp_path)
    with run_restartable() as cluster:
        environment = own_environment(running, cluster.url, tmp_path)
        run_tidegate(environment, "apply", str(world))
        with server(environment):
            run_tidegate(environment, "import", "--tid", "customer.example", str(alerts))
            for _ in range(RESTARTS):
                before = len(office.taken)
                wait_for(office.taken, before + 10, 60)
                cluster.stop()
                time.sleep(0.5)
                cluster.start()
                assert before < len(office.taken) < ALERTS * RECIPIENTS
                end_claims(cluster.url)
            wait_for(office.taken, ALERTS * RECIPIENTS, 60)
            time.sleep(0.5)
    assert count_twice(office, ALERTS * RECIPIENTS) <= RESTARTS


def end_claims(url: str) -> None:
    """As if the time of the claims were over."""
    with psycopg.connect(url) as database:
        database.execute("UPDATE notifications_delivery SET try_at = now() WHERE state = 'sending'")
