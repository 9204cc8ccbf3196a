"""Delivery: an approved request becomes an assignment, and the assignment becomes dated rows below.

Everything happens in the transaction of the decision. The end stands in every row from the start, so
that the clock alone ends access; nothing here runs again when it does.
"""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tidegate.accounts.models import Account
from tidegate.authorization.scope import Actor, Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound, TidegateError
from tidegate.devices.actions.device_access import grant_device_access, move_device_access
from tidegate.devices.models import DeviceGroupAccess
from tidegate.directory.actions.granting import (
    accept_for,
    admit_guest,
    grant_membership,
    move_guest,
    move_memberships,
)
from tidegate.directory.actions.users import unblock_user
from tidegate.directory.models import GroupMembership, User
from tidegate.entitlements.acting import assignment_target, note, system_scope
from tidegate.entitlements.actions.activations import end_untenable
from tidegate.entitlements.actions.telling import tell_approved, tell_holder, tell_requestor
from tidegate.entitlements.actions.write_ups import open_write_up
from tidegate.entitlements.deliverable import (
    check_free,
    check_not_kept_out,
    check_still_given,
    check_still_there,
)
from tidegate.entitlements.models import (
    Assignment,
    AssignmentRequest,
    DeliveredRow,
    GovernedGuest,
    RequestStage,
    ResourceRole,
)
from tidegate.entitlements.notices import NoticeKind
from tidegate.entitlements.transitions import move
from tidegate.entitlements.words import RequestState, RequestType


def deliver(request: AssignmentRequest, actor: Actor) -> None:
    """Deliver an approved request: to delivered, scheduled when it starts later, or deliveryFailed.

    What stands in the way (a blocked guest, a policy switched off since, a package that is kept apart from
    one delivered meanwhile) fails the delivery and writes nothing of it; the request keeps the reason and
    can be tried again.
    """
    move(request, RequestState.DELIVERING, actor)
    scope = system_scope(request.tenant_id)
    try:
        with transaction.atomic():
            give = _extend if _is_extension(request) else _assign
            assignment = give(request, scope, actor)
    except (Conflict, InvalidInput, NotFound) as error:
        move(request, RequestState.DELIVERY_FAILED, actor, status=_words(error))
        tell_requestor(request, NoticeKind.DELIVERY_FAILED)
        return
    request.assignment_id, request.user_id = assignment.id, assignment.user_id
    request.save(update_fields=["assignment_id", "user_id"])
    waits = assignment.starts_at > clock.now()
    move(request, RequestState.SCHEDULED if waits else RequestState.DELIVERED, actor)
    if waits and not _is_extension(request):
        tell_approved(request, assignment, by=_confirmed_by(request))
        return
    given = NoticeKind.ACCESS_EXTENDED if _is_extension(request) else NoticeKind.ACCESS_GIVEN
    tell_holder(request, assignment, given)


def settle(scope: Scope, assignment: Assignment) -> None:
    """Bring what an assignment has delivered in line with its package and its end, and the guest's dates.

    Rows that are over are made anew where the package still gives what they gave; rows for what it no
    longer gives are ended.
    """
    wanted = list(ResourceRole.objects.in_scope(scope).filter(package_id=assignment.package_id))
    standing = _standing_rows(scope, assignment)
    gone = [row for key, row in standing.items() if key not in {_key(one) for one in wanted}]
    _move_rows(scope, gone, clock.now())
    if gone:
        end_untenable(assignment.tenant_id, assignment.user_id)
    kept = [row for row in standing.values() if row not in gone]
    _move_rows(scope, kept, assignment.ends_at)
    for resource in wanted:
        if _key(resource) not in standing:
            _deliver_resource(scope, assignment, resource)
    follow_assignments(scope, assignment.user_id)


def withdraw(scope: Scope, assignment: Assignment) -> None:
    """End everything an assignment has delivered, now; the guest's own dates follow."""
    _move_rows(scope, list(_standing_rows(scope, assignment).values()), clock.now())
    follow_assignments(scope, assignment.user_id)
    # What they had taken up because of a membership that is over now.
    end_untenable(assignment.tenant_id, assignment.user_id)


