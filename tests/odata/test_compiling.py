"""Filters compiled, and asked of real rows."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import TestCase as DjangoTestCase
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.odata.samples import INCIDENT, SEVERITIES, show
from tests.odata.trees import grow, holds
from tidegate.core.ids import uuid7
from tidegate.directory.models import Tenant
from tidegate.incidents.models import Incident
from tidegate.odata.compiling.conditions import compile_filter
from tidegate.odata.errors import BadQuery
from tidegate.odata.filter.parser import parse_filter
from tidegate.odata.filter.tree import (
    COMPARISONS,
    TEXT_FUNCTIONS,
    Boolean,
    Comparison,
    Condition,
    Fold,
    Guid,
    In,
    Lambda,
    Literal,
    Moment,
    Null,
    Number,
    Operator,
    Path,
    Text,
    Truth,
)

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
TENANT = UUID("11111111-1111-4111-8111-111111111111")
USER = UUID("22222222-2222-4222-8222-222222222222")
TAGS = [[], ["Red"], ["red", "blue_1"], ["blue%", "Red", ""], ['it\'s "q"']]


def make_rows() -> list[Incident]:
    """Fifteen incidents in which every property has several values, and most have none somewhere."""
    Tenant.objects.create(id=TENANT, display_name="Delta Mills", created_at=BEGIN)
    return Incident.objects.bulk_create(
        Incident(
            tenant_id=TENANT,
            id=uuid7(),
            number=number,
            external_id=["", "Abc", "abd"][number % 3] and f"{['', 'Abc', 'abd'][number % 3]}{number}",
            display_name=["Found", "found_it", "100% Sure", "It's"][number % 4],
            assigned_to=["", "Ann@x.example", "bob"][number // 2 % 3],
            assigned_user_id=USER if number % 3 == 1 else None,
            severity=number % 5,
            status=["active", "inProgress", "resolved"][number % 3],
            created_at=BEGIN + timedelta(hours=number),
            resolved_at=BEGIN + timedelta(days=number) if number % 3 == 2 else None,
            is_derived=number % 2 == 1,
            custom_tags=TAGS[number % 5],
            system_tags=TAGS[number // 3 % 5],
            last_update_at=BEGIN,
            first_activity_at=BEGIN,
            last_activity_at=BEGIN,
        )
        for number in range(15)
    )


def find(condition: Condition) -> list[int]:
    rows = Incident.objects.of_tenant(TENANT).filter(compile_filter(condition, INCIDENT))
    return sorted(row.number for row in rows)


def compare(
    name: str, values: st.SearchStrategy[Literal], *operators: Operator
) -> st.SearchStrategy[Condition]:
    path = Path(tuple(name.split("/")))
    return st.one_of(
        st.builds(
            Comparison, st.just(path), st.sampled_from([Operator.EQ, Operator.NE]), values | st.just(Null())
        ),
        st.builds(Comparison, st.just(path), st.sampled_from([Operator.EQ, Operator.NE, *operators]), values),
        st.builds(In, st.just(path), st.lists(values | st.just(Null()), min_size=1, max_size=3).map(tuple)),
    )


texts = st.sampled_from(
    ["Found", "FOUND_IT", "_", "%", "ann@X.example", "bob", "b", "'", "s", "red", "blue_1", "blue%"]
)
words = texts.map(Text)
moments = st.integers(-1, 15).map(lambda hour: Moment(BEGIN + timedelta(hours=hour)))
days = st.integers(-1, 15).map(lambda day: Moment(BEGIN + timedelta(days=day)))
conditions = grow(
    st.one_of(
        compare("id", st.integers(-1, 16).map(Number), *COMPARISONS),
        compare("displayName", words, *TEXT_FUNCTIONS),
        compare("assignedTo", words, *TEXT_FUNCTIONS),
        compare("severity", st.sampled_from([*SEVERITIES]).map(Text)),
        compare("status", st.sampled_from(["active", "INPROGRESS"]).map(Text)),
        compare("createdDateTime", moments, *COMPARISONS),
        compare("resolvedDateTime", days, *COMPARISONS),
        compare("isDerived", st.booleans().map(Boolean)),
        compare("user/id", st.sampled_from([USER, TENANT]).map(Guid)),
        compare("redirectIncidentId", words, *TEXT_FUNCTIONS),
        compare("tenant/name", st.sampled_from(["DELTA mills", "x"]).map(Text), *TEXT_FUNCTIONS),
        st.just(Truth(Path(("isDerived",)))),
        st.builds(
            Lambda,
            st.sampled_from([Path(("customTags",)), Path(("systemTags",)), Path(("noTags",))]),
            st.sampled_from([Operator.ANY, Operator.ALL]),
            st.just("t"),
            grow(compare("t", words, *TEXT_FUNCTIONS), st.just(Path(("systemTags",)))),
        ),
    ),
    st.just(Path(("customTags",))),
)


class TestCompiling(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.rows = make_rows()

    @settings(max_examples=50, deadline=None)
    @given(conditions)
    def test_filter_finds_the_rows_of_which_it_is_true(self, condition: Condition) -> None:
        assert find(condition) == [row.number for row in self.rows if holds(condition, show(row))]
