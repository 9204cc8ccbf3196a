"""Whatever takes too long is cut off, once; whatever ends in time is not."""

import threading
import time

import pytest

from tidegate.connectors.channels.email import watch
from tidegate.connectors.channels.email.watch import limited


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "EVERY", 0.01)
    monkeypatch.setattr(watch, "_watch", watch._Watch())


def test_what_takes_too_long_is_cut_off_once() -> None:
    cuts: list[int] = []
    gone = threading.Event()

    def cut() -> None:
        cuts.append(1)
        gone.set()

    with limited(60.0, lambda: cuts.append(2)), limited(0.02, cut):
        assert gone.wait(5)
        time.sleep(0.05)
    assert cuts == [1]


def test_what_ends_in_time_is_left_alone() -> None:
    cuts: list[int] = []
    with limited(0.02, lambda: cuts.append(1)):
        pass
    time.sleep(0.1)
    assert cuts == []


def test_the_watch_ends_when_there_is_nothing_and_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_STAYS", 0.02)
    for _ in range(2):
        gone = threading.Event()
        with limited(0.02, gone.set):
            assert gone.wait(5)
        ends = time.monotonic() + 5
        while watch._watch._is_running and time.monotonic() < ends:
            time.sleep(0.01)
        assert not watch._watch._is_running