def follow_assignments(scope: Scope, user_id: uuid.UUID) -> None:
    """Let the dates of a guest whom an assignment brought in span their assignments; none left ends them."""
    if not GovernedGuest.objects.in_scope(scope).filter(user_id=user_id, removed_at__isnull=True).exists():
        return
    now = clock.now()
    rows = Assignment.objects.in_scope(scope).filter(user_id=user_id).exclude(ends_at__lte=now)
    spans = list(rows.values_list("starts_at", "ends_at"))
    user = User.objects.in_scope(scope).get(id=user_id)
    if not spans:
        ended = user.ends_at is not None and user.ends_at <= now
        move_guest(scope, user_id, starts_at=user.starts_at, ends_at=user.ends_at if ended else now)
        return
    ends = [ends_at for _, ends_at in spans if ends_at]
    starts_at = min(starts for starts, _ in spans)
    ends_at = max(ends) if len(ends) == len(spans) else None
    # A guest who is inside already stays inside while what comes next has not begun.
    inside = user.starts_at <= now and (user.ends_at is None or user.ends_at > now)
    move_guest(scope, user_id, starts_at=user.starts_at if inside else starts_at, ends_at=ends_at)


def find_present_user(scope: Scope, account: Account) -> User | None:
    """What an account is in the tenant, also when invited by hand and not yet answered."""
    present = User.objects.in_scope(scope).present()
    own = present.filter(account=account).first()
    return (
        own or present.filter(account__isnull=True, user_type=User.UserType.GUEST, mail=account.email).first()
    )


def _words(error: TidegateError) -> str:
    if isinstance(error, InvalidInput):
        return "; ".join(f"{name} {reason}" for name, reason in error.fields.items())
    return error.message


def _is_extension(request: AssignmentRequest) -> bool:
    return request.request_type in {RequestType.USER_EXTEND, RequestType.ADMIN_UPDATE}


