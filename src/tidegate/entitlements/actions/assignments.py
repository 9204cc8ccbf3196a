"""Administrators give a package directly and take it away; every end of an assignment goes through here."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import SYSTEM, Actor, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.core.text import clean_block
from tidegate.directory.actions.invitations import Offer as Invited
from tidegate.directory.actions.invitations import invite_guest
from tidegate.directory.models import User
from tidegate.directory.names import clean_email
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.acting import assignment_target, note, system_scope
from tidegate.entitlements.actions.delivery import deliver, withdraw
from tidegate.entitlements.actions.recording import record_request
from tidegate.entitlements.actions.stages import close_stages
from tidegate.entitlements.actions.telling import tell_holder
from tidegate.entitlements.asking_again import check_may_try_again
from tidegate.entitlements.models import (
    Assignment,
    AssignmentPolicy,
    AssignmentRequest,
    GovernedGuest,
)
from tidegate.entitlements.notices import NoticeKind
from tidegate.entitlements.policy import check_may_offer
from tidegate.entitlements.transitions import move
from tidegate.entitlements.words import RequestState, RequestType

LONGEST_JUSTIFICATION: Final = 2000


@dataclass(frozen=True, slots=True)
class Given:
    """What an administrator gave; `invited` holds the link for somebody who was no user here yet."""

    request: AssignmentRequest
    invited: Invited | None = None


def assign_directly(  # noqa: PLR0913  what a form asks, each by name
    scope: Scope,
    package_id: uuid.UUID,
    policy_id: uuid.UUID,
    *,
    user_id: uuid.UUID | None = None,
    email: str = "",
    duration: timedelta | None = None,
    starts_at: datetime | None = None,
    justification: str = "",
) -> Given:
    """Give a package to a user of the tenant, or to the holder of an address, without approval.

    Whoever is no user yet becomes a guest by invitation; the answer is the same whether the address has
    an account. Raises Forbidden, also for oneself; NotFound, InvalidInput, Conflict.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    words = clean_block(justification, "justification", longest=LONGEST_JUSTIFICATION, required=False)
    with transaction.atomic():
        lock_directory(scope)
        policy = _get_policy(scope, package_id, policy_id)
        begin = max(starts_at or clock.now(), clock.now())
        ends_at = policy.expiration.end_of(begin, duration)
        check_may_offer(scope, package_id, until=ends_at)
        user, invited = _find_user(scope, user_id, email, policy, begin, ends_at)
        if scope.actor.account_id is not None and user.account_id == scope.actor.account_id:
            raise Forbidden("Nobody assigns access to themselves.", permission=Permission.ENTITLEMENT_MANAGE)
        request = record_request(scope.actor, policy, user, RequestType.ADMIN_ADD, words)
        request.asked_duration, request.asked_starts_at = duration, starts_at
        request.save(update_fields=["asked_duration", "asked_starts_at"])
        deliver(request, scope.actor)
        if request.state == RequestState.DELIVERY_FAILED:
            raise Conflict(request.status)
    return Given(request, invited)


def remove_assignment(
    scope: Scope, assignment_id: uuid.UUID, *, justification: str = ""
) -> AssignmentRequest:
    """End an assignment now. Raises Forbidden, NotFound, InvalidInput, Conflict when it is over."""
    require(scope, Permission.ENTITLEMENT_MANAGE)
    words = clean_block(justification, "justification", longest=LONGEST_JUSTIFICATION, required=False)
    with transaction.atomic():
        lock_directory(scope)
        assignment = _get_assignment(scope, assignment_id)
        return end_assignment(
            scope,
            assignment,
            because=words or "Removed by an administrator.",
            request_type=RequestType.ADMIN_REMOVE,
            actor=scope.actor,
        )


