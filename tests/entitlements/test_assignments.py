"""Administrators give and take directly; every end is complete."""

from datetime import timedelta

import pytest

from tests.cast import NOW, Cast, days, scope_with
from tests.entitlements.asking import ask
from tests.entitlements.offering import (
    FOREVER,
    by_user,
    give_group,
    keep_apart,
    make_package,
    make_policy,
    offer_to_provider,
)
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.actions.invitations import redeem_invitation
from tidegate.directory.actions.users import block_user
from tidegate.directory.models import GroupMembership, User
from tidegate.entitlements.acting import system_scope
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.actions.assignments import (
    assign_directly,
    remove_assignment,
    reprocess_request,
)
from tidegate.entitlements.actions.delivery import settle
from tidegate.entitlements.actions.requests import give_up
from tidegate.entitlements.models import (
    Assignment,
    AssignmentPolicy,
    AssignmentRequest,
    ConnectedOrganization,
    GovernedGuest,
    PolicyTarget,
    ResourceRole,
)
from tidegate.entitlements.own import own_assignments
from tidegate.entitlements.rules import StageRule
from tidegate.entitlements.words import RequestState, RequestType, TargetScope

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def policy(cast: Cast) -> AssignmentPolicy:
    package = make_package(cast.customer, "Direct")
    give_group(package, cast.group("Tier 2"))
    return make_policy(package, TargetScope.NOT_SPECIFIED)


def in_force(cast: Cast) -> list[Assignment]:
    return list(Assignment.objects.of_tenant(cast.customer.id).exclude(ends_at__lte=NOW))


def test_an_administrator_gives_to_a_user_and_takes_away(cast: Cast, policy: AssignmentPolicy) -> None:
    scope = cast.enter("admin")
    given = assign_directly(scope, policy.package_id, policy.id, user_id=cast.user("member").id)
    assert (given.request.state, given.invited) == (RequestState.DELIVERED, None)
    assert cast.enter("member").allows(Permission.LIVE_RESPONSE_BASIC)
    (assignment,) = in_force(cast)
    removal = remove_assignment(scope, assignment.id, justification="Moved on")
    assert removal.request_type == RequestType.ADMIN_REMOVE
    assert not cast.enter("member").allows(Permission.LIVE_RESPONSE_BASIC)
    with pytest.raises(Conflict):
        remove_assignment(scope, assignment.id)


@pytest.mark.parametrize("email", ["boss@provider.example", "nobody@elsewhere.example"])
def test_an_address_is_invited_alike_with_or_without_an_account(
    cast: Cast, policy: AssignmentPolicy, email: str
) -> None:
    given = assign_directly(cast.enter("admin"), policy.package_id, policy.id, email=email)
    assert given.invited is not None
    user = given.invited.user
    assert (user.account_id, user.ends_at) == (None, NOW + days(365))
    assert GovernedGuest.objects.of_tenant(cast.customer.id).filter(user_id=user.id).exists()


def test_an_invited_guest_has_what_was_given_once_they_accept(cast: Cast, policy: AssignmentPolicy) -> None:
    given = assign_directly(cast.enter("admin"), policy.package_id, policy.id, email="boss@provider.example")
    assert given.invited is not None
    with pytest.raises(NotFound):
        cast.enter("boss")
    redeem_invitation(cast.actor("boss"), cast.accounts["boss"], given.invited.token)
    assert cast.enter("boss").allows(Permission.LIVE_RESPONSE_BASIC)
    with standing_at(NOW + days(365)), pytest.raises(NotFound):
        cast.enter("boss")


def test_what_an_address_was_given_is_its_holders_own_once_they_accept(
    cast: Cast, policy: AssignmentPolicy
) -> None:
    given = assign_directly(cast.enter("admin"), policy.package_id, policy.id, email="boss@provider.example")
    assert given.invited is not None
    redeem_invitation(cast.actor("boss"), cast.accounts["boss"], given.invited.token)
    other = offer_to_provider(cast, name="Payments")
    keep_apart(policy.package, other.package)
    with pytest.raises(Conflict, match="cannot be held together with Direct"):
        ask(cast, "boss", other)
    (held,) = own_assignments(cast.actor("boss"))
    give_up(cast.actor("boss"), held.tenant_id, held.id)
    with pytest.raises(NotFound):
        cast.enter("boss")


def test_what_is_kept_apart_is_not_given_directly_either(cast: Cast, policy: AssignmentPolicy) -> None:
    other = offer_to_provider(cast, name="Payments")
    keep_apart(policy.package, other.package)
    scope, member = cast.enter("admin"), cast.user("member")
    assign_directly(scope, policy.package_id, policy.id, user_id=member.id)
    with pytest.raises(Conflict, match="cannot be held together with Direct"):
        assign_directly(scope, other.package_id, other.id, user_id=member.id)
    assert [one.package_id for one in in_force(cast)] == [policy.package_id]


def test_nobody_assigns_to_themselves(cast: Cast, policy: AssignmentPolicy) -> None:
    with pytest.raises(Forbidden):
        assign_directly(cast.enter("admin"), policy.package_id, policy.id, user_id=cast.user("admin").id)
    assert in_force(cast) == []


