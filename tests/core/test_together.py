"""What waits is done together: everybody is answered with what became of their own part, whatever fails."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.core.together import Take, Together


class Writer:
    """Doubles numbers, round by round; holds each round until it is let go, and refuses some parts."""

    def __init__(self, at_most: int = 100, *, is_held: bool = False) -> None:
        self.together: Together[str, int, int] = Together(self.write, lambda part: part, at_most)
        self.rounds: list[tuple[str, list[int]]] = []
        self.alone: list[int] = []
        self.entered = threading.Event()
        self.go = threading.Event()
        if not is_held:
            self.go.set()
        self.fails: Callable[[list[int]], bool] = lambda _parts: False
        self._busy: set[str] = set()

    def write(self, key: str, take: Take[int]) -> list[int]:
        assert key not in self._busy
        self._busy.add(key)
        try:
            self.entered.set()
            assert self.go.wait(10)
            parts = take()
            self.rounds.append((key, parts))
            if self.fails(parts):
                raise LookupError(parts)
            return [2 * part for part in parts]
        finally:
            self._busy.discard(key)

    def do(self, key: str, part: int) -> int:
        def alone() -> int:
            self.alone.append(part)
            if self.fails([part]):
                raise LookupError(part)
            return 2 * part

        return self.together.do(key, part, alone)

    def waiting(self, key: str = "a") -> int:
        return len(self.together._lines.get(key, ()))


class Asking:
    """Threads that each have one part done, in this order."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._threads: list[threading.Thread] = []
        self.answers: dict[int, Any] = {}

    def add(self, *parts: int, key: str = "a") -> None:
        for part in parts:
            before = self._writer.waiting(key)
            self._threads.append(threading.Thread(target=self._ask, args=(key, part)))
            self._threads[-1].start()
            while not self._writer.go.is_set() and self._writer.waiting(key) == before:
                time.sleep(0.001)

    def join(self) -> dict[int, Any]:
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()
        return self.answers

    def _ask(self, key: str, part: int) -> None:
        try:
            self.answers[part] = self._writer.do(key, part)
        except BaseException as error:  # noqa: BLE001  it is what the test asks about
            self.answers[part] = error


def test_who_comes_alone_does_it_at_once() -> None:
    writer = Writer()
    assert [writer.do("a", 1), writer.do("a", 2)] == [2, 4]
    assert writer.rounds == [("a", [1]), ("a", [2])]
    assert writer.alone == []
    assert writer.together._lines == {}


def test_all_that_waits_by_then_is_taken_in_order() -> None:
    writer = Writer(is_held=True)
    asking = Asking(writer)
    asking.add(1, 2, 3)
    writer.go.set()
    assert asking.join() == {1: 2, 2: 4, 3: 6}
    assert writer.rounds == [("a", [1, 2, 3])]
    assert writer.together._lines == {}


def test_no_more_is_taken_at_once_than_fits_but_one_always_is() -> None:
    writer = Writer(at_most=10, is_held=True)
    asking = Asking(writer)
    asking.add(50, 4, 6, 1)
    writer.go.set()
    assert asking.join() == {50: 100, 4: 8, 6: 12, 1: 2}
    assert writer.rounds == [("a", [50]), ("a", [4, 6]), ("a", [1])]


def test_parts_of_different_keys_never_meet_nor_wait_for_each_other() -> None:
    writer = Writer(is_held=True)
    asking = Asking(writer)
    asking.add(1, 2)
    asking.add(3, 4, key="b")
    writer.go.set()
    assert asking.join() == {1: 2, 2: 4, 3: 6, 4: 8}
    assert sorted(writer.rounds) == [("a", [1, 2]), ("b", [3, 4])]


