"""Whoever is taken out loses everything at once, without any job."""

import pytest

from tests.cast import NOW, Cast, days, join_as_guest
from tests.entitlements.asking import ask
from tests.entitlements.elevations import let, take_up
from tests.entitlements.offering import by_user, give_group, make_package, make_policy, offer_to_provider
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Conflict, Forbidden, NotFound
from tidegate.directory.actions.groups import add_member
from tidegate.directory.models import GroupMembership
from tidegate.entitlements.actions.leaving import remove_member, remove_user
from tidegate.entitlements.actions.organizations import remove_organization
from tidegate.entitlements.actions.policies import remove_policy
from tidegate.entitlements.actions.requests import give_up, request_extension
from tidegate.entitlements.actions.resources import remove_resource
from tidegate.entitlements.models import (
    Activation,
    Assignment,
    AssignmentRequest,
    ConnectedOrganization,
    ResourceRole,
)
from tidegate.entitlements.own import own_assignments
from tidegate.entitlements.rules import StageRule
from tidegate.entitlements.words import ActivationState, RequestState, TargetScope

pytestmark = pytest.mark.usefixtures("now")


def reads_audit(cast: Cast, name: str = "helper") -> bool:
    return cast.enter(name).allows(Permission.AUDIT_READ)


def test_a_role_taken_up_through_a_group_ends_with_the_membership(cast: Cast) -> None:
    group, admin = cast.group("Tier 1"), cast.enter("admin")
    membership = add_member(admin, group.id, cast.user("helper").id)
    activation = take_up(cast, let(cast, user_id=None, group_id=group.id))
    assert reads_audit(cast)
    for name, error in (("analyst", Forbidden), ("outsider", NotFound)):
        scope = cast.enter(name, cast.other if name == "outsider" else cast.customer)
        with pytest.raises(error):
            remove_member(scope, membership.id)
    remove_member(admin, membership.id)
    assert not reads_audit(cast)
    assert Activation.rows.get(tenant=cast.customer, id=activation.id).state == ActivationState.DEACTIVATED


def test_a_role_taken_up_through_a_group_ends_when_a_package_no_longer_gives_the_group(cast: Cast) -> None:
    package = make_package(cast.customer)
    give_group(package, cast.group("Tier 1"))
    ask(cast, "helper", make_policy(package, TargetScope.ALL_DIRECTORY_USERS))
    take_up(cast, let(cast, user_id=None, group_id=cast.group("Tier 1").id))
    assert reads_audit(cast)
    resource = ResourceRole.objects.of_tenant(cast.customer.id).get()
    remove_resource(cast.enter("admin"), package.id, resource.id)
    assert not reads_audit(cast)


def test_a_removed_user_holds_asks_for_and_extends_nothing(cast: Cast) -> None:
    held = offer_to_provider(cast)
    stages = (StageRule((by_user(cast.user("admin")),)),)
    asked = offer_to_provider(cast, name="More", stages=stages)
    ask(cast, "helper", held)
    pending, (assignment,) = ask(cast, "helper", asked), own_assignments(cast.actor("helper"))
    for name, error in (("member", Forbidden), ("outsider", NotFound)):
        scope = cast.enter(name, cast.other if name == "outsider" else cast.customer)
        with pytest.raises(error):
            remove_user(scope, assignment.user_id)
    remove_user(cast.enter("admin"), assignment.user_id)
    pending.refresh_from_db()
    assert pending.state == RequestState.CANCELED
    ended = Assignment.objects.of_tenant(cast.customer.id).get()
    assert (ended.ends_at, ended.ended_because) == (NOW, "Removed from this directory by an administrator.")
    memberships = GroupMembership.objects.of_tenant(cast.customer.id).filter(user_id=assignment.user_id)
    assert not memberships.exclude(ends_at__lte=NOW).exists()
    with pytest.raises(Conflict, match="has ended"):
        request_extension(cast.actor("helper"), assignment.tenant_id, assignment.id)
    events = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="assignment.ended")
    assert events.get().actor_name == "Admin"
    # Let in anew they may ask anew.
    join_as_guest(cast.enter("admin"), cast.accounts["helper"])
    assert ask(cast, "helper", held).state == RequestState.DELIVERED


def test_what_was_approved_for_later_is_canceled_when_it_is_given_up(cast: Cast) -> None:
    policy = offer_to_provider(cast)
    request = ask(cast, "helper", policy, starts_at=NOW + days(3))
    assert request.state == RequestState.SCHEDULED
    give_up(cast.actor("helper"), policy.tenant_id, request.assignment_id)  # type: ignore[arg-type]
    request.refresh_from_db()
    assert (request.state, request.status) == (RequestState.CANCELED, "The access ended before it began.")
    remove_policy(cast.enter("admin"), policy.package_id, policy.id)


def test_what_was_approved_for_later_stays_when_access_does(cast: Cast) -> None:
    request = ask(cast, "helper", offer_to_provider(cast), starts_at=NOW + days(3))
    organization = ConnectedOrganization.objects.of_tenant(cast.customer.id).get()
    remove_organization(cast.enter("admin"), organization.id, ends_assignments=False)
    state = AssignmentRequest.objects.of_tenant(cast.customer.id).get(id=request.id).state
    assert state == RequestState.SCHEDULED
    assert Assignment.objects.of_tenant(cast.customer.id).get().ends_at == NOW + days(368)
