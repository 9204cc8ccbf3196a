"""Rules: what SQL takes is what reading the rule takes, whatever the rule; and their JSON."""

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Cast, scope_with
from tests.customers.making import make_group, make_level, make_tenants, put_tag
from tidegate.core.errors import InvalidInput
from tidegate.customers.models import TenantGroup
from tidegate.customers.queries import count_tenants, tenants_in, tenants_in_rule
from tidegate.customers.rules import (
    GroupRule,
    Selection,
    check_nesting,
    clean_rule,
    name_key,
    names_tenants,
    read_rule,
    write_rule,
)
from tidegate.directory.models import Tenant

COUNTRIES = ("NL", "BE", "", "NL", "DE")
TAGS = ("Bank", "bank", "ÉCOLE", "24x7")


@dataclass
class World:
    """Tenants with tags and levels, by their number, and the rules of groups by theirs."""

    tags: Mapping[int, frozenset[str]] = field(default_factory=dict)
    levels: Mapping[int, int] = field(default_factory=dict)
    rules: tuple[GroupRule, ...] = ()


TENANT_IDS = tuple(uuid.UUID(int=0xA000 + n) for n in range(len(COUNTRIES)))
GROUP_IDS = tuple(uuid.UUID(int=0xB000 + n) for n in range(5))
LEVEL_IDS = tuple(uuid.UUID(int=0xC000 + n) for n in range(2))


@st.composite
def selections(draw: st.DrawFn, below: int) -> Selection:
    """A selection that nests only groups of a lower number."""
    return Selection(
        draw(st.frozensets(st.sampled_from(TENANT_IDS), max_size=2)),
        draw(st.frozensets(st.sampled_from(TAGS), max_size=2)),
        draw(st.frozensets(st.sampled_from(("NL", "BE", "DE", "FR")), max_size=1)),
        draw(st.frozensets(st.sampled_from(LEVEL_IDS), max_size=1)),
        draw(st.frozensets(st.sampled_from(GROUP_IDS[:below]), max_size=2)) if below else frozenset(),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    numbers = st.integers(0, len(TENANT_IDS) - 1)
    rules = tuple(
        GroupRule(draw(st.booleans()), draw(selections(n)), draw(selections(n)))
        for n in range(len(GROUP_IDS))
    )
    tags = draw(st.dictionaries(numbers, st.frozensets(st.sampled_from(TAGS), max_size=2)))
    return World(tags, draw(st.dictionaries(numbers, st.integers(0, 1))), rules)


def takes(world: World, rule: GroupRule, tenant: int) -> bool:
    """Whether a rule takes a tenant, read as one would say it."""
    return (rule.takes_all or selects(world, rule.include, tenant)) and not selects(
        world, rule.exclude, tenant
    )


def selects(world: World, selection: Selection, tenant: int) -> bool:
    tags = {name_key(tag) for tag in world.tags.get(tenant, ())}
    level = world.levels.get(tenant)
    return (
        TENANT_IDS[tenant] in selection.tenant_ids
        or not tags.isdisjoint(map(name_key, selection.tags))
        or COUNTRIES[tenant] in selection.countries
        or (level is not None and LEVEL_IDS[level] in selection.level_ids)
        or any(takes(world, world.rules[GROUP_IDS.index(one)], tenant) for one in selection.group_ids)
    )


def build(home: Tenant, world: World) -> list[TenantGroup]:
    """The world as rows."""
    tenants = make_tenants(*COUNTRIES, ids=TENANT_IDS)
    for number, tags in world.tags.items():
        for tag in {name_key(tag): tag for tag in tags}.values():
            put_tag(home, tenants[number], tag)
    for number, level_id in enumerate(LEVEL_IDS):
        about = [tenants[tenant] for tenant, level in world.levels.items() if level == number]
        make_level(home, f"Level {number}", *about, id=level_id)
    return [
        make_group(home, f"Group {number}", rule, id=GROUP_IDS[number])
        for number, rule in enumerate(world.rules)
    ]


@dataclass(frozen=True)
class Among:
    """Reaches the world's tenants."""

    def restrict(self, tenant_column: str) -> Q:
        return Q(**{f"{tenant_column}__in": TENANT_IDS})


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@given(world=worlds())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_takes_what_the_rule_says(cast: Cast, world: World) -> None:
    numbers = range(len(TENANT_IDS))
    expected = [{TENANT_IDS[n] for n in numbers if takes(world, rule, n)} for rule in world.rules]
    with undone():
        groups = build(cast.provider, world)
        found = [
            set(tenants_in(group).tenants().filter(id__in=TENANT_IDS).values_list("id", flat=True))
            for group in groups
        ]
        scope = scope_with(cast.provider)
        counts = count_tenants(scope, groups, Among())
        tried = [
            set(tenants_in_rule(scope, rule).tenants().filter(id__in=TENANT_IDS)) for rule in world.rules
        ]
    assert found == expected
    assert [{tenant.id for tenant in one} for one in tried] == expected
    assert [counts[group.id] for group in groups] == [len(one) for one in expected]


@given(world=worlds())
def test_json_says_the_rule_again_but_for_the_tenants_that_are_rows(world: World) -> None:
    for rule in world.rules:
        kept = json.loads(json.dumps(write_rule(rule)))
        assert read_rule(kept, rule.include.tenant_ids, rule.exclude.tenant_ids) == rule
        assert read_rule(kept).include.tenant_ids == frozenset()
        for side, selection in (("include", rule.include), ("exclude", rule.exclude)):
            assert names_tenants(kept, side) == bool(selection.tenant_ids)
            assert not any(str(one) in str(kept) for one in TENANT_IDS)


@pytest.mark.parametrize("value", [{}, {"include": None}, {"include": {"tags": 3, "groups": ["x", None]}}])
def test_json_of_somebody_else_takes_nothing(value: dict[str, object]) -> None:
    assert read_rule(value) == GroupRule()


def test_a_clean_rule_has_each_tag_once_and_countries_in_capitals() -> None:
    given_tags = frozenset({" Bank", "bank", "Ecole"})
    rule = GroupRule(include=Selection(tags=given_tags, countries=frozenset({"nl", "NL "})))
    assert clean_rule(rule).include == Selection(
        tags=frozenset({"Bank", "Ecole"}), countries=frozenset({"NL"})
    )


def test_what_takes_all_needs_nothing_else_to_take() -> None:
    only = Selection(tags=frozenset({"Bank"}))
    assert clean_rule(GroupRule(takes_all=True, include=only, exclude=only)) == GroupRule(
        takes_all=True, exclude=only
    )


def test_nesting_is_measured_along_the_longest_way() -> None:
    one, two, three, four = GROUP_IDS[:4]
    nested = {one: (two, three), two: (three,), three: (), four: (one, one)}
    check_nesting(nested, 4, 9)
    with pytest.raises(InvalidInput, match="at most 8 groups"):
        check_nesting(nested, 4, 8)
    with pytest.raises(InvalidInput, match="more than 3 deep"):
        check_nesting(nested, 3, 100)
    with pytest.raises(InvalidInput, match="hold themselves"):
        check_nesting({one: (two,), two: (one,)}, 9, 9)
