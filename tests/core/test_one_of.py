"""A column is one of several values, by one parameter, as by naming each of them."""

import uuid

import pytest
from django.db.models import Q, QuerySet
from pytest_django import DjangoAssertNumQueries

from tests.cast import NOW, Cast
from tidegate.core.one_of import list_values
from tidegate.core.prepared import TEXT, UUID, PreparedObjects
from tidegate.incidents.models import Incident

NAMES = ("plain", "with 'quotes' and \\", "100%", "ünïcode 名", '"[1]"', "")


@pytest.fixture
def incidents(cast: Cast) -> list[Incident]:
    times = dict.fromkeys(("created_at", "last_update_at", "first_activity_at", "last_activity_at"), NOW)
    rows = [
        Incident(tenant_id=cast.customer.id, number=number, external_id=name, **times)
        for number, name in enumerate(NAMES, start=2**40)
    ]
    Incident.objects.bulk_create(rows)
    return rows


@pytest.mark.parametrize("column", ["external_id", "number", "id"])
def test_rows_are_found_as_by_naming_each_value(incidents: list[Incident], column: str) -> None:
    for chosen in (incidents, incidents[1:3], incidents[-1:], []):
        values = [getattr(row, column) for row in chosen]
        found = Incident.objects.of_tenant(incidents[0].tenant_id).filter(
            Q(**{f"{column}__one_of": list_values(values)})
        )
        assert {row.id for row in found} == {row.id for row in chosen}


def test_nothing_is_found_by_values_that_no_row_has(incidents: list[Incident]) -> None:
    rows = Incident.objects.of_tenant(incidents[0].tenant_id)
    assert not rows.filter(Q(external_id__one_of=list_values(["Plain", "plain "])))
    assert not rows.filter(Q(id__one_of=list_values([uuid.uuid4()])))


def _ask(tenant_id: uuid.UUID, ids: str) -> QuerySet[Incident]:
    return Incident.objects.of_tenant(tenant_id).filter(Q(id__one_of=ids)).order_by("number")


QUESTION = PreparedObjects(_ask, tenant_id=UUID, ids=TEXT)


def test_one_prepared_question_takes_any_number_of_them(
    incidents: list[Incident], cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [row.id for row in incidents]

    with django_assert_num_queries(3):
        assert QUESTION.all(tenant_id=cast.customer.id, ids=list_values(ids)) == incidents
        assert QUESTION.all(tenant_id=cast.customer.id, ids=list_values(ids[:2])) == incidents[:2]
        assert QUESTION.all(tenant_id=cast.provider.id, ids=list_values(ids)) == []
