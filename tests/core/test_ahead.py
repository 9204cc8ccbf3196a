"""What is read ahead comes in its order, one item ahead at most, with what went wrong in its place."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tidegate.core.ahead import read_ahead, work_until


def in_steps(taken: list[int], items: int = 3, each: int = 4) -> Iterator[int | None]:
    """Items of so many steps each, which are noted as they are taken."""
    for step in range(items * each):
        taken.append(step)
        yield step // each if step % each == each - 1 else None


def test_items_come_in_their_order_without_any_waiting() -> None:
    taken: list[int] = []
    assert [(item, len(taken)) for item in read_ahead(in_steps(taken))] == [(0, 4), (1, 8), (2, 12)]


def test_steps_are_taken_until_there_is_an_answer() -> None:
    taken: list[int] = []
    answers = iter([False, False, True])
    items = read_ahead(in_steps(taken))
    next(items)
    work_until(lambda: next(answers))
    assert len(taken) == 4 + 2
    assert next(items) == 1
    assert len(taken) == 8


def test_nothing_is_made_but_the_next_item() -> None:
    taken: list[int] = []
    items = read_ahead(in_steps(taken))
    next(items)
    for _ in range(3):
        work_until(lambda: False)
    assert len(taken) == 8
    assert [*items] == [1, 2]


def test_what_goes_wrong_comes_where_the_item_would_have_been() -> None:
    def make() -> Iterator[int | None]:
        yield 1
        yield None
        raise OSError("as intended")

    items = read_ahead(make())
    assert next(items) == 1
    work_until(lambda: False)
    with pytest.raises(OSError, match="as intended"):
        next(items)


def test_who_stops_early_makes_nothing_more() -> None:
    taken: list[int] = []
    items = read_ahead(in_steps(taken))
    next(items)
    items.close()
    work_until(lambda: False)
    assert len(taken) == 4


def test_one_who_reads_within_another_works_on_its_own() -> None:
    outer: list[int] = []
    inner: list[int] = []
    around = read_ahead(in_steps(outer))
    next(around)
    within = read_ahead(in_steps(inner))
    next(within)
    work_until(lambda: False)
    assert (len(outer), len(inner)) == (4, 8)
    within.close()
    work_until(lambda: False)
    assert (len(outer), len(inner)) == (8, 8)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is no other process to wait for")
@pytest.mark.django_db
def test_steps_are_taken_while_the_server_is_at_work() -> None:
    taken: list[int] = []
    items = read_ahead(in_steps(taken, items=2, each=50))
    next(items)
    slow = "UPDATE django_migrations SET app = app WHERE pg_sleep(%s) IS NULL"
    connection.ensure_connection()
    engine = connection
    assert engine._ready.can_run()  # type: ignore[attr-defined]
    engine._sent = engine._ready.send(slow, [0.2])  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert len(taken) == 100
