"""The loop's own line to the database: it answers as a thread is answered, and never holds the loop up."""

import asyncio
import sqlite3
import threading
import uuid
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction

from tests.cast import Cast
from tidegate.core import unwaiting
from tidegate.core.postgresql.line import UNDER_WAY_AT_MOST
from tidegate.core.prepared import TEXT, UUID, Prepared
from tidegate.core.unwaiting import Asker, Shared, Unanswered
from tidegate.directory.models import Tenant, User

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL's engine alone")
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite's engine alone")


def _users(tenant_id: uuid.UUID, mail: str) -> Any:
    rows = User.objects.across_tenants().filter(tenant_id=tenant_id, mail=mail)
    return rows.values_list("id", "mail", "created_at", "ends_at")


QUESTION = Prepared(_users, tenant_id=UUID, mail=TEXT)
NAME = Prepared(lambda id_: Tenant.objects.filter(id=id_).values_list("display_name"), id_=UUID)


@pytest.fixture(autouse=True)
def _tried_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unwaiting, "AGAIN_AFTER_SECONDS", 0.0)


@pytest.fixture
def opened() -> Iterator[list[Asker]]:
    """Askers that a test opened, to look into afterwards."""
    askers: list[Asker] = []
    yield askers
    assert not any(asker._line and asker._line.is_open for asker in askers)