def test_a_round_that_fails_is_done_one_by_one_and_only_the_bad_one_is_told() -> None:
    writer = Writer(is_held=True)
    writer.fails = lambda parts: 2 in parts
    asking = Asking(writer)
    asking.add(1, 2, 3)
    writer.go.set()
    answers = asking.join()
    assert (answers[1], answers[3]) == (2, 6)
    assert isinstance(answers[2], LookupError)
    assert sorted(writer.alone) == [1, 2, 3]
    assert writer.together._lines == {}


def test_who_fails_before_anything_is_taken_lets_the_next_one_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer(is_held=True)
    write, failed = writer.write, list[str]()

    def fail_first(key: str, take: Take[int]) -> list[int]:
        if not failed:
            failed.append(key)
            writer.entered.set()
            assert writer.go.wait(10)
            raise LookupError(key)
        return write(key, take)

    monkeypatch.setattr(writer.together, "_write", fail_first)
    asking = Asking(writer)
    asking.add(1, 2, 3)
    writer.go.set()
    assert asking.join() == {1: 2, 2: 4, 3: 6}
    assert writer.rounds == [("a", [2, 3])]
    assert writer.alone == [1]
    assert writer.together._lines == {}


def test_an_answer_too_few_answers_nobody_with_anothers() -> None:
    together: Together[str, int, int] = Together(lambda _key, take: take()[1:], lambda _: 1, 10)
    assert together.do("a", 1, lambda: 7) == 7


def test_who_is_interrupted_while_it_leads_leaves_nobody_waiting() -> None:
    writer = Writer(is_held=True)

    def stop(parts: list[int]) -> bool:
        if parts[0] == 1 and len(parts) > 1:
            raise SystemExit
        return False

    writer.fails = stop
    asking = Asking(writer)
    asking.add(1, 2, 3)
    writer.go.set()
    answers = asking.join()
    assert isinstance(answers.pop(1), SystemExit)
    assert answers == {2: 4, 3: 6}
    assert writer.together._lines == {}


def test_who_is_interrupted_while_it_waits_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer(is_held=True)
    asking = Asking(writer)
    asking.add(1)

    class Interrupted(threading.Event):
        def wait(self, _timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

    made = type(writer.together._lines["a"][0])
    with monkeypatch.context() as patched:
        patched.setattr("tidegate.core.together._Place", lambda part: made(part, Interrupted()))
        with pytest.raises(KeyboardInterrupt):
            writer.do("a", 2)
    assert writer.waiting() == 1
    asking.add(3)
    writer.go.set()
    assert asking.join() == {1: 2, 3: 6}
    assert writer.rounds == [("a", [1, 3])]
    assert writer.together._lines == {}


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 9)), min_size=1, max_size=24),
    st.frozensets(st.integers(0, 23), max_size=3),
    st.integers(1, 20),
)
def test_everybody_gets_their_own_whatever_comes_at_once(
    asked: list[tuple[str, int]], bad: frozenset[int], at_most: int
) -> None:
    answers: dict[int, object] = {}
    written: list[int] = []

    def write(_key: str, take: Take[tuple[int, int]]) -> list[int]:
        time.sleep(random.random() / 2000)  # noqa: S311  any time will do
        parts = take()
        assert len(parts) == 1 or sum(size for _, size in parts) <= at_most
        if bad.intersection(place for place, _ in parts):
            raise LookupError
        written.extend(place for place, _ in parts)
        return [place for place, _ in parts]

    together: Together[str, tuple[int, int], int] = Together(write, lambda part: part[1], at_most)

    def ask(place: int, key: str, size: int) -> None:
        def alone() -> int:
            if place in bad:
                raise LookupError(place)
            written.append(place)
            return place

        try:
            answers[place] = together.do(key, (place, size), alone)
        except LookupError:
            answers[place] = "refused"

    threads = [threading.Thread(target=ask, args=(place, *one)) for place, one in enumerate(asked)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    places = range(len(asked))
    assert answers == {place: "refused" if place in bad else place for place in places}
    assert sorted(written) == [place for place in places if place not in bad]
    assert together._lines == {}
