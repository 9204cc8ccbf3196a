"""Prepared questions answer as the ORM does, for every value."""

import uuid
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from tests.cast import NOW, Cast, days
from tests.core.test_bulk import TEXTS
from tidegate.core.prepared import (
    INSTANT,
    NUMBER,
    TEXT,
    UUID,
    Prepared,
    PreparedObjects,
)
from tidegate.core.prepared_writes import PreparedUpdate
from tidegate.directory.models import Tenant, User
from tidegate.directory.models.dated import in_force
from tidegate.incidents.models import Incident, QueueCounter


def _users(tenant_id: uuid.UUID, at: object, mail: str) -> QuerySet[User, Any]:
    rows = User.objects.across_tenants().entering(at).filter(tenant_id=tenant_id)  # type: ignore[arg-type]
    return rows.exclude(mail=mail).order_by("mail").values_list("id", "mail", "created_at", "ends_at")


QUESTION = Prepared(_users, tenant_id=UUID, at=INSTANT, mail=TEXT)


@pytest.mark.parametrize("tenant", ["customer", "provider", "other"])
@pytest.mark.parametrize("at", [NOW, NOW + days(200), NOW - timedelta(days=3650)])
def test_prepared_question_answers_as_the_orm_does(cast: Cast, tenant: str, at: Any) -> None:
    values = {"tenant_id": getattr(cast, tenant).id, "at": at, "mail": "admin@customer.example"}

    assert [tuple(row) for row in QUESTION.rows(**values)] == list(_users(**values))
    first = QUESTION.first(**values)
    assert (tuple(first) if first else None) == _users(**values).first()


def test_question_that_is_planned_anew_answers_the_same(cast: Cast) -> None:
    values = {"tenant_id": cast.customer.id, "at": NOW, "mail": "admin@customer.example"}
    question = Prepared(_users, tenant_id=UUID, at=INSTANT, mail=TEXT).planned_anew()

    assert question.rows(**values) == QUESTION.rows(**values) != []


def test_question_within_another_is_asked_with_it(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    question = Prepared(lambda mail: User.rows.filter(mail=mail).values("tenant_id"), mail=TEXT)
    with django_assert_num_queries(1):
        found = set(Tenant.objects.filter(id__in=question.within(mail="admin@customer.example")))
    assert found == {cast.customer}


COUNTER = PreparedUpdate(
    lambda tenant_id, more: (
        QueueCounter.objects.of_tenant(tenant_id),
        {"unassigned_alerts": F("unassigned_alerts") + more},
    ),
    tenant_id=UUID,
    more=NUMBER,
)


@pytest.mark.parametrize("is_watched", [False, True])
def test_prepared_change_changes_the_rows_that_are_meant_and_tells_how_many(
    cast: Cast, *, is_watched: bool
) -> None:
    QueueCounter.objects.across_tenants().delete()
    for tenant in (cast.customer, cast.other):
        QueueCounter.rows.create(tenant_id=tenant.id)

    with CaptureQueriesContext(connection) if is_watched else nullcontext():
        changed = [COUNTER.run(tenant_id=cast.customer.id, more=more) for more in (7, -2)]
        assert COUNTER.run(tenant_id=uuid.uuid4(), more=1) == 0

    assert changed == [1, 1]
    rows = QueueCounter.objects.across_tenants().values_list("tenant_id", "unassigned_alerts")
    assert dict(rows) == {cast.customer.id: 5, cast.other.id: 0}


@pytest.mark.parametrize("tenant", ["customer", "provider"])
def test_bound_question_answers_as_the_whole_one_does(cast: Cast, tenant: str) -> None:
    values = {"tenant_id": getattr(cast, tenant).id, "mail": "admin@customer.example"}
    bound = QUESTION.bound(**values)

    for at in (NOW, NOW + days(200)):
        assert bound.rows(at=at) == QUESTION.rows(**values, at=at)
    # The question itself takes any values, as before.
    other = {**values, "tenant_id": cast.other.id, "at": NOW}
    assert [tuple(row) for row in QUESTION.rows(**other)] == list(_users(**other))


def _standing(tenant_id: uuid.UUID, at: datetime) -> QuerySet[User]:
    rows = User.objects.across_tenants().entering(at).filter(tenant_id=tenant_id)
    is_late = ExpressionWrapper(Q(ends_at__isnull=False), output_field=BooleanField())
    return rows.select_related("tenant", "account").annotate(is_dated=is_late).order_by("mail")


OBJECTS = PreparedObjects(_standing, tenant_id=UUID, at=INSTANT)


@pytest.mark.parametrize("at", [NOW, NOW + days(200)])
def test_prepared_objects_are_those_of_the_orm(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, at: datetime
) -> None:
    values: dict[str, Any] = {"tenant_id": cast.customer.id, "at": at}
    User.rows.filter(pk=cast.user("member").pk).update(account=None)

    with django_assert_num_queries(1):
        found = [_everything_of(user) for user in OBJECTS.all(**values)]

    assert found == [_everything_of(user) for user in _standing(**values)]
    assert {account is None for *_, account in found} == {True, False}
    first = OBJECTS.first(**values)
    assert first == _standing(**values).first()
    assert OBJECTS.first(**{**values, "tenant_id": uuid.uuid4()}) is None


def test_prepared_objects_are_made_anew_each_time(cast: Cast) -> None:
    values: dict[str, Any] = {"tenant_id": cast.customer.id, "at": NOW}
    OBJECTS.all(**values)[0].display_name = "Somebody else"

    user = OBJECTS.all(**values)[0]

    assert user.display_name == _standing(**values)[0].display_name
    user.display_name = "Renamed"
    user.save(update_fields=["display_name"])
    assert OBJECTS.all(**values)[0].display_name == "Renamed"


def test_instants_have_their_zone_whichever_way_they_are_read(cast: Cast) -> None:
    at = NOW + timedelta(microseconds=7)
    User.rows.filter(pk=cast.user("member").pk).update(created_at=at, ends_at=NOW)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT created_at, ends_at FROM directory_user WHERE mail = %s", [cast.user("member").mail]
        )
        found = cursor.fetchone()

    user = User.rows.get(pk=cast.user("member").pk)
    assert list(found or ()) == [user.created_at, user.ends_at] == [at, NOW]


