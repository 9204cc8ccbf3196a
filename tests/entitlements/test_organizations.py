"""Connected organizations: found or kept as typed, sponsored, removed with all that came through them."""

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from tests.entitlements.offering import by_user, offer_to_provider
from tidegate.audit.models import AuditEvent
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.models import Tenant
from tidegate.entitlements.actions.organizations import (
    add_sponsor,
    connect_organization,
    remove_organization,
    remove_sponsor,
    update_organization,
)
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.models import (
    Assignment,
    AssignmentRequest,
    ConnectedOrganization,
    PolicyTarget,
)
from tidegate.entitlements.offers import list_offers
from tidegate.entitlements.organizations import find_organization, get_organization, list_organizations
from tidegate.entitlements.rules import StageRule
from tidegate.entitlements.words import OrganizationState, RequestState, SponsorKind
from tidegate.gate.opening import open as open_gate

pytestmark = pytest.mark.usefixtures("now")


def let_be_found(tenant: Tenant) -> None:
    Tenant.objects.filter(id=tenant.id).update(is_discoverable=True)


def test_only_who_lets_itself_be_found_is_found(cast: Cast) -> None:
    scope = cast.enter("admin")
    for tid in (str(cast.provider.id), "provider.example", str(uuid.uuid4()), "absent.example"):
        assert find_organization(scope, tid).name is None
    let_be_found(cast.provider)
    for tid in (str(cast.provider.id), "provider.example"):
        found = find_organization(scope, tid)
        assert (found.source_tenant_id, found.name) == (cast.provider.id, "Harbour Watch")


def test_there_and_not_there_are_kept_alike_in_as_many_statements(cast: Cast) -> None:
    scope, kept, statements = cast.enter("admin"), list[ConnectedOrganization](), set[int]()
    for tid in (str(cast.provider.id), str(uuid.uuid4()), "provider.example", "absent.example"):
        with CaptureQueriesContext(connection) as seen:
            kept.append(connect_organization(scope, tid=tid))
        statements.add(len(seen))
        assert kept[-1].display_name == tid
    assert [bool(one.source_tenant_id) for one in kept] == [True, True, False, False]
    assert [one.source_domain for one in kept] == ["", "", "provider.example", "absent.example"]
    assert len(statements) == 1


def test_what_was_typed_is_matched_once_there_is_somebody(cast: Cast) -> None:
    organization = connect_organization(cast.enter("admin"), tid="Provider.Example ", display_name="Watch")
    policy = offer_to_provider(cast)
    PolicyTarget.rows.filter(policy_id=policy.id).update(organization_id=organization.id)
    ConnectedOrganization.rows.filter(source_tenant_id=cast.provider.id).delete()
    assert [offer.organization for offer in list_offers(cast.actor("boss"))] == [organization]


@pytest.mark.parametrize("tid", ["", "no tid", "customer.example", "CUSTOMER"])
def test_oneself_and_nonsense_are_refused_naming_the_field(cast: Cast, tid: str) -> None:
    typed = str(cast.customer.id) if tid == "CUSTOMER" else tid
    with pytest.raises(InvalidInput) as refused:
        connect_organization(cast.enter("admin"), tid=typed)
    assert set(refused.value.fields) == {"tid"}


def test_twice_the_same_is_a_conflict_also_found_by_its_domain(cast: Cast) -> None:
    scope = cast.enter("admin")
    let_be_found(cast.provider)
    organization = connect_organization(scope, tid=str(cast.provider.id))
    assert organization.display_name == "Harbour Watch"
    with pytest.raises(Conflict):
        connect_organization(scope, tid="provider.example")
    connect_organization(scope, tid="absent.example")
    with pytest.raises(Conflict):
        connect_organization(scope, tid="absent.example")


def test_a_removed_organization_can_be_connected_anew(cast: Cast) -> None:
    scope = cast.enter("admin")
    first = connect_organization(scope, tid="absent.example")
    remove_organization(scope, first.id)
    assert list(list_organizations(scope)) == []
    assert connect_organization(scope, tid="absent.example").id != first.id
    with pytest.raises(NotFound):
        get_organization(scope, first.id)


def test_name_words_and_state_change(cast: Cast) -> None:
    scope = cast.enter("admin")
    organization = connect_organization(scope, tid="absent.example")
    update_organization(
        scope, organization.id, display_name="Night watch", description="Nights", state="proposed"
    )
    changed = get_organization(scope, organization.id)
    assert (changed.display_name, changed.description) == ("Night watch", "Nights")
    assert changed.state == OrganizationState.PROPOSED
    with pytest.raises(InvalidInput):
        update_organization(scope, organization.id, display_name="X", description="", state="maybe")


