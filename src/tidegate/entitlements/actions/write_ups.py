"""After the glass was broken: the customer is told at once, the holder writes, the customer takes note."""

import uuid
from datetime import timedelta
from typing import Final

from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, Relation, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, InvalidInput
from tidegate.core.text import clean_block
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.acting import assignment_target, note, system_scope
from tidegate.entitlements.break_glass_notices import tell_opened, tell_written
from tidegate.entitlements.models import Assignment, WriteUp
from tidegate.entitlements.rules import BREAK_GLASS
from tidegate.entitlements.writing_up import get_opening, get_own_write_up

DUE_AFTER: Final = timedelta(hours=24)
SHORTEST: Final = 40
LONGEST: Final = 20_000


def open_write_up(scope: Scope, assignment: Assignment, confirmed_by_name: str) -> WriteUp:
    """Note that the glass was broken, inside the caller's transaction: it is told, and a write-up is owed.

    Due 24 hours after the access ends. Asks no permission: delivery calls it. Raises Conflict for
    somebody without an account, who could never write it.
    """
    if assignment.account_id is None:
        raise Conflict("Whoever breaks the glass must have an account.")
    write_up = WriteUp.rows.create(
        tenant_id=assignment.tenant_id,
        assignment_id=assignment.id,
        account_id=assignment.account_id,
        confirmed_by_name=confirmed_by_name[:256],
        due_at=(assignment.ends_at or assignment.starts_at + BREAK_GLASS) + DUE_AFTER,
    )
    details = {
        "user": assignment.user.user_principal_name,
        "confirmed_by": confirmed_by_name,
        "starts_at": assignment.starts_at,
        "ends_at": assignment.ends_at,
        "write_up_due_at": write_up.due_at,
    }
    record(scope, "break_glass.opened", assignment_target(assignment), details=details)
    tell_opened(assignment, write_up)
    return write_up


def submit_write_up(actor: Actor, tenant_id: uuid.UUID, assignment_id: uuid.UUID, *, text: str) -> WriteUp:
    """Write why one went in, what was seen and what was done; its holder alone, once, after the end.

    They need not be able to enter the tenant any more. Raises NotFound, InvalidInput naming `text`,
    Conflict while the access lasts and when it was written already.
    """
    words = _clean(text)
    with transaction.atomic():
        get_own_write_up(actor, tenant_id, assignment_id)
        lock_directory(system_scope(tenant_id))
        write_up = get_own_write_up(actor, tenant_id, assignment_id)
        _check_writable(write_up)
        write_up.text, write_up.written_at = words, clock.now()
        write_up.save(update_fields=["text", "written_at"])
        details = {"late": write_up.written_at > write_up.due_at, "length": len(words)}
        target = assignment_target(write_up.assignment)
        note(tenant_id, actor, "break_glass.write_up_submitted", target, details=details)
        tell_written(write_up)
    return write_up


def acknowledge_write_up(scope: Scope, assignment_id: uuid.UUID) -> WriteUp:
    """Say, for the customer, that a write-up was read. Not for guests, nor for who wrote it.

    Raises Forbidden, NotFound, Conflict when nothing is written and when it was seen already.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    if scope.entry.relation != Relation.MEMBER:
        raise Forbidden("Only the tenant's own administrators take note of a write-up.")
    with transaction.atomic():
        lock_directory(scope)
        write_up = get_opening(scope, assignment_id)
        if write_up.account_id == scope.actor.account_id:
            raise Forbidden("Nobody takes note of their own write-up.")
        if write_up.written_at is None:
            raise Conflict("Nothing is written yet.")
        if write_up.seen_at is not None:
            raise Conflict("This write-up was seen already.")
        write_up.seen_at, write_up.seen_by = clock.now(), scope.actor.display_name[:256]
        write_up.save(update_fields=["seen_at", "seen_by"])
        record(scope, "break_glass.write_up_seen", assignment_target(write_up.assignment))
    return write_up


def _clean(text: str) -> str:
    words = clean_block(text, "text", longest=LONGEST)
    if len(words) < SHORTEST:
        raise InvalidInput(fields={"text": "must be at least 40 characters"})
    return words


def _check_writable(write_up: WriteUp) -> None:
    if write_up.written_at is not None:
        raise Conflict("This write-up was submitted already.")
    if not write_up.assignment.is_over(clock.now()):
        raise Conflict("Your access has not ended yet. Write when it has, or give it up first.")
