"""What a provider keeps about its customers, out of a document and back into one."""

from datetime import date

import pytest

from tests.cast import Cast
from tests.manifest.making import apply_text
from tidegate.customers.clocks import Target
from tidegate.customers.levels import LevelDraft, assigned_levels, list_service_levels, read_draft
from tidegate.customers.queries import find_tenant_group, list_tenant_groups, tenants_in
from tidegate.customers.tags import tags_by_tenant
from tidegate.manifest.customers import EVERY_TENANT
from tidegate.manifest.desk import open_for_operator
from tidegate.manifest.exporting import export, write_yaml
from tidegate.manifest.places import Misfit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

WHOLE = """
- domains: [provider.example]
  service_levels:
  - display_name: Gold
    targets: {high: {acknowledge: 15, resolve: 240}, low: {resolve: 2880}}
    time_zone: Europe/Amsterdam
    week: {monday: ["09:00-12:30", "13:00-17:00"]}
    holidays: {"2026-12-25": Christmas Day}
    around_the_clock: [high]
    warn_percent: 60
    customers: [customer.example]
  customer_tags:
  - {tenant: customer.example, tag: Night desk}
  tenant_groups:
  - display_name: Nights
    include: {groups: [Tagged], service_levels: [gold]}
    exclude: {tenants: [other.example]}
  - display_name: Tagged
    include: {tags: [night desk], countries: [nl]}
"""


def apply_to_provider(text: str) -> list[str]:
    return apply_text(f"- domains: [provider.example]\n  {text}").changes


def test_levels_tags_and_groups_are_made_once_and_exported_as_they_are(cast: Cast) -> None:
    scope = open_for_operator(cast.provider)
    assert apply_text(WHOLE).changes == [
        "create service level Gold in Harbour Watch",
        "give service level Gold to Delta Mills in Harbour Watch",
        "tag Delta Mills Night desk in Harbour Watch",
        "create tenant group Nights in Harbour Watch",
        "create tenant group Tagged in Harbour Watch",
        "change tenant group Nights in Harbour Watch: include (Gold) -> (Gold, Tagged)",
    ]
    assert apply_text(WHOLE).changes == []
    assert read_draft(list_service_levels(scope).get()) == LevelDraft(
        "Gold",
        {"high": Target(15, 240), "low": Target(None, 2880)},
        "Europe/Amsterdam",
        (((540, 750), (780, 1020)), (), (), (), (), (), ()),
        {date(2026, 12, 25): "Christmas Day"},
        frozenset({"high"}),
        60,
    )
    actor = cast.actor("analyst")
    group = find_tenant_group(actor.account_id, actor.home_tenant_id, "nights")
    assert group
    assert [one.id for one in tenants_in(group).tenants()] == [cast.customer.id]
    document = export([cast.provider])
    assert apply_text(_items(write_yaml(document))).changes == []


def test_what_is_absent_goes_and_what_is_not_named_stays(cast: Cast) -> None:
    apply_text(WHOLE)
    scope = open_for_operator(cast.provider)
    gold = "service_levels: [{display_name: gold, customers: [{tenant: customer.example, state: absent}]}]"
    assert apply_to_provider(gold) == [
        "change service level gold in Harbour Watch: name Gold -> gold",
        "take service level gold from Delta Mills in Harbour Watch",
    ]
    assert assigned_levels(scope, EVERY_TENANT) == {}
    absent = "{tenant: customer.example, tag: NIGHT DESK, state: absent}"
    assert apply_to_provider(f"customer_tags: [{absent}]") == [
        "take tag NIGHT DESK from Delta Mills in Harbour Watch"
    ]
    assert tags_by_tenant(scope, EVERY_TENANT) == {}
    assert apply_to_provider("tenant_groups: [{display_name: tagged, state: absent}]") == [
        "delete tenant group Tagged in Harbour Watch"
    ]
    assert [one.name for one in list_tenant_groups(scope)] == ["Nights"]
    assert apply_to_provider("service_levels: [{display_name: gold, state: absent}]") == [
        "delete service level gold in Harbour Watch"
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("service_levels: [{display_name: A, customers: [nobody.example]}]", 'no tenant "nobody.example"'),
        ("service_levels: [{display_name: A, week: {monday: [nine]}}]", "must be times like 09:00-17:00"),
        ("service_levels: [{display_name: A, week: {moonday: []}}]", "must be by weekdays"),
        ("service_levels: [{display_name: A, holidays: {soon: x}}]", "must be by dates"),
        ("tenant_groups: [{display_name: A, include: {groups: [B]}}]", 'no tenant group "B"'),
        ("tenant_groups: [{display_name: A, include: {groups: [A]}}]", "must not hold themselves"),
        ("customer_tags: [{tenant: customer.example, tag: ''}]", "tag"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(cast: Cast, text: str, reason: str) -> None:
    with pytest.raises(Misfit, match=reason):
        apply_to_provider(text)
    scope = open_for_operator(cast.provider)
    assert not list_service_levels(scope).exists()
    assert not list_tenant_groups(scope).exists()


def _items(text: str) -> str:
    """The items of `tenants` of a document."""
    return text.split("tenants:\n", 1)[1]
