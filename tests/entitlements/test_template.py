"""The ready-made set-up of a provider: all of Microsoft's guide, or nothing of it."""

import uuid

import pytest

from tests.cast import NOW, Cast, days
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Conflict, Forbidden, InvalidInput
from tidegate.directory.actions.groups import create_group
from tidegate.directory.models import Group, RoleAssignment
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.actions.organizations import connect_organization
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.actions.template import Setup, set_up_provider
from tidegate.entitlements.catalog_queries import list_policies
from tidegate.entitlements.models import AccessPackage, Catalog, ConnectedOrganization
from tidegate.entitlements.offers import list_offers
from tidegate.entitlements.organizations import list_organizations, list_sponsors
from tidegate.gate.opening import open as open_gate

pytestmark = pytest.mark.usefixtures("now")


def set_up(cast: Cast, **choices: object) -> Setup:
    given = {"provider_tid": str(cast.provider.id), "approver_ids": (cast.user("member").id,), **choices}
    return set_up_provider(cast.enter("admin"), **given)  # type: ignore[arg-type]


def test_the_guide_is_made_in_one_go(cast: Cast) -> None:
    made, scope = set_up(cast, provider_name="Harbour Watch"), cast.enter("admin")
    assert [one.display_name for one in made.packages] == [
        "MSSP Analyst Approvers",
        "Tier 1 Analyst",
        "Tier 2 Analyst",
    ]
    assert (made.catalog.display_name, made.organization.display_name) == ("MSSP Accesses", "Harbour Watch")
    given = RoleAssignment.objects.in_scope(scope).filter(group_id__in=[one.id for one in made.groups])
    assert {(one.group.display_name, one.role.display_name) for one in given if one.group} == {
        ("Tier 1 Analyst", "Tier 1 Analyst"),
        ("Tier 2 Analyst", "Tier 2 Analyst"),
    }
    assert [one.user.mail for one in list_sponsors(scope, made.organization.id)] == [
        "member@customer.example"
    ]
    for package in made.packages:
        policy = list_policies(scope, package.id).get()
        assert policy.expiration.duration == days(365)
        assert policy.review is not None
        assert (policy.review.every_months, policy.allows_extension) == (12, True)
        assert policy.extension_needs_approval


def test_only_the_providers_people_are_offered_it(cast: Cast) -> None:
    set_up(cast)
    offered = {name for name in cast.accounts if list_offers(cast.actor(name))}
    assert offered == {"boss", "analyst", "lead", "helper"}


def test_from_nothing_to_an_analyst_inside(cast: Cast) -> None:
    made = set_up(cast)
    approvers, tier_1, _tier_2 = made.packages
    scope, tid = cast.enter("admin"), cast.customer.id
    policies = {one.id: list_policies(scope, one.id).get().id for one in made.packages}
    first = request_access(
        cast.actor("lead"), tid, approvers.id, policies[approvers.id], justification="I lead them."
    )
    decide(cast.actor("member"), tid, first.id, approves=True, justification="Agreed.")
    asked = request_access(cast.actor("boss"), tid, tier_1.id, policies[tier_1.id], justification="On duty.")
    decide(cast.actor("lead"), tid, asked.id, approves=True, justification="On duty.")
    entry = open_gate(cast.actor("boss"), str(tid)).entry
    assert Permission.INCIDENT_ASSIGN in entry.permissions
    assert entry.ends_at == NOW + days(365)


def test_a_second_time_names_what_is_taken_and_makes_nothing(cast: Cast) -> None:
    set_up(cast)
    with pytest.raises(Conflict) as refused:
        set_up(cast, provider_tid="absent.example")
    for words in ("group Tier 1 Analyst", "access package Tier 2 Analyst", "catalog MSSP Accesses"):
        assert words in refused.value.message
    assert list_organizations(cast.enter("admin")).count() == 1


def test_one_taken_name_is_enough(cast: Cast) -> None:
    create_group(cast.enter("admin"), display_name="tier 2 analyst")
    with pytest.raises(Conflict) as refused:
        set_up(cast)
    assert refused.value.message == "These names are taken here already: group Tier 2 Analyst."
    for model in (Catalog, AccessPackage, ConnectedOrganization):
        assert not model._default_manager.all().of_tenant(cast.customer.id).exists()


def test_a_second_provider_stands_beside_the_first_under_a_label(cast: Cast) -> None:
    set_up(cast)
    made = set_up(cast, provider_tid="absent.example", label="Night", catalog_name="Night Accesses")
    assert [one.display_name for one in made.groups] == [
        "Night MSSP Analyst Approvers",
        "Night Tier 1 Analyst",
        "Night Tier 2 Analyst",
    ]


def test_a_connected_organization_is_used(cast: Cast) -> None:
    known = connect_organization(cast.enter("admin"), tid=str(cast.provider.id), display_name="Known")
    assert set_up(cast).organization == known


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({"provider_tid": "customer.example"}, "tid"),
        ({"approver_ids": ()}, "approvers"),
        ({"approver_ids": (uuid.uuid4(),)}, "approvers"),
        ({"days": 0}, "days"),
        ({"days": 3661}, "days"),
        ({"catalog_name": " "}, "catalog_name"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_made(cast: Cast, choices: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        set_up(cast, **choices)
    assert list(refused.value.fields) == [field]
    assert not Group.objects.of_tenant(cast.customer.id).filter(display_name="Tier 1 Analyst").exists()


def test_a_guest_is_no_approver_of_the_customer(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        set_up(cast, approver_ids=(cast.user("lead").id,))


@pytest.mark.parametrize("name", ["member", "reader", "analyst", "helper"])
def test_without_the_permission_nothing_is_made(cast: Cast, name: str) -> None:
    with pytest.raises(Forbidden):
        set_up_provider(
            cast.enter(name), provider_tid="absent.example", approver_ids=(cast.user("member").id,)
        )
