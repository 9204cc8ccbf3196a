"""Which tenant groups somebody sees, and which tenants each takes."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, join_as_guest, scope_with
from tests.customers.making import make_group, make_level, make_tenants, naming, put_tag, reach_of
from tidegate.authorization.scope import Scope
from tidegate.core.errors import NotFound
from tidegate.customers.models import TenantGroup
from tidegate.customers.queries import (
    count_tenants,
    find_tenant_group,
    get_tenant_group,
    list_tenant_groups,
    list_usable_groups,
    rule_of,
    tenants_in,
    tenants_in_rule,
)
from tidegate.customers.rules import GroupRule, Selection
from tidegate.directory.models import Tenant, User
from tidegate.incidents.models import Incident

pytestmark = pytest.mark.usefixtures("now")

EVERYTHING = GroupRule(takes_all=True)


def find(cast: Cast, who: str, name: str, home: Tenant | None = None) -> TenantGroup | None:
    return find_tenant_group(cast.accounts[who].id, (home or cast.provider).id, name)


def taken(group: TenantGroup) -> set[str]:
    return {tenant.display_name for tenant in tenants_in(group).tenants()}


def guest_of_provider(cast: Cast) -> Scope:
    """The customer's administrator, as a guest of the provider."""
    join_as_guest(cast.enter("boss", cast.provider), cast.accounts["admin"])
    return cast.enter("admin", cast.provider)


def test_a_members_own_group_comes_before_a_shared_one_of_that_name(cast: Cast) -> None:
    shared = make_group(cast.provider, "Night shift", EVERYTHING)
    own = make_group(cast.provider, "Night Shift", EVERYTHING, cast.user("lead", cast.provider))
    assert find(cast, "lead", " night SHIFT ") == own
    assert find(cast, "boss", "night shift") == shared
    assert find(cast, "boss", "night") is None


