"""Turns are handed on in order; nobody waits for longer than they said."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError

from tidegate.core.sqlite3.turns import Turn

of_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite's engine alone")


def test_a_turn_goes_to_whoever_waits_longest() -> None:
    turn, order = Turn(), list[int]()
    assert turn.take(0)

    def wait(number: int) -> None:
        assert turn.take(10)
        order.append(number)
        turn.hand_on()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        while len(turn._line) <= number:
            time.sleep(0.001)
    turn.hand_on()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_who_gives_up_waiting_is_not_called() -> None:
    turn = Turn()
    assert turn.take(0)
    assert not turn.take(0.01)
    turn.hand_on()
    assert turn.take(0)


@pytest.mark.django_db(transaction=True)
@of_sqlite
def test_a_transaction_waits_for_its_turn_and_hands_it_on_however_it_ends() -> None:
    began, ended, seen = threading.Event(), threading.Event(), list[float]()

    def write() -> None:
        began.wait(10)
        with transaction.atomic():
            seen.append(ended.is_set())
        connection.close()

    other = threading.Thread(target=write)
    other.start()

    def fail() -> None:
        with transaction.atomic():
            began.set()
            time.sleep(0.05)
            ended.set()
            raise OSError("power")

    with pytest.raises(OSError, match="power"):
        fail()
    other.join(10)
    assert seen == [True]


@pytest.mark.django_db(transaction=True)
@of_sqlite
def test_a_writer_that_stays_too_long_is_said_to_lock_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    # All threads' connections share these settings.
    hasty = {**connection.settings_dict["OPTIONS"], "timeout": 0.05}
    refused: list[str] = []

    def write() -> None:
        try:
            with transaction.atomic():
                pass
        except OperationalError as error:
            refused.append(str(error))
        connection.close()

    with transaction.atomic(), monkeypatch.context() as changed:
        changed.setitem(connection.settings_dict, "OPTIONS", hasty)
        other = threading.Thread(target=write)
        other.start()
        other.join(10)
    assert refused == ["database is locked"]
