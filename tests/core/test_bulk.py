"""Rows that go the fast way are stored as the ORM stores them, or refused as it refuses them."""

import contextlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from operator import attrgetter
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import NOW, Cast
from tidegate.core import bulk
from tidegate.customers.models import TenantGroup
from tidegate.incidents.models import Alert, Incident

type Make = Callable[..., Incident]

NAMES = tuple(field.attname for field in Incident._meta.concrete_fields)
values_of = attrgetter(*NAMES)

# Whatever may stand in a text of both databases: PostgreSQL knows no NUL, and no half of a pair.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)).flatmap(  # noqa: DTZ001  zones are put on
    lambda moment: st.integers(-14, 14).map(
        lambda hours: moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    )
)


@pytest.fixture
def make(cast: Cast) -> Make:
    numbers = iter(range(1, 1_000_000))

    def make_one(**values: Any) -> Incident:
        number = next(numbers)
        rest: dict[str, Any] = dict.fromkeys(
            ("created_at", "last_update_at", "first_activity_at", "last_activity_at"), NOW
        )
        named = {"tenant_id": cast.customer.id, "number": number, "external_id": str(number), "severity": 2}
        return Incident(**(rest | named | values))

    return make_one


@given(
    text=TEXTS,
    moment=MOMENTS,
    later=st.none() | MOMENTS,
    tags=st.lists(TEXTS, max_size=3),
    severity=st.integers(1, 4),
    is_derived=st.booleans(),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_row_is_stored_as_the_orm_stores_it(make: Make, **drawn: Any) -> None:
    values = {
        "description": drawn["text"],
        "created_at": drawn["moment"],
        "resolved_at": drawn["later"],
        "custom_tags": drawn["tags"],
        "severity": drawn["severity"],
        "is_derived": drawn["is_derived"],
    }
    own, other = make(**values), make(**values)

    bulk.insert(Incident, [own])
    by_orm: models.QuerySet[Incident] = models.QuerySet(Incident)
    by_orm.bulk_create([other])

    assert stored(own) == stored(other)
    assert own.pk == (own.tenant_id, own.id)
    assert not own._state.adding
    own.description = "Changed"
    own.save(update_fields=["description"])


@given(text=TEXTS, moment=MOMENTS, tags=st.lists(TEXTS, max_size=3))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rewriting_changes_the_named_fields_alone(make: Make, **drawn: Any) -> None:
    rows = [make(), make()]
    bulk.insert(Incident, rows)
    for row in rows:
        row.description, row.last_update_at, row.custom_tags = drawn["text"], drawn["moment"], drawn["tags"]
        row.display_name = "not written"

    Incident.objects.rewrite(rows, ["description", "last_update_at", "custom_tags"])

    for row in rows:
        kept = stored(row)
        assert (kept["description"], kept["custom_tags"]) == (drawn["text"], drawn["tags"])
        assert kept["last_update_at"] == drawn["moment"]
        assert kept["display_name"] == ""


def test_rows_beyond_one_statement_are_all_written(make: Make) -> None:
    rows = [make() for _ in range(450)]
    bulk.insert(Incident, rows)
    for row in rows:
        row.description = f"number {row.number}"

    Incident.objects.rewrite(rows, ["description"])

    kept = Incident.objects.of_tenant(rows[0].tenant_id).filter(id__in=[row.id for row in rows])
    assert {row.description for row in kept} == {f"number {row.number}" for row in rows}


def test_row_that_is_there_is_refused_with_all_that_came_with_it(make: Make) -> None:
    there, fresh = make(), make()
    bulk.insert(Incident, [there])

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Incident, [fresh, make(id=there.id)])

    assert not Incident.objects.of_tenant(fresh.tenant_id).filter(id=fresh.id).exists()


def test_rows_that_are_gone_are_not_made_anew_by_rewriting_them(make: Make) -> None:
    there, gone = make(), make()
    bulk.insert(Incident, [there])

    Incident.objects.rewrite([there, gone], ["description"])

    assert [row.id for row in Incident.objects.of_tenant(there.tenant_id)] == [there.id]


def test_rows_that_are_put_are_written_whether_they_are_there_or_not(make: Make) -> None:
    there, fresh = make(), make()
    bulk.insert(Incident, [there])
    there.description, there.display_name = "written", "not written"

    Incident.objects.put([there, fresh], ["description"])

    kept = {row.id: row for row in Incident.objects.of_tenant(there.tenant_id)}
    assert (kept[there.id].description, kept[there.id].display_name) == ("written", "")
    assert kept[fresh.id].number == fresh.number


def test_rows_that_nobody_waits_for_are_there_for_whatever_is_asked_next(make: Make) -> None:
    rows = [make() for _ in range(3)]
    with transaction.atomic():
        for row in rows:
            bulk.insert(Incident, [row], waits=False)

        found = Incident.objects.of_tenant(rows[0].tenant_id).values_list("id", flat=True)
        assert set(found) == {row.id for row in rows}


