"""A person takes up a role they are eligible for: for hours, with a reason, and often with somebody's leave.

The clock ends it; whoever took it up, or an administrator, may end it sooner. More time is another
activation, with its own reason.
"""

import uuid
from datetime import timedelta
from typing import Final

from django.db import transaction

from tidegate.accounts.models import Account
from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import SYSTEM, Actor, Entry, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.core.text import clean_block
from tidegate.directory.actions.lending import lend_role, take_role_back
from tidegate.directory.models import User
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.acting import system_scope
from tidegate.entitlements.activation_transitions import WORDS, move, note, target_of
from tidegate.entitlements.elevating import (
    DECIDED_WITHIN,
    approves_activation,
    eligible_in,
    end_of_activation,
    get_seen,
    is_eligible,
    list_open,
    overdue,
    untenable,
)
from tidegate.entitlements.elevation_notices import tell_approvers, tell_holder, tell_started
from tidegate.entitlements.models import Activation, Eligibility
from tidegate.entitlements.transitions import EXPIRED
from tidegate.entitlements.words import ActivationState as S

SHORTEST: Final = timedelta(minutes=15)
LONGEST_JUSTIFICATION: Final = 2000
GONE: Final = "No longer eligible."


def activate(
    scope: Scope, eligibility_id: uuid.UUID, *, duration: timedelta, justification: str
) -> Activation:
    """Take up an eligible role: at once, or once an approver agrees where the eligibility asks for one.

    Needs no permission but the eligibility. Raises NotFound for what the actor is not eligible for,
    InvalidInput naming the field, Conflict when one is active or pending.
    """
    words = clean_block(justification, "justification", longest=LONGEST_JUSTIFICATION)
    with transaction.atomic():
        lock_directory(scope)
        eligibility, user, account = _get_own(scope, eligibility_id)
        if not SHORTEST <= duration <= eligibility.longest:
            raise InvalidInput(fields={"duration": "must be at least 15 minutes, and no longer than allowed"})
        for stale in overdue(clock.now()).filter(eligibility_id=eligibility.id, user_id=user.id):
            _expire(stale)
        if list_open(scope, eligibility.id).filter(user_id=user.id).exists():
            raise Conflict("This role is active or asked for already.")
        activation = _ask(scope, eligibility, user, account, duration, words)
        if eligibility.approvers:
            tell_approvers(activation)
        else:
            _start(activation, scope.actor, scope.entry)
    return activation


def decide_activation(
    scope: Scope, activation_id: uuid.UUID, *, approves: bool, justification: str
) -> Activation:
    """Agree to an activation, which then begins, or deny it.

    Raises NotFound for one that the actor may not see, Forbidden for one's own and for who is none of
    its approvers, InvalidInput, Conflict when it was decided already or its time to be decided is over.
    """
    words = clean_block(justification, "justification", longest=LONGEST_JUSTIFICATION)
    with transaction.atomic():
        lock_directory(scope)
        activation = get_seen(scope, activation_id)
        _check_may_decide(scope, activation)
        _check_open(activation)
        activation.decided_at, activation.decided_by_account_id = clock.now(), scope.actor.account_id
        activation.decided_by_name = scope.actor.display_name[:256]
        activation.decision_justification = words
        if approves:
            note(activation, "activation.approved", scope.actor, scope.entry, justification=words)
            _start(activation, scope.actor, scope.entry)
        else:
            move(activation, S.DENIED, "activation.denied", scope.actor, scope.entry, justification=words)
        tell_holder(activation)
    return activation


def deactivate(scope: Scope, activation_id: uuid.UUID, *, justification: str = "") -> Activation:
    """End an active role now: one's own, or anybody's as an administrator.

    Raises NotFound, Forbidden, InvalidInput, Conflict when it is not active.
    """
    words = clean_block(justification, "justification", longest=LONGEST_JUSTIFICATION, required=False)
    with transaction.atomic():
        lock_directory(scope)
        activation = get_seen(scope, activation_id)
        if not _is_own(scope, activation):
            require(scope, Permission.ROLE_ASSIGN)
        stop(activation, scope.actor, scope.entry, justification=words)
    return activation


def cancel_activation(scope: Scope, activation_id: uuid.UUID) -> Activation:
    """Take back what one asked for and nobody has decided. Raises NotFound, Forbidden, Conflict."""
    with transaction.atomic():
        lock_directory(scope)
        activation = get_seen(scope, activation_id)
        if not _is_own(scope, activation):
            raise Forbidden("Only who asked for an activation takes it back.")
        move(activation, S.CANCELED, "activation.canceled", scope.actor, scope.entry)
    return activation


