"""What ends soon is given for longer: what was given by hand by itself, an access package as such."""

import uuid

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, NotFound
from tidegate.directory.actions import renewing
from tidegate.directory.models import GroupMembership, RoleAssignment, User
from tidegate.directory.policy import check_may_give, lock_directory
from tidegate.entitlements.actions.delivery import deliver
from tidegate.entitlements.actions.recording import record_request
from tidegate.entitlements.elevating import get_eligibility
from tidegate.entitlements.expiring import find_lent
from tidegate.entitlements.models import Assignment, DeliveredRow, Eligibility, GovernedGuest
from tidegate.entitlements.policy import check_may_offer
from tidegate.entitlements.words import RequestState, RequestType


def renew_guest(scope: Scope, user_id: uuid.UUID) -> User:
    """Let a guest's access end later, if it was given by hand. Raises Forbidden, NotFound, Conflict."""
    require(scope, Permission.USER_UPDATE)
    with transaction.atomic():
        lock_directory(scope)
        governed = GovernedGuest.objects.in_scope(scope).filter(user_id=user_id)
        held = Assignment.objects.in_scope(scope).filter(user_id=user_id).exclude(ends_at__lte=clock.now())
        if governed.exists() and held.exists():
            raise Conflict("Their dates follow their access packages; extend those.")
        return renewing.renew_access(scope, user_id)


def renew_membership(scope: Scope, membership_id: uuid.UUID) -> GroupMembership:
    """Let a membership end later, if it was given by hand. Raises Forbidden, NotFound, Conflict."""
    require(scope, Permission.GROUP_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        if DeliveredRow.objects.in_scope(scope).filter(membership_id=membership_id).exists():
            raise Conflict("An access package gave this; extend that.")
        return renewing.renew_membership(scope, membership_id)


def renew_role(scope: Scope, assignment_id: uuid.UUID) -> RoleAssignment:
    """Let a given role end later, if it was not taken up for hours. Raises Forbidden, NotFound, Conflict."""
    require(scope, Permission.ROLE_ASSIGN)
    with transaction.atomic():
        lock_directory(scope)
        if find_lent([assignment_id]):
            raise Conflict("This role was taken up for hours; it ends as it was meant to.")
        return renewing.renew_role(scope, assignment_id)


def renew_assignment(scope: Scope, assignment_id: uuid.UUID) -> Assignment:
    """Let an access package last as long from now as its policy gives, without approval.

    Raises Forbidden, also for one's own and for what opens more than the actor may do; NotFound; Conflict
    when it is over, ends no later for it, or its policy does not extend.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        rows = Assignment.objects.in_scope(scope).select_related("policy", "user")
        held = rows.filter(id=assignment_id).first()
        if held is None:
            raise NotFound("There is no such access.")
        check_may_offer(
            scope, held.package_id, until=held.policy.expiration.end_of(max(clock.now(), held.starts_at))
        )
        if scope.actor.account_id is not None and held.user.account_id == scope.actor.account_id:
            raise Forbidden("Nobody assigns access to themselves.", permission=Permission.ENTITLEMENT_MANAGE)
        if not held.policy.allows_extension:
            raise Conflict("This access cannot be extended.")
        request = record_request(scope.actor, held.policy, held.user, RequestType.ADMIN_UPDATE, "")
        request.assignment_id = held.id
        request.save(update_fields=["assignment_id"])
        deliver(request, scope.actor)
        if request.state == RequestState.DELIVERY_FAILED:
            raise Conflict(request.status)
        held.refresh_from_db(fields=["ends_at"])
    return held


def renew_eligibility(scope: Scope, eligibility_id: uuid.UUID) -> Eligibility:
    """Let a role be taken up for 90 days longer.

    Raises Forbidden, also for a role that opens more than the actor may do; NotFound; Conflict for no end.
    """
    require(scope, Permission.ROLE_ASSIGN)
    with transaction.atomic():
        lock_directory(scope)
        held = get_eligibility(scope, eligibility_id)
        ends_at = renewing.later_end(held.ends_at)
        check_may_give(scope, held.role.lines, until=ends_at)
        before, held.ends_at = held.ends_at, ends_at
        held.save(update_fields=["ends_at"])
        holder = held.group.display_name if held.group else held.user and held.user.user_principal_name
        details = {"to": holder, "before": before, "after": held.ends_at}
        target = Target("eligibility", str(held.id), held.role.display_name)
        record(scope, "eligibility.end_changed", target, details=details)
    return held
