"""What is read ahead comes in its order, one item ahead at most, with what went wrong in its place."""

import threading
from collections.abc import Iterator

import pytest

from tidegate.core.ahead import read_ahead


def test_items_come_in_their_order_from_another_thread() -> None:
    made_in: list[str] = []

    def make() -> Iterator[int]:
        for number in range(50):
            made_in.append(threading.current_thread().name)
            yield number

    assert list(read_ahead(make())) == list(range(50))
    assert threading.current_thread().name not in made_in


def test_an_item_is_made_while_the_one_before_is_worked_on_and_no_other() -> None:
    made: list[int] = []
    second = threading.Event()

    def make() -> Iterator[int]:
        for number in range(10):
            made.append(number)
            if number == 1:
                second.set()
            yield number

    items = read_ahead(make())

    assert next(items) == 0
    assert second.wait(10)
    items.close()
    assert made == [0, 1]


def test_what_goes_wrong_comes_after_what_was_there_before_it() -> None:
    def make() -> Iterator[int]:
        yield 1
        raise OSError("as intended")

    items = read_ahead(make())

    assert next(items) == 1
    with pytest.raises(OSError, match="as intended"):
        next(items)