_INCIDENTS = Prepared(
    lambda tenant_id: Incident.objects.of_tenant(tenant_id).values_list("extra", "custom_tags", "extra__a"),
    tenant_id=UUID,
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(extra=st.dictionaries(TEXTS | st.just("a"), _JSON, max_size=3), tags=st.lists(_JSON, max_size=3))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_json_is_read_as_the_orm_reads_it(cast: Cast, extra: dict[str, Any], tags: list[Any]) -> None:
    times = dict.fromkeys(("created_at", "last_update_at", "first_activity_at", "last_activity_at"), NOW)
    rows = Incident.objects.of_tenant(cast.customer.id)
    rows.delete()
    Incident(tenant_id=cast.customer.id, number=1, severity=2, extra=extra, custom_tags=tags, **times).save(
        force_insert=True
    )

    (found,) = _INCIDENTS.rows(tenant_id=cast.customer.id)

    assert repr(found) == repr([*rows.values_list("extra", "custom_tags", "extra__a")[0]])


def _everything_of(user: User) -> tuple[Any, ...]:
    fields = {field.attname: getattr(user, field.attname) for field in User._meta.concrete_fields}
    return fields, user.is_dated, user.tenant.display_name, user.account and user.account.email  # type: ignore[attr-defined]


def test_question_that_ignores_a_value_is_a_fault(db: None) -> None:
    def forgetful(tenant_id: uuid.UUID, at: object) -> QuerySet[User, Any]:
        return User.objects.across_tenants().filter(in_force(at)).values_list("id")  # type: ignore[arg-type]

    with pytest.raises(AssertionError):
        Prepared(forgetful, tenant_id=UUID, at=INSTANT).rows(tenant_id=uuid.uuid4(), at=NOW)


@pytest.mark.parametrize("text", ["plain words", "it's", "100 % of \\n", "Ünder", "a@b.example", ""])
def test_what_is_the_same_for_all_values_is_written_into_the_statement(cast: Cast, text: str) -> None:
    def build(tenant_id: uuid.UUID) -> QuerySet[User, Any]:
        is_so_called = Q(display_name=text) | Q(mail__contains=text)
        return User.objects.of_tenant(tenant_id).filter(is_so_called).order_by("id").values_list("id")

    question = Prepared(build, tenant_id=UUID)
    User.rows.filter(pk=cast.user("member").pk).update(display_name=text)

    found = [tuple(row) for row in question.rows(tenant_id=cast.customer.id)]

    assert (cast.user("member").id,) in found
    assert found == list(build(cast.customer.id))


def test_plan_knows_what_is_the_same_for_all_values(cast: Cast) -> None:
    statement = QUESTION._prepare()

    assert f"'{User.ExternalUserState.ACCEPTED}'" in statement.sql
    assert User.ExternalUserState.ACCEPTED not in statement.parameters
    assert statement.sql.count("%s") == len(statement.parameters)


@pytest.mark.parametrize("at", [NOW, NOW + days(200)])
def test_question_that_is_planned_anew_answers_as_the_orm_does(cast: Cast, at: Any) -> None:
    question = Prepared(_users, tenant_id=UUID, at=INSTANT, mail=TEXT).planned_anew()
    values = {"tenant_id": cast.customer.id, "at": at, "mail": "admin@customer.example"}

    assert [tuple(row) for row in question.rows(**values)] == list(_users(**values))