def close_overdue(tenant_id: uuid.UUID, activation_id: uuid.UUID) -> bool:
    """Deny what nobody decided in time; whether there was anything to deny."""
    with transaction.atomic():
        lock_directory(system_scope(tenant_id))
        rows = overdue(clock.now()).filter(tenant_id=tenant_id, id=activation_id)
        activation = rows.select_related("eligibility__role", "user").first()
        if activation is None:
            return False
        _expire(activation)
    return True


def close_untenable(tenant_id: uuid.UUID, activation_id: uuid.UUID) -> bool:
    """End what is active without what it rested on; whether there was anything to end."""
    with transaction.atomic():
        lock_directory(system_scope(tenant_id))
        rows = untenable(clock.now()).filter(tenant_id=tenant_id, id=activation_id)
        activation = rows.select_related("eligibility__role", "user").first()
        if activation is None:
            return False
        stop(activation, SYSTEM, None, justification=GONE)
    return True


def end_untenable(tenant_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """End what a user has active without what it rested on, in the caller's transaction and lock."""
    rows = untenable(clock.now()).filter(tenant_id=tenant_id, user_id=user_id)
    for activation in rows.select_related("eligibility__role", "user"):
        stop(activation, SYSTEM, None, justification=GONE)


def stop(activation: Activation, actor: Actor, entry: Entry | None, *, justification: str = "") -> None:
    """End an active role in the caller's transaction and lock. Raises Conflict when it is not active."""
    now = clock.now()
    if activation.state == S.ACTIVE and activation.ends_at is not None and activation.ends_at <= now:
        raise Conflict("This activation has ended.")
    activation.ends_at = now
    move(activation, S.DEACTIVATED, "activation.deactivated", actor, entry, justification=justification)
    if activation.role_assignment_id is not None:
        take_role_back(system_scope(activation.tenant_id), activation.role_assignment_id)


def _get_own(scope: Scope, eligibility_id: uuid.UUID) -> tuple[Eligibility, User, Account]:
    user = _find_inside(scope)
    rows = eligible_in(scope.tenant_id, user.id, clock.now()) if user else None
    eligibility = rows.filter(id=eligibility_id).first() if rows is not None else None
    if user is None or user.account is None or eligibility is None:
        raise NotFound("There is no such role for you to activate.")
    return eligibility, user, user.account


def _find_inside(scope: Scope) -> User | None:
    """The actor's own user object, if they may still enter: the gate looked before there was a lock."""
    if scope.entry.user_id is None:
        return None
    return User.objects.in_scope(scope).entering(clock.now()).filter(id=scope.entry.user_id).first()


def _ask(
    scope: Scope, eligibility: Eligibility, user: User, account: Account, duration: timedelta, words: str
) -> Activation:
    activation = Activation.rows.create(
        tenant_id=scope.tenant_id,
        eligibility_id=eligibility.id,
        user_id=user.id,
        account=account,
        state=S.PENDING_APPROVAL,
        justification=words,
        asked_duration=duration,
        created_at=clock.now(),
    )
    details = {"justification": words, "duration": duration}
    record(scope, "activation.requested", target_of(activation), details=details)
    return activation


def _start(activation: Activation, actor: Actor, entry: Entry) -> None:
    """Lend the role. Raises Conflict when what it rests on has gone since it was asked for."""
    now = clock.now()
    eligibility, user = activation.eligibility, activation.user
    if not is_eligible(eligibility, user, now):
        raise Conflict("They are no longer eligible for this role.")
    activation.starts_at = now
    activation.ends_at = end_of_activation(eligibility, user, now, activation.asked_duration)
    lent = lend_role(
        system_scope(activation.tenant_id),
        eligibility.role_id,
        user.id,
        starts_at=activation.starts_at,
        ends_at=activation.ends_at,
    )
    activation.role_assignment_id = lent.id
    words = activation.justification
    move(activation, S.ACTIVE, "activation.started", actor, entry, justification=words)
    tell_started(activation)


def _expire(activation: Activation) -> None:
    activation.decided_at, activation.decision_justification = clock.now(), EXPIRED
    move(activation, S.DENIED, "activation.expired", SYSTEM, None)


def _check_may_decide(scope: Scope, activation: Activation) -> None:
    if _is_own(scope, activation):
        raise Forbidden("Nobody decides their own activation.")
    if _find_inside(scope) is None or not approves_activation(scope, activation.eligibility):
        raise Forbidden("Only its approvers decide this activation.")


def _check_open(activation: Activation) -> None:
    if activation.state != S.PENDING_APPROVAL:
        by = activation.decided_by_name
        message = f"This activation was decided already, by {by}." if by else WORDS[S(activation.state)]
        raise Conflict(message)
    if clock.now() >= activation.created_at + DECIDED_WITHIN:
        raise Conflict("The time to decide this activation has passed.")


def _is_own(scope: Scope, activation: Activation) -> bool:
    """By account as well: nobody meets their own activation as somebody else."""
    return scope.actor.account_id == activation.account_id or scope.entry.user_id == activation.user_id