def end_assignment(
    scope: Scope,
    assignment: Assignment,
    *,
    because: str,
    request_type: RequestType = RequestType.SYSTEM_REMOVE,
    actor: Actor = SYSTEM,
) -> AssignmentRequest:
    """End an assignment with all it delivered, inside the caller's transaction and lock.

    Requests to extend it are canceled, and the one that gave it if it has not begun. Asks no permission:
    the callers do. Raises Conflict when it is over, and for the last administrator of the tenant.
    """
    now = clock.now()
    if assignment.is_over(now):
        raise Conflict("This access has ended already.")
    assignment.ends_at, assignment.ended_because = now, because[:512]
    assignment.save(update_fields=["ends_at", "ended_because"])
    withdraw(system_scope(scope.tenant_id), assignment)
    _cancel_open(assignment, actor)
    request = record_request(actor, assignment.policy, assignment.user, request_type, because)
    request.assignment_id = assignment.id
    request.save(update_fields=["assignment_id"])
    move(request, RequestState.DELIVERING, actor)
    move(request, RequestState.DELIVERED, actor)
    if request_type != RequestType.USER_REMOVE:
        tell_holder(request, assignment, NoticeKind.ACCESS_ENDED)
    details = {"because": because, "request_type": request_type.value}
    note(scope.tenant_id, actor, "assignment.ended", assignment_target(assignment), details=details)
    return request


def reprocess_request(scope: Scope, request_id: uuid.UUID) -> AssignmentRequest:
    """Try a failed delivery again, within 14 days and while it would still be offered.

    Raises Forbidden, NotFound, Conflict.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        request = _get_request(scope, request_id)
        if request.state != RequestState.DELIVERY_FAILED:
            raise Conflict("Only a delivery that failed can be tried again.")
        check_may_try_again(request)
        deliver(request, scope.actor)
    return request


def cancel_for_tenant(scope: Scope, request: AssignmentRequest, *, because: str) -> None:
    """Cancel a request that nobody has decided, inside the caller's transaction and lock.

    Asks no permission: the callers do. Raises Conflict for one that is not open.
    """
    close_stages(request)
    move(request, RequestState.CANCELED, scope.actor, status=because)


def _cancel_open(assignment: Assignment, actor: Actor) -> None:
    """What waits for the assignment: to extend it, or for its start."""
    waiting = AssignmentRequest.objects.of_tenant(assignment.tenant_id).filter(
        assignment_id=assignment.id, state__in=(RequestState.PENDING_APPROVAL, RequestState.SCHEDULED)
    )
    for request in waiting.select_related("package"):
        words = (
            "The access ended before it began."
            if request.state == RequestState.SCHEDULED
            else "The access ended before this was decided."
        )
        close_stages(request)
        move(request, RequestState.CANCELED, actor, status=words)


def _get_policy(scope: Scope, package_id: uuid.UUID, policy_id: uuid.UUID) -> AssignmentPolicy:
    policies = AssignmentPolicy.objects.in_scope(scope).filter(
        package_id=package_id, id=policy_id, removed_at__isnull=True, package__removed_at__isnull=True
    )
    policy = policies.select_related("package").first()
    if policy is None:
        raise NotFound("There is no such policy.")
    if not policy.accepts_requests:
        raise Conflict("This policy is switched off: it gives nothing, not even directly.")
    if policy.package.is_break_glass:
        raise Conflict("An emergency package is never assigned: two people of one organization open it.")
    return policy


def _get_assignment(scope: Scope, assignment_id: uuid.UUID) -> Assignment:
    rows = Assignment.objects.in_scope(scope).select_related("policy", "package", "user", "tenant")
    assignment = rows.filter(id=assignment_id).first()
    if assignment is None:
        raise NotFound("There is no such access.")
    return assignment


def _get_request(scope: Scope, request_id: uuid.UUID) -> AssignmentRequest:
    rows = AssignmentRequest.objects.in_scope(scope).select_related("package")
    request = rows.filter(id=request_id).first()
    if request is None:
        raise NotFound("There is no such request.")
    return request


def _find_user(
    scope: Scope,
    user_id: uuid.UUID | None,
    email: str,
    policy: AssignmentPolicy,
    starts_at: datetime,
    ends_at: datetime | None,
) -> tuple[User, Invited | None]:
    present = User.objects.in_scope(scope).present()
    if (user_id is None) == (not email):
        raise InvalidInput(fields={"user": "must be one user or one e-mail address"})
    if user_id is not None:
        user = present.filter(id=user_id).first()
        if user is None:
            raise NotFound("There is no such user.")
        return user, None
    user = present.filter(mail=clean_email(email)).first()
    if user is not None:
        return user, None
    own = system_scope(scope.tenant_id, scope.actor)
    reason = "" if ends_at else policy.expiration.reason
    invited = invite_guest(own, email=email, starts_at=starts_at, ends_at=ends_at, endless_reason=reason)
    GovernedGuest.rows.create(tenant_id=scope.tenant_id, user_id=invited.user.id, created_at=clock.now())
    return invited.user, invited
