"""Filters compiled, and asked of real rows."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
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
from tidegate.odata.resource import Kind, Property, Resource

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
TENANT = UUID("11111111-1111-4111-8111-111111111111")
USER = UUID("22222222-2222-4222-8222-222222222222")
FILTERABLE = ", ".join(found.name for found in INCIDENT.properties)
WORDS = "unknown, informational, low, medium, high"
OF_TEXTS = "eq, ne, in, startswith, endswith, contains"
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
    path, equality = st.just(Path(tuple(name.split("/")))), [Operator.EQ, Operator.NE]
    # The empty text is within every text, but not within null.
    beyond = values | st.just(Text("")) if Operator.CONTAINS in operators else values
    return st.one_of(
        st.builds(Comparison, path, st.sampled_from(equality), values | st.just(Null())),
        st.builds(Comparison, path, st.sampled_from(operators or equality), beyond),
        st.builds(In, path, st.lists(values | st.just(Null()), min_size=1, max_size=3).map(tuple)),
    )


def look_into(
    names: list[str], variable: str, body: st.SearchStrategy[Condition]
) -> st.SearchStrategy[Condition]:
    collections = st.sampled_from([Path((name,)) for name in names])
    return st.builds(
        Lambda, collections, st.sampled_from([Operator.ANY, Operator.ALL]), st.just(variable), body
    )


words = st.sampled_from(
    ["Found", "FOUND_IT", "_", "%", "ann@X.example", "bob", "b", "'", "s", "red", "blue_1", "blue%", "\\"]
).map(Text)
hours = st.integers(-1, 15).map(lambda hour: Moment(BEGIN + timedelta(hours=hour)))
days = st.integers(-1, 15).map(lambda day: Moment(BEGIN + timedelta(days=day)))
ORDER = [operator for operator in COMPARISONS if operator not in {Operator.EQ, Operator.NE}]
inner = compare("t", words, *TEXT_FUNCTIONS) | compare("s", words, *TEXT_FUNCTIONS)
of_members = compare("t", words, *TEXT_FUNCTIONS) | look_into(
    ["systemTags"], "s", grow(inner, st.just(Path(("customTags",))))
)
conditions = grow(
    st.one_of(
        compare("id", st.integers(-1, 16).map(Number), *ORDER),
        compare("displayName", words, *TEXT_FUNCTIONS),
        compare("assignedTo", words, *TEXT_FUNCTIONS),
        compare("severity", st.sampled_from([*SEVERITIES]).map(Text)),
        compare("status", st.sampled_from(["active", "INPROGRESS"]).map(Text)),
        compare("createdDateTime", hours, *ORDER),
        compare("resolvedDateTime", days, *ORDER),
        compare("isDerived", st.booleans().map(Boolean)),
        compare("user/id", st.sampled_from([USER, TENANT]).map(Guid)),
        compare("redirectIncidentId", words, *TEXT_FUNCTIONS),
        compare("tenant/name", st.sampled_from(["DELTA mills", "x"]).map(Text), *TEXT_FUNCTIONS),
        st.just(Truth(Path(("isDerived",)))),
        look_into(
            ["customTags", "systemTags", "noTags"], "t", grow(of_members, st.just(Path(("customTags",))))
        ),
    ),
    st.just(Path(("customTags",))),
)


class TestRandomFilters(TestCase):
    rows: list[Incident]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.rows = make_rows()

    @settings(max_examples=50, deadline=None)
    @given(conditions)
    def test_filter_finds_the_rows_of_which_it_is_true(self, condition: Condition) -> None:
        assert find(condition) == [row.number for row in self.rows if holds(condition, show(row))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("severity ge 'medium'", [3, 4, 8, 9, 13, 14]),
        ("severity lt microsoft.graph.security.alertSeverity'Informational'", [0, 5, 10]),
        ("tolower(severity) eq 'high'", [4, 9, 14]),
        ("toupper(displayName) eq toupper('it''s')", [3, 7, 11]),
        ("displayName eq '100% sure'", [2, 6, 10, 14]),
        ("displayName eq some.type'it''s'", [3, 7, 11]),
        ("assignedTo eq 22222222-2222-4222-8222-222222222222", []),
        ("contains(displayName,'%')", [2, 6, 10, 14]),
        ("contains(displayName,'_')", [1, 5, 9, 13]),
        ("assignedTo eq ''", [0, 1, 6, 7, 12, 13]),
        ("assignedTo eq null", [0, 1, 6, 7, 12, 13]),
        ("assignedTo ne 'BOB' and id le 5", [0, 1, 2, 3]),
        ("not startswith(assignedTo,'b') and id le 5", [0, 1, 2, 3]),
        ("startswith(assignedTo,'') and id le 5", [2, 3, 4, 5]),
        ("status eq 'open' and id le 5", [0, 1, 3, 4]),
        ("status ne 'open' and id le 5", [2, 5]),
        ("status eq null and id le 5", [2, 5]),
        ("status eq 'Redirected'", []),
        ("status ne 'redirected' and id le 1", [0, 1]),
        ("externalId eq 'Abc1'", [1]),
        ("externalId eq 'abc1'", []),
        ("tolower(externalId) eq 'abc1'", [1]),
        ("externalId in ('Abc1','abd2',null) and id le 3", [0, 1, 2, 3]),
        ("id eq '7'", [7]),
        ("id in (7, '8', -1)", [7, 8]),
        ("createdDateTime ge '2026-03-01T13:00:00.0000009Z'", [13, 14]),
        ("createdDateTime lt 2026-03-02 and createdDateTime ge 2026-03-01T15:00:00+02:00", [13, 14]),
        ("resolvedDateTime lt 2026-03-04", [2]),
        ("not (resolvedDateTime ge 2026-03-04) and id le 5", [0, 1, 2, 3, 4]),
        ("user/ID eq '22222222-2222-4222-8222-222222222222' and id le 5", [1, 4]),
        ("isDerived and id le 5", [1, 3, 5]),
        ("isDerived ne true and id le 5", [0, 2, 4]),
        ("customTags/any(tag: tag eq 'RED') and id le 5", [1, 2, 3]),
        ("customTags/any(t: systemTags/any(s: t eq 'red' and s eq 'BLUE_1'))", [6, 7, 8]),
        ("customTags/any() and id le 5", [1, 2, 3, 4]),
        ("customTags/all(t: startswith(t,'r')) and id le 5", [0, 1, 5]),
        ("customTags/any(t: t eq 'it''s \"q\"' and isDerived)", [9]),
        ("customTags/any(severity: severity eq 'red') and id le 5", [1, 2, 3]),
        ("redirectIncidentId ne 'x' and noTags/all(t: t eq 'x') and id eq 1", [1]),
    ],
)  # fmt: skip
def test_filter_finds(text: str, numbers: list[int]) -> None:
    make_rows()
    assert find(parse_filter(text)) == numbers


@pytest.mark.django_db
def test_filter_of_the_largest_size_is_run() -> None:
    make_rows()
    alternatives = " or ".join(f"assignedTo ne 'nobody{number}'" for number in range(200))
    assert find(parse_filter(alternatives)) == list(range(15))
    names = ",".join(f"'a{number}'" for number in range(398))
    assert find(parse_filter(f"not (assignedTo in ({names}))")) == list(range(15))


@pytest.mark.django_db
def test_filter_of_a_list_that_is_none_finds_nothing_in_it() -> None:
    make_rows()
    Incident.objects.of_tenant(TENANT).filter(number__in=[1, 2]).update(custom_tags={"red": 1})
    Incident.objects.of_tenant(TENANT).filter(number=3).update(custom_tags=["red", None])
    assert find(parse_filter("customTags/any(t: t eq 'red') and id le 5")) == [3]
    assert find(parse_filter("customTags/all(t: t eq 'red') and id le 5")) == [0, 1, 2, 3, 5]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("secret eq 'x'",
         f"at character 1: an incident cannot be filtered by secret; supported: {FILTERABLE}"),
        ("displayName gt 'x'", f"at character 1: displayName does not take gt; it takes {OF_TEXTS}"),
        ("status ge 'active'", "at character 1: status does not take ge; it takes eq, ne, in"),
        ("customTags eq 'x'", "at character 1: customTags does not take eq; it takes any, all"),
        ("contains(createdDateTime,'x')",
         "at character 10: createdDateTime does not take contains; it takes eq, ne, gt, ge, lt, le, in"),
        ("severity eq 'bad'", f"at character 13: severity needs a word that it knows, not bad: {WORDS}"),
        ("severity eq 3",
         f"at character 13: severity needs one of its words in single quotes: {WORDS}"),
        ("status eq 'a' or id eq 'x'",
         "at character 11: status needs a word that it knows, not a: Active, InProgress, Open, Redirected"),
        ("id eq 'x'", "at character 7: id needs a whole number"),
        ("id eq 1.5", "at character 7: id needs a whole number"),
        ("id eq 9223372036854775808", "at character 7: id needs a whole number"),
        ("id eq true", "at character 7: id needs a whole number"),
        ("id eq '٣'", "at character 7: id needs a whole number"),
        ("displayName eq 5", "at character 16: displayName needs a text in single quotes"),
        ("isDerived eq 'true'", "at character 14: isDerived needs true or false"),
        ("createdDateTime gt 'soon'",
         "at character 20: createdDateTime needs a date and time such as 2026-03-01T09:00:00Z"),
        ("createdDateTime gt null", "at character 20: gt cannot take null"),
        ("user/id eq 'me'", "at character 12: user/id needs a GUID"),
        ("displayName", "at character 1: displayName is no condition; compare it"),
        ("customTags/any(t: u eq 'x')",
         f"at character 19: an incident cannot be filtered by u; supported: {FILTERABLE}"),
        ("displayName/any(t: t eq 'x')",
         f"at character 1: displayName does not take any; it takes {OF_TEXTS}"),
        ("customTags/any(t: t gt 'x')", f"at character 19: t does not take gt; it takes {OF_TEXTS}"),
    ],
)  # fmt: skip
def test_filter_beyond_the_declaration_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadQuery) as refused:
        compile_filter(parse_filter(text), INCIDENT)
    assert refused.value.fields == {"$filter": reason}


def test_property_declared_wrongly_is_refused() -> None:
    with pytest.raises(ValueError, match="name: TEXT cannot be asked"):
        Property("name", "name", operators=frozenset({Operator.GT}))
    with pytest.raises(ValueError, match="level: words are what an ENUM has"):
        Property("level", "level", Kind.ENUM)
    with pytest.raises(ValueError, match="a thing: a property is declared twice"):
        Resource("a thing", (Property("name", "name"), Property("Name", "name")))
    with pytest.raises(ValueError, match="a thing: what is orderable must be a property with a column"):
        Resource("a thing", (Property("name"),), orderable=("name",))
