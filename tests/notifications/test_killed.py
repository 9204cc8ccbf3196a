"""A real worker process, killed in the middle of its work: nothing lost, at most one mail twice a kill."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from tests.cast import Cast, import_all, make_cast
from tests.connectors.samples import graph_alert
from tests.notifications.post_office import PostOffice, Running
from tests.notifications.ruling import make_rule, work
from tidegate.core import clock
from tidegate.core.clock import standing_at
from tidegate.notifications import sending
from tidegate.notifications.contents import Contents
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.models import Delivery

ALERTS, RECIPIENTS, KILLS = 20, 5, 3


@contextmanager
def worker(running: Running) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on this test's database, which is gone when the block is over."""
    environment = {
        **os.environ,
        "TIDEGATE_HOME": str(settings.TIDEGATE_HOME),
        "TIDEGATE_DATABASE_URL": database_url(),
        "TIDEGATE_SECRET_KEY": settings.SECRET_KEY,
        "TIDEGATE_SMTP_URL": running.url,
    }
    program = "from tidegate.config.cli import main; main()"
    process = subprocess.Popen([sys.executable, "-c", program, "worker"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def database_url() -> str:
    """The address of the test's own database."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{quote(str(values['NAME']))}"
    place = f"{values['HOST']}:{values['PORT']}" if values["PORT"] else values["HOST"]
    return f"postgresql://{values['USER']}:{quote(values['PASSWORD'])}@{place}/{values['NAME']}"


def wait_for(what: object, number: int, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while len(what) < number and time.monotonic() < ends:  # type: ignore[arg-type]
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_again_and_again_loses_nothing(running: Running) -> None:
    cast = make_cast()
    chance = random.Random(20260310)  # noqa: S311  the same moments each time
    office = running.office
    office.delay = 0.01
    recipients = [RecipientDraft(email=f"r{n}@customer.example") for n in range(RECIPIENTS)]
    make_rule(cast.enter("admin"), recipients=recipients)
    import_all(cast.customer, [graph_alert(id=f"a{n}", title=f"Alert {n}") for n in range(ALERTS)])
    for _ in range(KILLS):
        before = len(office.taken)
        with worker(running):
            wait_for(office.taken, before + 1, 30)
            time.sleep(chance.uniform(0.0, 0.2))
        assert before < len(office.taken) < ALERTS * RECIPIENTS
        # As if the time of the claims were over.
        Delivery.rows.filter(state="sending").update(try_at=clock.now())
    with worker(running):
        ends = time.monotonic() + 60
        while Delivery.rows.exclude(state="sent").exists() and time.monotonic() < ends:
            time.sleep(0.1)

    found = Counter((mail["Message-ID"], mail["To"], mail["Subject"]) for mail in office.mails())
    assert len(found) == ALERTS * RECIPIENTS
    assert len({message_id for message_id, _, _ in found}) == ALERTS * RECIPIENTS
    assert sum(found.values()) - len(found) <= KILLS
    assert max(found.values()) <= 1 + KILLS


@pytest.mark.usefixtures("now")
def test_a_database_that_goes_away_while_sending_leaves_the_mail_to_be_claimed_again(
    cast: Cast, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_rule(cast.enter("admin"))
    import_all(cast.customer, [graph_alert()])

    def lose(*_arguments: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as broken:
        broken.setattr(Contents, "rule_of", lose)
        with pytest.raises(OperationalError):
            work()
    assert Delivery.rows.get().state == "sending"
    with standing_at(clock.now() + sending.LEASE):
        work()
    assert len(office.taken) == 1