def test_a_row_that_is_refused_later_leaves_nothing_and_the_connection_as_it_was(make: Make) -> None:
    there, fresh = make(), make()
    bulk.insert(Incident, [there])

    def write_and_ask() -> None:
        with transaction.atomic():
            bulk.insert(Incident, [fresh], waits=False)
            bulk.insert(Incident, [make(id=there.id)], waits=False)
            list(Incident.objects.of_tenant(there.tenant_id))

    with pytest.raises(IntegrityError):
        write_and_ask()

    assert [row.id for row in Incident.objects.of_tenant(there.tenant_id)] == [there.id]


@pytest.mark.django_db(transaction=True)
def test_rows_are_the_first_that_a_transaction_says_and_more_than_the_server_takes_at_once(
    make: Make,
) -> None:
    rows = [make(description="x" * 400_000) for _ in range(20)]
    with transaction.atomic():
        bulk.insert(Incident, rows, waits=False)
        transaction.set_rollback(True)
    assert not Incident.objects.of_tenant(rows[0].tenant_id).exists()
    with transaction.atomic():
        bulk.insert(Incident, rows, waits=False)
    assert Incident.objects.of_tenant(rows[0].tenant_id).count() == 20


@pytest.mark.django_db(transaction=True)
def test_rows_that_nobody_waits_for_are_kept_by_the_commit_or_dropped_with_the_rest(make: Make) -> None:
    kept, dropped = make(), make()
    with transaction.atomic():
        bulk.insert(Incident, [kept], waits=False)
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        bulk.insert(Incident, [dropped], waits=False)
        raise ZeroDivisionError
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Incident, [dropped, make(id=kept.id)], waits=False)

    assert [row.id for row in Incident.objects.of_tenant(kept.tenant_id)] == [kept.id]


@pytest.mark.django_db(transaction=True)
def test_rows_that_cannot_be_made_leave_nothing_and_the_connection_as_it_was(make: Make) -> None:
    """Some of them may be on their way by then."""
    before, after = make(), make()

    def break_off() -> Iterator[Sequence[Any]]:
        for _ in range(500):
            yield values_of(make())
        raise ZeroDivisionError

    def write() -> None:
        with transaction.atomic():
            bulk.insert(Incident, [before], waits=False)
            bulk.insert_values(Incident, NAMES, break_off(), waits=False)

    with pytest.raises(ZeroDivisionError):
        write()
    bulk.insert(Incident, [after])

    assert [row.id for row in Incident.objects.of_tenant(after.tenant_id)] == [after.id]


@pytest.mark.django_db(transaction=True)
def test_what_rows_refer_to_may_be_checked_with_them_instead_of_at_the_end(make: Make) -> None:
    """Either way nothing is left."""
    homeless = make(tenant_id=uuid.uuid4())

    def write(*, at_once: bool) -> None:
        with transaction.atomic():
            if at_once:
                bulk.check_at_once()
            bulk.insert(Incident, [homeless], waits=False)
            told.append(Incident.objects.of_tenant(homeless.tenant_id).count())

    told: list[int] = []
    for at_once in (False, True):
        with pytest.raises(IntegrityError):
            write(at_once=at_once)

    assert told == ([1] if connection.vendor == "postgresql" else [1, 1])
    assert not Incident.objects.of_tenant(homeless.tenant_id).exists()


def test_an_object_is_as_its_class_makes_it(cast: Cast) -> None:
    values = {"tenant_id": cast.customer.id, "id": uuid.uuid4(), "external_id": "a", "created_at": NOW}

    own, other = bulk.make_object(Alert, **values), Alert(**values)

    names = [field.attname for field in Alert._meta.concrete_fields]
    assert [getattr(own, name) for name in names] == [getattr(other, name) for name in names]
    assert own._state.adding


def test_tables_of_the_queue_go_the_fast_way() -> None:
    assert bulk.can_take(Alert)
    assert bulk.can_take(TenantGroup)
    ours = [model for model in apps.get_models() if model.__module__.startswith("tidegate.")]
    slow = {model.__name__ for model in ours if not bulk.can_take(model)}
    assert not slow & {
        "Alert",
        "Incident",
        "Evidence",
        "Detection",
        "Indicator",
        "AuditEvent",
        "Notification",
    }


def stored(row: Incident) -> dict[str, Any]:
    """What the database holds, but for what tells one row from another."""
    found = dict(Incident.objects.of_tenant(row.tenant_id).filter(id=row.id).values().get())
    assert isinstance(found["created_at"], datetime)
    assert found["created_at"].tzinfo == UTC
    assert isinstance(found["tenant_id"], uuid.UUID)
    return {name: value for name, value in found.items() if name not in {"id", "number", "external_id"}}


@given(MOMENTS | st.datetimes(timezones=st.just(UTC)))
def test_instants_are_written_as_djangos_engine_for_sqlite_writes_them(moment: datetime) -> None:
    assert bulk.write_instant(moment) == str(moment.astimezone(UTC).replace(tzinfo=None))