@pytest.mark.parametrize("name", ["", " ", "a\0b", "\ud800", "x" * 65, "%", "a:b", "Night shift\n;"])
def test_what_can_be_no_name_finds_nothing_and_asks_nothing(cast: Cast, name: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert find(cast, "lead", name) is None
    assert len(asked) == 0


def test_nobody_else_finds_a_group(cast: Cast) -> None:
    make_group(cast.provider, "Night shift", EVERYTHING)
    guest_of_provider(cast)
    for who in ("admin", "outsider", "stranger", "member"):
        assert find(cast, who, "night shift") is None
    assert find(cast, "lead", "night shift", cast.customer) is None
    assert find_tenant_group(None, cast.provider.id, "night shift") is None
    assert find_tenant_group(cast.accounts["lead"].id, None, "night shift") is None


@pytest.mark.parametrize(
    "ended",
    [
        {"ends_at": NOW},
        {"blocked_at": NOW},
        {"removed_at": NOW},
        {"starts_at": NOW + timedelta(seconds=1)},
    ],
    ids=str,
)
def test_a_member_whose_time_is_over_finds_none(cast: Cast, ended: dict[str, object]) -> None:
    user = cast.user("lead", cast.provider)
    make_group(cast.provider, "Shared", EVERYTHING)
    make_group(cast.provider, "Own", EVERYTHING, user)
    lead = cast.accounts["lead"].id
    assert [group.name for group in list_usable_groups(lead, cast.provider.id)] == ["Own", "Shared"]
    User.rows.filter(pk=user.pk).update(**ended)
    assert find(cast, "lead", "Shared") is None
    assert find(cast, "lead", "Own") is None
    assert list(list_usable_groups(lead, cast.provider.id)) == []


def test_usable_groups_are_those_that_names_find(cast: Cast) -> None:
    make_group(cast.provider, "Banks", EVERYTHING)
    make_group(cast.provider, "banks", EVERYTHING, cast.user("lead", cast.provider))
    make_group(cast.provider, "Anchors", EVERYTHING)
    for who, expected in (("lead", ["Anchors", "banks"]), ("boss", ["Anchors", "Banks"])):
        groups = list(list_usable_groups(cast.accounts[who].id, cast.provider.id))
        assert [group.name for group in groups] == expected
        assert groups == [find(cast, who, name) for name in expected]
    assert list(list_usable_groups(None, cast.provider.id)) == []


def test_groups_of_colleagues_and_of_other_tenants_are_not_there(cast: Cast) -> None:
    own = make_group(cast.provider, "Mine", EVERYTHING, cast.user("lead", cast.provider))
    shared = make_group(cast.provider, "Ours", EVERYTHING)
    foreign = make_group(cast.other, "Ours", EVERYTHING)
    lead, boss = cast.enter("lead", cast.provider), cast.enter("boss", cast.provider)
    assert list(list_tenant_groups(lead)) == [own, shared]
    assert list(list_tenant_groups(boss)) == [shared]
    assert get_tenant_group(lead, own.id) == own
    for scope, group_id in ((boss, own.id), (lead, foreign.id), (lead, uuid.uuid4())):
        with pytest.raises(NotFound, match="There is no such tenant group"):
            get_tenant_group(scope, group_id)


def test_to_a_guest_there_are_no_groups(cast: Cast) -> None:
    group = make_group(cast.provider, "Ours", EVERYTHING)
    guest = guest_of_provider(cast)
    for ask in (
        lambda: list_tenant_groups(guest),
        lambda: get_tenant_group(guest, group.id),
        lambda: count_tenants(guest, [group], reach_of(cast, "admin")),
        lambda: tenants_in_rule(guest, EVERYTHING),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_rule_takes_by_each_kind_and_leaves_out_by_each(cast: Cast) -> None:
    home = cast.provider
    nl, be, de, none = make_tenants("NL", "BE", "DE", "")
    put_tag(home, be, "Bank")
    put_tag(cast.other, de, "Bank")
    level = make_level(home, "Gold", de)
    inner = make_group(home, "Inner", GroupRule(include=naming(nl, none)))
    cases = {
        "all": (GroupRule(takes_all=True, exclude=Selection(countries=frozenset({"NL"}))), {be, de, none}),
        "named": (GroupRule(include=naming(nl, be)), {nl, be}),
        "tag": (GroupRule(include=Selection(tags=frozenset({"BANK"}))), {be}),
        "country": (GroupRule(include=Selection(countries=frozenset({"NL", "DE"}))), {nl, de}),
        "level": (GroupRule(include=Selection(level_ids=frozenset({level.id}))), {de}),
        "group": (GroupRule(include=Selection(group_ids=frozenset({inner.id}))), {nl, none}),
        "any": (
            GroupRule(include=naming(nl, tags=frozenset({"bank"}), level_ids=frozenset({level.id}))),
            {nl, be, de},
        ),
        "but tag": (GroupRule(include=naming(nl, be), exclude=Selection(tags=frozenset({"bank"}))), {nl}),
        "but named": (GroupRule(include=naming(nl, be), exclude=naming(be)), {nl}),
        "but group": (
            GroupRule(takes_all=True, exclude=Selection(group_ids=frozenset({inner.id}))),
            {be, de},
        ),
        "but level": (
            GroupRule(include=naming(nl, de), exclude=Selection(level_ids=frozenset({level.id}))),
            {nl},
        ),
        "nothing": (GroupRule(), set()),
        "nothing but": (GroupRule(exclude=naming(nl)), set()),
        "gone": (GroupRule(include=Selection(group_ids=frozenset({uuid.uuid4()}))), set()),
    }
    made = {nl.id, be.id, de.id, none.id}
    for name, (rule, expected) in cases.items():
        kept = {tenant.id for tenant in tenants_in(make_group(home, name, rule)).tenants()} & made
        tried = {one.id for one in tenants_in_rule(scope_with(home), rule).tenants()} & made
        assert kept == tried == {tenant.id for tenant in expected}, name


def test_it_restricts_rows_by_a_subquery_alone_evaluated_as_it_is_used(cast: Cast) -> None:
    (one,) = make_tenants("NL")
    inner = make_group(cast.provider, "Inner", GroupRule(include=Selection(tags=frozenset({"bank"}))))
    outer = make_group(cast.provider, "Outer", GroupRule(include=Selection(group_ids=frozenset({inner.id}))))
    with CaptureQueriesContext(connection) as asked:
        reach = tenants_in(outer)
        rows = Incident.objects.in_scope(reach)
    assert len(asked) == 1
    assert str(rows.query).count("IN (SELECT") == 2
    put_tag(cast.provider, one, "Bank")
    assert [tenant.id for tenant in Tenant.objects.filter(reach.restrict("id"))] == [one.id]


def test_a_rule_is_told_without_the_tenants_out_of_reach(cast: Cast) -> None:
    both = naming(cast.customer, cast.other)
    group = make_group(cast.provider, "Two", GroupRule(include=both, exclude=both))
    seen = naming(cast.customer)
    lead, boss = cast.enter("lead", cast.provider), cast.enter("boss", cast.provider)
    assert rule_of(lead, group, reach_of(cast, "lead")) == GroupRule(include=seen, exclude=seen)
    assert rule_of(boss, group, reach_of(cast, "boss")) == GroupRule()


def test_counts_are_of_tenants_within_reach_alone(cast: Cast) -> None:
    everything = make_group(cast.provider, "All", EVERYTHING)
    named = make_group(cast.provider, "Two", GroupRule(include=naming(cast.customer, cast.other)))
    scope = cast.enter("lead", cast.provider)
    assert count_tenants(scope, [everything, named], reach_of(cast, "lead")) == {
        everything.id: 2,
        named.id: 1,
    }
    assert count_tenants(scope, [named], reach_of(cast, "boss")) == {named.id: 0}
    assert count_tenants(scope, [], reach_of(cast, "boss")) == {}


def test_counting_takes_as_many_statements_for_many_groups_as_for_one(cast: Cast) -> None:
    groups = [make_group(cast.provider, f"Group {n}", EVERYTHING) for n in range(3)]
    scope, reach = cast.enter("lead", cast.provider), reach_of(cast, "lead")
    for some in (groups[:1], groups):
        with CaptureQueriesContext(connection) as asked:
            count_tenants(scope, some, reach)
        assert len(asked) == 2