def _run(opened: list[Asker], work: Callable[[Asker], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        asker = Asker(QUESTION, NAME)
        opened.append(asker)
        try:
            return await asyncio.wait_for(work(asker), 30)
        finally:
            asker.close()

    return asyncio.run(run())


async def _ask(asker: Asker, question: Prepared, **values: object) -> Any:
    """The answer, once the line is open."""
    while True:
        try:
            return await asker.first(question, **values)
        except Unanswered:
            await asyncio.sleep(0.01)


def test_loop_is_answered_as_a_thread_is(cast: Cast, opened: list[Asker]) -> None:
    asked = [
        {"tenant_id": tenant.id, "mail": mail}
        for tenant in (cast.customer, cast.provider, cast.other)
        for mail in ("admin@customer.example", "nobody@customer.example")
    ]

    async def work(asker: Asker) -> Any:
        await _ask(asker, QUESTION, **asked[0])
        return await asyncio.gather(*(asker.first(QUESTION, **values) for values in asked))

    found = _run(opened, work)

    assert found == [QUESTION.first(**values) for values in asked]
    assert any(found)
    assert not all(found)


def test_first_is_not_kept_waiting_for_a_connection(cast: Cast, opened: list[Asker]) -> None:
    async def work(asker: Asker) -> None:
        with pytest.raises(Unanswered):
            await asker.first(NAME, id_=cast.customer.id)
        assert await _ask(asker, NAME, id_=cast.customer.id) == [cast.customer.display_name]

    _run(opened, work)


def test_what_was_committed_a_moment_ago_is_seen(cast: Cast, opened: list[Asker]) -> None:
    def rename(name: str) -> None:
        Tenant.objects.filter(id=cast.customer.id).update(display_name=name)
        connection.close()

    async def work(asker: Asker) -> list[Any]:
        seen = [await _ask(asker, NAME, id_=cast.customer.id)]
        for name in ("Second", "Third"):
            await asyncio.to_thread(rename, name)
            seen.append(await asker.first(NAME, id_=cast.customer.id))
        return seen

    assert _run(opened, work) == [[cast.customer.display_name], ["Second"], ["Third"]]


@on_postgresql
def test_more_than_may_be_under_way_are_refused_at_once(cast: Cast, opened: list[Asker]) -> None:
    async def work(asker: Asker) -> list[Any]:
        await _ask(asker, NAME, id_=cast.customer.id)
        many = (asker.first(NAME, id_=cast.customer.id) for _ in range(UNDER_WAY_AT_MOST + 3))
        found: list[Any] = await asyncio.gather(*many, return_exceptions=True)
        return found

    found = _run(opened, work)

    assert [type(one) for one in found] == [list] * UNDER_WAY_AT_MOST + [Unanswered] * 3


class _Counted:
    """libpq, and how often it was told to send."""

    def __init__(self, libpq: Any) -> None:
        self._libpq = libpq
        self.sent = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._libpq, name)

    def pipeline_sync(self) -> None:
        self.sent += 1
        self._libpq.pipeline_sync()


@on_postgresql
def test_what_is_asked_in_one_turn_is_sent_at_once(cast: Cast, opened: list[Asker]) -> None:
    tenants = [cast.customer, cast.provider, cast.other]

    async def work(asker: Asker) -> tuple[list[Any], int]:
        await _ask(asker, NAME, id_=cast.customer.id)
        line: Any = asker._line
        line._libpq = counted = _Counted(line._libpq)
        found = [
            await asyncio.gather(*(asker.first(NAME, id_=tenant.id) for tenant in tenants)) for _ in range(2)
        ]
        return found, counted.sent

    assert _run(opened, work) == ([[[tenant.display_name] for tenant in tenants]] * 2, 2)


@on_postgresql
def test_nobody_waits_on_a_line_that_a_refused_question_ended(cast: Cast, opened: list[Asker]) -> None:
    async def work(asker: Asker) -> list[Any]:
        await _ask(asker, NAME, id_=cast.customer.id)
        await asyncio.to_thread(_rename, "directory_tenant", "away")
        try:
            asked = (
                asker.first(QUESTION, tenant_id=cast.customer.id, mail="nobody"),
                asker.first(NAME, id_=cast.customer.id),
                asker.first(QUESTION, tenant_id=cast.customer.id, mail="nobody"),
            )
            found: list[Any] = await asyncio.gather(*asked, return_exceptions=True)
        finally:
            await asyncio.to_thread(_rename, "away", "directory_tenant")
        return found

    found = _run(opened, work)

    assert found[0] is None
    assert [type(one) for one in found[1:]] == [Unanswered, Unanswered]


@on_postgresql
def test_loop_goes_on_while_the_database_waits_for_a_lock(cast: Cast, opened: list[Asker]) -> None:
    locked, done = threading.Event(), threading.Event()

    def lock() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE directory_tenant IN ACCESS EXCLUSIVE MODE")
            locked.set()
            done.wait(20)
        connection.close()

    async def work(asker: Asker) -> None:
        await _ask(asker, NAME, id_=cast.customer.id)
        locking = asyncio.create_task(asyncio.to_thread(lock))
        await asyncio.to_thread(locked.wait, 20)
        asking = asyncio.create_task(asker.first(NAME, id_=cast.customer.id))
        for _ in range(20):
            await asyncio.sleep(0.005)
        assert not asking.done()
        done.set()
        assert await asking == [cast.customer.display_name]
        await locking

    _run(opened, work)


@on_postgresql
def test_line_that_the_server_ended_is_opened_again(cast: Cast, opened: list[Asker]) -> None:
    def end(pid: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        connection.close()

    async def work(asker: Asker) -> None:
        await _ask(asker, NAME, id_=cast.customer.id)
        line: Any = asker._line
        await asyncio.to_thread(end, line._libpq.backend_pid)
        with pytest.raises(Unanswered):
            await asker.first(NAME, id_=cast.customer.id)
        assert not line.is_open
        assert await _ask(asker, NAME, id_=cast.customer.id) == [cast.customer.display_name]

    _run(opened, work)


def _rename(name: str, to: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name} RENAME TO {to}")
    connection.close()


@on_postgresql
def test_statement_that_is_not_ready_or_refused_is_asked_otherwise(cast: Cast, opened: list[Asker]) -> None:
    other = Prepared(lambda name: Tenant.objects.filter(display_name=name).values_list("id"), name=TEXT)

    async def work(asker: Asker) -> None:
        await _ask(asker, NAME, id_=cast.customer.id)
        with pytest.raises(Unanswered):
            await asker.first(other, name="x")
        line: Any = asker._line
        assert line.is_open
        await asyncio.to_thread(_rename, "directory_tenant", "away")
        try:
            with pytest.raises(Unanswered):
                await asker.first(NAME, id_=cast.customer.id)
        finally:
            await asyncio.to_thread(_rename, "away", "directory_tenant")
        assert not line.is_open
        assert await _ask(asker, NAME, id_=cast.customer.id) == [cast.customer.display_name]

    _run(opened, work)


@on_postgresql
def test_behind_a_pooler_there_is_no_line(
    cast: Cast, opened: list[Asker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", {"prepare_threshold": None})
    tried: list[str] = []
    create = connections.create_connection

    def note(alias: str) -> Any:
        tried.append(alias)
        return create(alias)

    monkeypatch.setattr(connections, "create_connection", note)

    async def work(asker: Asker) -> None:
        for _ in range(20):
            with pytest.raises(Unanswered):
                await asker.first(NAME, id_=cast.customer.id)
            await asyncio.sleep(0.01)

    _run(opened, work)
    assert tried == ["default"]


@on_sqlite
def test_line_to_sqlite_only_reads_and_looks_once(cast: Cast, opened: list[Asker]) -> None:
    async def work(asker: Asker) -> None:
        await _ask(asker, NAME, id_=cast.customer.id)
        line: Any = asker._line
        own = line._engine.connection
        assert own.execute("PRAGMA busy_timeout").fetchone() == (0,)
        with pytest.raises(sqlite3.OperationalError):
            own.execute("DELETE FROM directory_tenant")

    _run(opened, work)


@on_sqlite
def test_what_sqlite_cannot_read_at_once_is_asked_otherwise(
    cast: Cast, opened: list[Asker], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    async def work(asker: Asker) -> None:
        await _ask(asker, NAME, id_=cast.customer.id)
        line: Any = asker._line
        monkeypatch.setattr(line._engine, "run_prepared", refuse)
        with pytest.raises(Unanswered):
            await asker.first(NAME, id_=cast.customer.id)
        assert await _ask(asker, NAME, id_=cast.customer.id) == [cast.customer.display_name]

    _run(opened, work)


def test_database_that_cannot_be_reached_is_told_of_and_tried_again(
    cast: Cast, opened: list[Asker], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Asker) -> None:
        raise ConnectionError("nobody listens")

    async def work(asker: Asker) -> None:
        with monkeypatch.context() as broken:
            broken.setattr(Asker, "_connect", fail)
            for _ in range(3):
                with pytest.raises(Unanswered):
                    await asker.first(NAME, id_=cast.customer.id)
                await asyncio.sleep(0.02)
        assert await _ask(asker, NAME, id_=cast.customer.id) == [cast.customer.display_name]

    _run(opened, work)
    assert "nobody listens" in caplog.text


class _Told:
    """What is asked, and answered when the test says so, with how often it was asked by then."""

    def __init__(self, failing: int = 0) -> None:
        self.asked = 0
        self._failing = failing
        self._may_answer = asyncio.Event()

    async def ask(self) -> int:
        self.asked += 1
        asked = self.asked
        await self._may_answer.wait()
        if asked == self._failing:
            raise Unanswered
        return asked

    def answer(self) -> None:
        self._may_answer.set()


async def _turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_nobody_shares_what_was_asked_before_they_came() -> None:
    async def work() -> tuple[list[Any], int]:
        told = _Told()
        shared = Shared(told.ask)
        begun = [asyncio.create_task(shared.get())]
        await _turn()
        begun += [asyncio.create_task(shared.get()) for _ in range(4)]
        await _turn()
        assert told.asked == 1
        told.answer()
        return await asyncio.gather(*begun), told.asked

    assert asyncio.run(work()) == ([1, 2, 2, 2, 2], 2)


def test_all_who_share_a_question_hear_of_its_failure_and_the_next_is_asked_anew() -> None:
    async def work() -> list[Any]:
        told = _Told(failing=2)
        shared = Shared(told.ask)
        begun = [asyncio.create_task(shared.get()) for _ in range(3)]
        await _turn()
        told.answer()
        found: list[Any] = await asyncio.gather(*begun, return_exceptions=True)
        return [*found, await shared.get()]

    found = asyncio.run(work())

    assert found[0] == 1
    assert [type(one) for one in found[1:3]] == [Unanswered, Unanswered]
    assert found[3] == 3


@pytest.mark.parametrize("leaving", range(3))
def test_who_goes_away_takes_nobody_elses_answer_along(leaving: int) -> None:
    async def work() -> list[Any]:
        told = _Told()
        shared = Shared(told.ask)
        begun = [asyncio.create_task(shared.get()) for _ in range(3)]
        await _turn()
        begun[leaving].cancel()
        await _turn()
        told.answer()
        found: list[Any] = await asyncio.gather(*begun, return_exceptions=True)
        return [*found, await shared.get()]

    found = asyncio.run(work())

    assert isinstance(found.pop(leaving), asyncio.CancelledError)
    assert found == ([2, 2, 3] if leaving == 0 else [1, 2, 3])