def test_members_sponsor_inside_and_guests_outside(cast: Cast) -> None:
    scope = cast.enter("admin")
    organization = connect_organization(scope, tid=str(cast.provider.id))
    member, guest = cast.user("member"), cast.user("lead")
    inside = add_sponsor(scope, organization.id, user_id=member.id, kind=SponsorKind.INTERNAL)
    add_sponsor(scope, organization.id, user_id=guest.id, kind=SponsorKind.EXTERNAL)
    with pytest.raises(Conflict):
        add_sponsor(scope, organization.id, user_id=member.id, kind=SponsorKind.INTERNAL)
    for user, kind in ((guest, "internal"), (cast.user("reader"), "external"), (member, "both")):
        with pytest.raises(InvalidInput):
            add_sponsor(scope, organization.id, user_id=user.id, kind=kind)
    with pytest.raises(NotFound):
        add_sponsor(
            scope,
            organization.id,
            user_id=cast.user("outsider", cast.other).id,
            kind=SponsorKind.INTERNAL,
        )
    remove_sponsor(scope, organization.id, inside.id)
    with pytest.raises(NotFound):
        remove_sponsor(scope, organization.id, inside.id)


def test_removal_ends_access_cancels_requests_and_leaves_no_policy(cast: Cast) -> None:
    held = offer_to_provider(cast)
    waiting = offer_to_provider(cast, name="Slow", stages=(StageRule((by_user(cast.user("admin")),)),))
    for policy in (held, waiting):
        request_access(cast.actor("boss"), cast.customer.id, policy.package_id, policy.id)
    open_gate(cast.actor("boss"), str(cast.customer.id))
    scope = cast.enter("admin")
    organization = list_organizations(scope).get()
    ending = remove_organization(scope, organization.id)
    assert [len(ending.assignments), len(ending.requests), len(ending.policies)] == [1, 1, 2]
    assert Assignment.rows.get(policy_id=held.id).ends_at == NOW
    request = AssignmentRequest.rows.get(policy_id=waiting.id)
    assert (request.state, "no longer" in request.status) == (RequestState.CANCELED, True)
    assert list_offers(cast.actor("boss")) == []
    assert not PolicyTarget.rows.exists()
    with pytest.raises(NotFound):
        open_gate(cast.actor("boss"), str(cast.customer.id))
    event = AuditEvent.objects.of_tenant(cast.customer.id).get(tag="connected_organization.removed")
    details = json.loads(event.details)
    assert (details["ended"], details["canceled"]) == (1, 1)


def test_removal_may_let_access_run_to_its_own_end(cast: Cast) -> None:
    policy = offer_to_provider(cast)
    request_access(cast.actor("boss"), cast.customer.id, policy.package_id, policy.id)
    scope = cast.enter("admin")
    remove_organization(scope, list_organizations(scope).get().id, ends_assignments=False)
    open_gate(cast.actor("boss"), str(cast.customer.id))
    assert list_offers(cast.actor("boss")) == []


@pytest.mark.parametrize("name", ["member", "reader", "analyst", "helper"])
def test_without_the_permission_nothing_is_changed(cast: Cast, name: str) -> None:
    organization = connect_organization(cast.enter("admin"), tid="absent.example")
    scope = cast.enter(name)
    for change in (
        lambda: find_organization(scope, "provider.example"),
        lambda: connect_organization(scope, tid="provider.example"),
        lambda: remove_organization(scope, organization.id),
        lambda: add_sponsor(scope, organization.id, user_id=cast.user(name).id, kind="internal"),
        lambda: update_organization(
            scope, organization.id, display_name="X", description="", state="configured"
        ),
    ):
        with pytest.raises(Forbidden):
            change()
    if name != "reader":
        with pytest.raises(Forbidden):
            list_organizations(scope)


def test_the_outsider_finds_nothing_of_it(cast: Cast) -> None:
    organization = connect_organization(cast.enter("admin"), tid="absent.example")
    scope = cast.enter("outsider", cast.other)
    assert list(list_organizations(scope)) == []
    for change in (
        lambda: get_organization(scope, organization.id),
        lambda: remove_organization(scope, organization.id),
        lambda: remove_sponsor(scope, organization.id, uuid.uuid4()),
    ):
        with pytest.raises(NotFound):
            change()
    connect_organization(scope, tid="absent.example")
