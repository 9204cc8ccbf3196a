"""What time does to assignments and stages: starts, reminders and ends are told, alternates are called.

Access begins and ends by the clock at the gate, whether or not any of this ever runs; here it is only
told, each thing once. Every action may run twice, and late, without harm.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from tidegate.authorization.scope import SYSTEM, Scope
from tidegate.core import clock
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.acting import assignment_target, note, system_scope
from tidegate.entitlements.actions.telling import tell_alternates, tell_holder
from tidegate.entitlements.models import (
    Assignment,
    AssignmentRequest,
    GovernedGuest,
    RequestStage,
)
from tidegate.entitlements.notices import NoticeKind, Value, tell
from tidegate.entitlements.reach import is_offered
from tidegate.entitlements.transitions import move
from tidegate.entitlements.words import RequestState, StageState

REMINDERS: Final = (timedelta(days=14), timedelta(days=1))
"""How long before its end the holder of access is reminded, the first reminder first."""

NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""When to look again at what nothing will become of by itself."""


def attend_assignment(tenant_id: uuid.UUID, assignment_id: uuid.UUID) -> bool:
    """Tell what is due about an assignment, and note when to look again; whether it was due."""
    with transaction.atomic():
        scope = system_scope(tenant_id)
        lock_directory(scope)
        now, rows = clock.now(), Assignment.objects.in_scope(scope).filter(attend_at__isnull=False)
        due = rows.filter(Q(attend_at__lte=now) | Q(ends_at__lte=now), id=assignment_id)
        found = due.select_related("package__catalog", "policy", "user", "account", "tenant").first()
        if found is None:
            return False
        _begin(found)
        if found.is_over(clock.now()):
            _tell_end(scope, found)
        else:
            _remind(found)
        found.attend_at = _next_look(found)
        found.save(update_fields=["attend_at"])
    return True


def call_alternates(tenant_id: uuid.UUID, stage_id: uuid.UUID) -> bool:
    """Tell a stage's alternates that they may decide now; whether that was due."""
    now = clock.now()
    with transaction.atomic():
        lock_directory(system_scope(tenant_id))
        stages = RequestStage.objects.of_tenant(tenant_id).filter(
            id=stage_id,
            state=StageState.IN_PROGRESS,
            alternates_told_at__isnull=True,
            escalates_at__lte=now,
            request__state=RequestState.PENDING_APPROVAL,
        )
        stage = stages.select_related("request__package").first()
        if stage is None:
            return False
        stage.alternates_told_at = now
        stage.save(update_fields=["alternates_told_at"])
        if stage.expires_at is None or stage.expires_at > now:
            tell_alternates(stage.request, stage)
    return True


def _begin(assignment: Assignment) -> None:
    """A request that was approved for later is delivered once its start has come."""
    if assignment.starts_at > clock.now():
        return
    waiting = AssignmentRequest.objects.of_tenant(assignment.tenant_id).filter(
        package_id=assignment.package_id, assignment_id=assignment.id, state=RequestState.SCHEDULED
    )
    for request in waiting.select_related("package"):
        move(request, RequestState.DELIVERED, SYSTEM)
        if not assignment.is_over(clock.now()):
            tell_holder(request, assignment, NoticeKind.ACCESS_GIVEN)


def _remind(assignment: Assignment) -> None:
    ends_at, now = assignment.ends_at, clock.now()
    if ends_at is None:
        return
    due = [before for before in _leads(assignment) if ends_at - before <= now]
    if not due:
        return
    # After a pause of the worker only the last one is worth a mail. The end belongs to the key: whoever
    # extends is reminded anew.
    key = f"ends_soon:{assignment.id}:{ends_at:%Y%m%d%H%M%S}:{due[-1].days}"
    values: dict[str, Value] = {
        "assignment_id": assignment.id,
        "package": assignment.package.display_name,
        "ends_at": ends_at,
        "can_extend": _can_extend(assignment),
    }
    to = assignment.account or assignment.user.mail
    tell(assignment.tenant_id, NoticeKind.ACCESS_ENDS_SOON, key=key, to=to, values=values)


def _tell_end(scope: Scope, assignment: Assignment) -> None:
    """Tell of an end that the clock brought, and look after a guest whom no assignment keeps any more.

    An end that somebody brought was told by what ended it.
    """
    if not assignment.ended_because:
        values: dict[str, Value] = {"package": assignment.package.display_name, "because": ""}
        to = assignment.account or assignment.user.mail
        key = f"ended:{assignment.id}"
        tell(assignment.tenant_id, NoticeKind.ACCESS_ENDED, key=key, to=to, values=values)
        details = {"starts_at": assignment.starts_at, "ends_at": assignment.ends_at}
        target = assignment_target(assignment)
        note(assignment.tenant_id, SYSTEM, "assignment.expired", target, details=details)
    guests = GovernedGuest.objects.in_scope(scope).filter(user_id=assignment.user_id)
    guests.filter(removed_at__isnull=True).update(attend_at=clock.now())


def _next_look(assignment: Assignment) -> datetime | None:
    """The next instant at which something is to be told; None when nothing ever will be."""
    now, ends_at = clock.now(), assignment.ends_at
    if ends_at is not None and ends_at <= now:
        return None
    looks = [assignment.starts_at]
    if ends_at is not None:
        looks += [ends_at - before for before in _leads(assignment)] + [ends_at]
    later = [at for at in looks if at > now]
    # Access without an end may be ended by somebody, and is found by that end: it stays attended.
    return min(later, default=NEVER)


def _leads(assignment: Assignment) -> list[timedelta]:
    """The reminders that fit: nobody is told on their first day that a day's access ends within two weeks."""
    if assignment.ends_at is None:
        return []
    lasts = assignment.ends_at - assignment.starts_at
    return [before for before in REMINDERS if before < lasts]


def _can_extend(assignment: Assignment) -> bool:
    if assignment.account is None or not assignment.policy.allows_extension:
        return False
    return is_offered(assignment.account, assignment.policy)
