"""Which tenants people's groups take, asked without a page, for many together."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.customers.making import make_group, naming, put_tag
from tidegate.customers.models import TenantGroup
from tidegate.customers.queries import tenants_in
from tidegate.customers.rules import GroupRule, Selection
from tidegate.customers.taking import GroupUse, find_taken, find_usable
from tidegate.directory.actions.users import remove_user
from tidegate.directory.models import Tenant

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def home(cast: Cast) -> Tenant:
    """A provider that has tagged its customers."""
    put_tag(cast.provider, cast.customer, "Bank")
    put_tag(cast.provider, cast.other, "Food")
    return cast.provider


def used(cast: Cast, group: TenantGroup, who: str = "lead") -> GroupUse:
    return GroupUse(group.tenant_id, group.id, cast.accounts[who].id)


def test_each_group_takes_what_its_rule_says_at_this_instant(cast: Cast, home: Tenant) -> None:
    everyone = {cast.provider.id, cast.customer.id, cast.other.id}
    banks = make_group(home, "Banks", GroupRule(include=Selection(tags=frozenset({"bank"}))))
    nested = GroupRule(takes_all=True, exclude=Selection(group_ids=frozenset({banks.id})))
    rest = make_group(home, "Rest", nested)
    one = make_group(home, "One", GroupRule(include=naming(cast.other)), cast.user("lead", home))
    uses = [used(cast, group) for group in (banks, rest, one)]
    taken = find_taken(uses, everyone)
    assert [taken[use] for use in uses] == [
        {cast.customer.id},
        everyone - {cast.customer.id},
        {cast.other.id},
    ]
    assert find_taken(uses[:1], [cast.other.id]) == {uses[0]: frozenset()}
    put_tag(home, cast.other, "Bank")
    assert find_taken(uses[:1], everyone)[uses[0]] == {cast.customer.id, cast.other.id}


def test_a_group_is_for_members_and_a_private_one_for_its_owner_alone(cast: Cast, home: Tenant) -> None:
    shared = make_group(home, "Shared", GroupRule(takes_all=True))
    private = make_group(home, "Private", GroupRule(takes_all=True), cast.user("lead", home))
    absent = GroupUse(home.id, uuid.uuid4(), cast.accounts["lead"].id)
    elsewhere = GroupUse(cast.customer.id, shared.id, cast.accounts["lead"].id)
    uses = [used(cast, group, who) for group in (shared, private) for who in ("lead", "boss", "outsider")]
    assert set(find_usable([*uses, absent, elsewhere])) == {*uses[:2], uses[3]}
    remove_user(cast.enter("boss", home), cast.user("lead", home).id)
    assert set(find_taken(uses, [cast.customer.id])) == {uses[1]}


def test_it_costs_the_same_for_many_groups_and_tenants(cast: Cast, home: Tenant) -> None:
    counts = []
    for number in (1, 9):
        groups = [make_group(home, f"{number} {n}", GroupRule(takes_all=True)) for n in range(number)]
        tenant_ids = [cast.customer.id, *(uuid.uuid4() for _ in range(number))]
        with CaptureQueriesContext(connection) as asked:
            find_taken([used(cast, group) for group in groups], tenant_ids)
        counts.append(len(asked))
    assert counts == [3, 3]
    with CaptureQueriesContext(connection) as asked:
        assert find_taken([], [cast.customer.id]) == {}
    assert len(asked) == 0


def test_it_takes_what_a_page_of_the_group_shows(cast: Cast, home: Tenant) -> None:
    group = make_group(home, "Both", GroupRule(include=naming(cast.customer, tags=frozenset({"Food"}))))
    use = used(cast, group)
    everyone = list(Tenant.objects.values_list("id", flat=True))
    assert find_taken([use], everyone)[use] == set(tenants_in(group).tenants().values_list("id", flat=True))
