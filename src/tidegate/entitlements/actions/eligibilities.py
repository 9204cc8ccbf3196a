"""Administrators say who may take up which role, for how long at a time, and with whose leave."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.directory.actions.lending import mark_eligible
from tidegate.directory.models import Group, Role, User
from tidegate.directory.policy import check_may_give, lock_directory
from tidegate.directory.queries import get_group, get_role, get_user
from tidegate.entitlements.actions.activations import SHORTEST, stop
from tidegate.entitlements.activation_transitions import move
from tidegate.entitlements.elevating import get_eligibility, list_open
from tidegate.entitlements.models import Eligibility
from tidegate.entitlements.rules import Approver
from tidegate.entitlements.words import ActivationState, ApproverKind

LONGEST: Final = timedelta(hours=24)
MOST_APPROVERS: Final = 20


def make_eligible(  # noqa: PLR0913  what a form asks, each by name
    scope: Scope,
    role_id: uuid.UUID,
    *,
    group_id: uuid.UUID | None = None,
    user_id: uuid.UUID | None = None,
    longest: timedelta,
    approvers: Sequence[Approver] = (),
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Eligibility:
    """Let a user, or everybody in a group, activate a role for at most `longest` (15 minutes to 24 hours).

    With approvers (users or groups of the tenant) one of them agrees each time. Raises Forbidden, also
    for a role that opens more than the actor may do; NotFound, InvalidInput, Conflict when they are
    eligible for it already.
    """
    require(scope, Permission.ROLE_ASSIGN)
    _check(group_id, user_id, longest)
    start = max(starts_at or clock.now(), clock.now())
    if ends_at is not None and ends_at <= start:
        raise InvalidInput(fields={"ends_at": "must lie in the future, after the start"})
    with transaction.atomic():
        lock_directory(scope)
        role = get_role(scope, role_id)
        check_may_give(scope, role.lines, until=ends_at)
        group = get_group(scope, group_id) if group_id else None
        user = get_user(scope, user_id) if user_id else None
        _check_approvers(scope, approvers, user)
        _check_new(scope, role, group_id, user_id)
        eligibility = Eligibility.rows.create(
            tenant_id=scope.tenant_id,
            role_id=role.id,
            group_id=group_id,
            user_id=user_id,
            longest=longest,
            approvers_json=[approver.write() for approver in dict.fromkeys(approvers)],
            created_at=clock.now(),
            starts_at=start,
            ends_at=ends_at,
        )
        _mark(scope, group_id)
        details = {
            "to": _name(group, user),
            "longest": longest,
            "approvers": eligibility.approvers_json,
            "starts_at": start,
            "ends_at": ends_at,
        }
        record(scope, "eligibility.created", _target(eligibility, role), details=details)
    return eligibility


def end_eligibility(scope: Scope, eligibility_id: uuid.UUID, *, justification: str = "") -> Eligibility:
    """End an eligibility now, with every activation that rests on it. Raises Forbidden, NotFound."""
    require(scope, Permission.ROLE_ASSIGN)
    with transaction.atomic():
        lock_directory(scope)
        eligibility = get_eligibility(scope, eligibility_id)
        for activation in list_open(scope, eligibility.id):
            because = "The eligibility was ended."
            if activation.state == ActivationState.ACTIVE:
                stop(activation, scope.actor, scope.entry, justification=because)
            else:
                to, tag = ActivationState.CANCELED, "activation.canceled"
                move(activation, to, tag, scope.actor, scope.entry, justification=because)
        eligibility.ends_at = clock.now()
        eligibility.starts_at = min(eligibility.starts_at, eligibility.ends_at)
        eligibility.save(update_fields=["starts_at", "ends_at"])
        _mark(scope, eligibility.group_id)
        details = {"to": _name(eligibility.group, eligibility.user), "justification": justification}
        record(scope, "eligibility.ended", _target(eligibility, eligibility.role), details=details)
    return eligibility


def _mark(scope: Scope, group_id: uuid.UUID | None) -> None:
    """Let the directory know what a group's members may take up: it cannot look here."""
    if group_id is None:
        return
    rows = Eligibility.objects.in_scope(scope).filter(group_id=group_id).exclude(ends_at__lte=clock.now())
    mark_eligible(scope, group_id, set(rows.values_list("role_id", flat=True)))


def _check(group_id: uuid.UUID | None, user_id: uuid.UUID | None, longest: timedelta) -> None:
    if (group_id is None) == (user_id is None):
        raise InvalidInput(fields={"principal": "must be one group or one user"})
    if not SHORTEST <= longest <= LONGEST:
        raise InvalidInput(fields={"longest": "must be from 15 minutes to 24 hours"})


def _check_approvers(scope: Scope, approvers: Sequence[Approver], user: User | None) -> None:
    """Raise InvalidInput for what is no user or group of the tenant, and for nobody but the user themself."""
    if len(approvers) > MOST_APPROVERS:
        raise InvalidInput(fields={"approvers": "must be at most 20 people and groups"})
    users = {one.id for one in approvers if one.kind == ApproverKind.USER and one.id}
    groups = {one.id for one in approvers if one.kind == ApproverKind.GROUP and one.id}
    known = len(users) + len(groups) == len(set(approvers))
    present = User.objects.in_scope(scope).present().filter(id__in=users).count()
    there = Group.objects.in_scope(scope).filter(id__in=groups).count()
    if not known or present != len(users) or there != len(groups):
        raise InvalidInput(fields={"approvers": "must be users and groups of this tenant"})
    if user is not None and users == {user.id} and not groups:
        raise InvalidInput(fields={"approvers": "must name somebody other than who is eligible"})


def _check_new(scope: Scope, role: Role, group_id: uuid.UUID | None, user_id: uuid.UUID | None) -> None:
    same = Eligibility.objects.in_scope(scope).filter(
        Q(group_id=group_id) & Q(user_id=user_id), role_id=role.id
    )
    if same.exclude(ends_at__lte=clock.now()).exists():
        raise Conflict("They are eligible for this role already.")


def _name(group: Group | None, user: User | None) -> str:
    return group.display_name if group else user.user_principal_name if user else ""


def _target(eligibility: Eligibility, role: Role) -> Target:
    return Target("eligibility", str(eligibility.id), role.display_name)
