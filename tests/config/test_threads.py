"""Which of a server's threads does what comes, and in which order."""

import threading

import pytest

from tidegate.config.threads import Threads

SOON = 10.0


class Shift:
    """Work that ends when it is told to, and by whom it was done."""

    def __init__(self, done: list[str], name: str) -> None:
        self.begun, self.may_end, self.ended = (threading.Event() for _ in range(3))
        self.thread = ""
        self._done, self._name = done, name

    def __call__(self) -> None:
        self.thread = threading.current_thread().name
        self.begun.set()
        assert self.may_end.wait(SOON)
        self._done.append(self._name)
        self.ended.set()


def begin(threads: Threads, *shifts: Shift) -> None:
    for shift in shifts:
        threads.give(shift)
        assert shift.begun.wait(SOON)


def end(shift: Shift) -> None:
    shift.may_end.set()
    assert shift.ended.wait(SOON)


def test_quiet_server_answers_from_one_thread() -> None:
    threads = Threads(8)
    used = {do_alone(threads) for _ in range(40)}

    # One that has told of its end may still be on its way back when the next work comes, and seldom two.
    assert len(used) <= 4


def do_alone(threads: Threads) -> str:
    shift = Shift([], "")
    shift.may_end.set()
    begin(threads, shift)
    end(shift)
    return shift.thread


def test_what_finds_nobody_idle_is_done_in_its_order() -> None:
    done: list[str] = []
    threads = Threads(2)
    shifts = [Shift(done, name) for name in "abcdef"]
    first, second, *others = shifts
    begin(threads, first, second)
    for other in others:
        other.may_end.set()
        threads.give(other)

    end(second)

    assert others[-1].ended.wait(SOON)
    end(first)
    assert done == ["b", "c", "d", "e", "f", "a"]


def test_work_that_fails_takes_no_thread_along(caplog: pytest.LogCaptureFixture) -> None:
    threads = Threads(1)
    threads.give(fail)

    assert do_alone(threads)
    assert "outside of the application" in caplog.text


def fail() -> None:
    raise RuntimeError("no")