def _assign(request: AssignmentRequest, scope: Scope, actor: Actor) -> Assignment:
    now = clock.now()
    check_still_given(request)
    check_still_there(request)
    starts_at = max(request.asked_starts_at or now, now)
    ends_at = request.expiration.end_of(starts_at, request.asked_duration)
    user = _receive(request, scope, starts_at, ends_at)
    check_free(scope, user.id, request.package_id)
    assignment = Assignment.rows.create(
        tenant_id=request.tenant_id,
        package_id=request.package_id,
        policy_id=request.policy_id,
        account_id=user.account_id,
        user_id=user.id,
        organization_id=request.organization_id,
        created_at=now,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    settle(scope, assignment)
    details = {"starts_at": starts_at, "ends_at": ends_at, "request": request.id}
    note(request.tenant_id, actor, "assignment.created", assignment_target(assignment), details=details)
    if request.package.is_break_glass:
        open_write_up(scope, assignment, _confirmed_by(request))
    return assignment


def _extend(request: AssignmentRequest, scope: Scope, actor: Actor) -> Assignment:
    now = clock.now()
    check_still_given(request)
    check_still_there(request)
    assignment = Assignment.objects.in_scope(scope).get(Q(id=request.assignment_id))
    if assignment.is_over(now):
        raise Conflict("This access has ended; it can be asked for again, not extended.")
    ends_at = request.expiration.end_of(max(now, assignment.starts_at), request.asked_duration)
    if assignment.ends_at is None or (ends_at is not None and ends_at <= assignment.ends_at):
        raise Conflict("This would not extend the access: it ends later already.")
    before, assignment.ends_at = assignment.ends_at, ends_at
    assignment.save(update_fields=["ends_at"])
    settle(scope, assignment)
    details = {"before": before, "after": ends_at, "request": request.id}
    note(request.tenant_id, actor, "assignment.extended", assignment_target(assignment), details=details)
    return assignment


def _receive(request: AssignmentRequest, scope: Scope, starts_at: datetime, ends_at: datetime | None) -> User:
    """The user object that receives the access: found, or made without a mail."""
    if request.user_id:
        user = User.objects.in_scope(scope).present().filter(id=request.user_id).first()
        if user is None:
            raise Conflict("They are no user of this tenant any more.")
    else:
        account = Account.objects.get(Q(id=request.requestor_id))
        user = find_present_user(scope, account)
        if user is None:
            user = admit_guest(scope, account, starts_at=starts_at, ends_at=ends_at)
            GovernedGuest.rows.create(tenant_id=user.tenant_id, user_id=user.id, created_at=clock.now())
        elif user.account_id is None:
            accept_for(scope, user, account)
    _open_again(scope, user)
    return user


def _open_again(scope: Scope, user: User) -> None:
    """Lift the block that followed the end of a last assignment. Raises Conflict for any other."""
    now = clock.now()
    governed = GovernedGuest.objects.in_scope(scope).filter(user_id=user.id).first()
    # The same moment in both says that it was the end of an assignment, and no administrator, who blocked.
    if governed is not None and governed.blocked_at is not None and governed.blocked_at == user.blocked_at:
        governed.blocked_at = None
        governed.save(update_fields=["blocked_at"])
        unblock_user(scope, user.id)
        user.refresh_from_db(fields=["blocked_at"])
    if user.blocked_at is not None:
        raise Conflict("An administrator of this tenant has blocked them.")
    if governed is None and user.ends_at is not None and user.ends_at <= now:
        raise Conflict("Their own time in this tenant has ended; an administrator can change it.")
    if user.is_guest:
        check_not_kept_out(scope, user)


def _confirmed_by(request: AssignmentRequest) -> str:
    stages = RequestStage.objects.of_tenant(request.tenant_id).filter(request_id=request.id)
    return ", ".join(stages.exclude(decided_by_name="").values_list("decided_by_name", flat=True))[:256]


type _Key = tuple[str, uuid.UUID]


def _key(resource: ResourceRole) -> _Key:
    if resource.group_id:
        return "group", resource.group_id
    if resource.device_group_id is None:
        message = "A resource role names nothing."
        raise TidegateError(message)
    return "device_group", resource.device_group_id


def _standing_rows(scope: Scope, assignment: Assignment) -> dict[_Key, DeliveredRow]:
    """What the assignment has delivered and is not over, by what it gives."""
    rows = list(DeliveredRow.objects.in_scope(scope).filter(assignment_id=assignment.id))
    now = clock.now()
    memberships = GroupMembership.objects.in_scope(scope).exclude(ends_at__lte=now)
    groups = dict(memberships.filter(id__in=_ids(rows, "membership_id")).values_list("id", "group_id"))
    accesses = DeviceGroupAccess.objects.in_scope(scope).exclude(ends_at__lte=now)
    seen = dict(accesses.filter(id__in=_ids(rows, "device_access_id")).values_list("id", "device_group_id"))
    standing: dict[_Key, DeliveredRow] = {}
    for row in rows:
        if row.membership_id in groups:
            standing["group", groups[row.membership_id]] = row
        elif row.device_access_id in seen:
            standing["device_group", seen[row.device_access_id]] = row
    return standing


def _ids(rows: list[DeliveredRow], column: str) -> list[uuid.UUID]:
    return [found for row in rows if (found := getattr(row, column)) is not None]


def _move_rows(scope: Scope, rows: list[DeliveredRow], ends_at: datetime | None) -> None:
    memberships = [row.membership_id for row in rows if row.membership_id]
    accesses = [row.device_access_id for row in rows if row.device_access_id]
    if memberships:
        move_memberships(scope, memberships, ends_at=ends_at)
    if accesses:
        move_device_access(scope, accesses, ends_at=ends_at)


def _deliver_resource(scope: Scope, assignment: Assignment, resource: ResourceRole) -> None:
    user_id, ends_at = assignment.user_id, assignment.ends_at
    starts_at = max(assignment.starts_at, clock.now())
    row = DeliveredRow(tenant_id=assignment.tenant_id, assignment_id=assignment.id)
    if resource.group_id:
        row.membership_id = grant_membership(
            scope, resource.group_id, user_id, starts_at=starts_at, ends_at=ends_at
        ).id
    elif resource.device_group_id:
        row.device_access_id = grant_device_access(
            scope, resource.device_group_id, user_id, starts_at=starts_at, ends_at=ends_at
        ).id
    row.save(force_insert=True)