@pytest.mark.parametrize("name", ["member", "reader", "analyst"])
def test_whoever_does_not_manage_entitlements_gives_and_takes_nothing(
    cast: Cast, policy: AssignmentPolicy, name: str
) -> None:
    given = assign_directly(cast.enter("admin"), policy.package_id, policy.id, user_id=cast.user("helper").id)
    with pytest.raises(Forbidden):
        assign_directly(cast.enter(name), policy.package_id, policy.id, user_id=cast.user("lead").id)
    with pytest.raises(Forbidden):
        remove_assignment(cast.enter(name), given.request.assignment_id)  # type: ignore[arg-type]


def test_another_tenants_administrator_finds_none_of_it(cast: Cast, policy: AssignmentPolicy) -> None:
    given = assign_directly(cast.enter("admin"), policy.package_id, policy.id, user_id=cast.user("helper").id)
    scope = cast.enter("outsider", cast.other)
    with pytest.raises(NotFound):
        assign_directly(scope, policy.package_id, policy.id, email="boss@provider.example")
    with pytest.raises(NotFound):
        remove_assignment(scope, given.request.assignment_id)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        reprocess_request(scope, given.request.id)


def test_exactly_one_receiver_is_named(cast: Cast, policy: AssignmentPolicy) -> None:
    member = cast.user("member").id
    for user_id, email in ((None, ""), (member, "boss@provider.example")):
        with pytest.raises(InvalidInput) as problem:
            assign_directly(cast.enter("admin"), policy.package_id, policy.id, user_id=user_id, email=email)
        assert problem.value.fields == {"user": "must be one user or one e-mail address"}


def test_a_blocked_guest_fails_the_delivery_and_it_can_be_tried_again(cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(StageRule((by_user(cast.user("admin")),)),))
    request = ask(cast, "helper", policy)
    scope = cast.enter("admin")
    block_user(scope, cast.user("helper").id)
    request = decide(scope.actor, cast.customer.id, request.id, approves=True, justification="Agreed")
    assert request.state == RequestState.DELIVERY_FAILED
    assert request.status == "An administrator of this tenant has blocked them."
    assert in_force(cast) == []
    User.rows.filter(pk=cast.user("helper").pk).update(blocked_at=None)
    assert reprocess_request(scope, request.id).state == RequestState.DELIVERED
    assert cast.enter("helper").allows(Permission.LIVE_RESPONSE_BASIC)


def failed(cast: Cast) -> AssignmentRequest:
    """A request of the provider's `helper` whose delivery failed; nothing is in its way any more."""
    policy = offer_to_provider(cast)
    return AssignmentRequest.rows.create(
        tenant=cast.customer,
        package_id=policy.package_id,
        policy_id=policy.id,
        organization_id=ConnectedOrganization.rows.get(tenant=cast.customer).id,
        request_type=RequestType.USER_ADD,
        state=RequestState.DELIVERY_FAILED,
        requestor=cast.accounts["helper"],
        requestor_tenant_id=cast.provider.id,
        expiration_json=policy.expiration_json,
        created_at=NOW,
    )


def test_a_failed_delivery_is_tried_again_for_14_days(cast: Cast) -> None:
    request, scope = failed(cast), cast.enter("admin")
    with standing_at(NOW + days(14.001)), pytest.raises(Conflict, match="more than 14 days ago"):
        reprocess_request(scope, request.id)
    with standing_at(NOW + days(14)):
        assert reprocess_request(scope, request.id).state == RequestState.DELIVERED


def test_a_failed_delivery_is_not_tried_again_for_who_could_no_longer_ask(cast: Cast) -> None:
    request, scope = failed(cast), cast.enter("admin")
    PolicyTarget.rows.filter(tenant=cast.customer).delete()
    with pytest.raises(Conflict, match="no longer offered to them"):
        reprocess_request(scope, request.id)
    request.refresh_from_db()
    assert request.state == RequestState.DELIVERY_FAILED
    assert in_force(cast) == []


def test_a_package_that_gives_more_or_less_reaches_those_who_hold_it(
    cast: Cast, policy: AssignmentPolicy
) -> None:
    user = cast.user("member")
    assign_directly(cast.enter("admin"), policy.package_id, policy.id, user_id=user.id)
    (assignment,) = in_force(cast)
    ResourceRole.rows.filter(tenant=cast.customer).delete()
    give_group(policy.package, cast.group("Tier 1"))
    settle(system_scope(cast.customer.id), assignment)
    memberships = GroupMembership.objects.of_tenant(cast.customer.id).filter(user_id=user.id)
    held = {one.group.display_name: one.ends_at for one in memberships.select_related("group")}
    assert held == {"Tier 1": NOW + days(365), "Tier 2": NOW}


def test_access_without_an_end_is_kept_until_it_is_taken(cast: Cast) -> None:
    policy = offer_to_provider(cast, expiration=FOREVER)
    ask(cast, "boss", policy)
    assert cast.user("boss").ends_at is None
    with standing_at(NOW + timedelta(days=36500)):
        assert cast.enter("boss").allows(Permission.LIVE_RESPONSE_BASIC)
        (assignment,) = Assignment.objects.of_tenant(cast.customer.id)
        remove_assignment(cast.enter("admin"), assignment.id)
        with pytest.raises(NotFound):
            cast.enter("boss")


def test_an_operator_without_the_permission_is_refused(cast: Cast, policy: AssignmentPolicy) -> None:
    with pytest.raises(Forbidden):
        assign_directly(scope_with(cast.customer), policy.package_id, policy.id, email="a@b.example")
