"""Work that time makes due. A job finds what is due over all tenants by an index, a little at a time.

Each piece is an action of its own tenant that looks again under a lock, so any number of workers may run,
and run twice. Nobody's access waits for any of this.
"""

import logging
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

from tidegate.core import clock
from tidegate.entitlements.actions.approvals import deny_overdue
from tidegate.entitlements.actions.guests import attend_guest
from tidegate.entitlements.actions.lifecycle import attend_assignment, call_alternates
from tidegate.entitlements.actions.review_rounds import begin_review
from tidegate.entitlements.actions.reviews import apply_review
from tidegate.entitlements.models import AccessReview, Assignment, GovernedGuest, RequestStage
from tidegate.entitlements.rounds import due_policies
from tidegate.entitlements.words import RequestState, ReviewState, StageState

_log = logging.getLogger(__name__)

AT_ONCE: Final = 50
PAUSE_AFTER_FAULT: Final = timedelta(hours=1)

type Found = tuple[uuid.UUID, uuid.UUID]
type Action = Callable[[uuid.UUID, uuid.UUID], object]
type Postpone = Callable[[Found, datetime], None]


def attend_assignments() -> bool:
    """Remind of ends, tell of ends, mark requests delivered whose start has come."""
    now, rows = clock.now(), Assignment.objects.across_tenants().filter(attend_at__isnull=False)
    # Two questions, for each has its index; the second finds ends that somebody brought forward.
    due = rows.filter(attend_at__lte=now).order_by("attend_at")
    over = rows.filter(ends_at__lte=now, attend_at__gt=now).order_by("ends_at")
    looked_at = _each(due.values_list("tenant_id", "id"), attend_assignment, _postpone_assignment)
    return _each(over.values_list("tenant_id", "id"), attend_assignment) or looked_at


def attend_guests() -> bool:
    """Block, and later remove, guests whom no assignment keeps any more."""
    rows = GovernedGuest.objects.across_tenants().filter(attend_at__lte=clock.now()).order_by("attend_at")
    return _each(rows.values_list("tenant_id", "id"), attend_guest, _postpone_guest)


def deny_overdue_requests() -> bool:
    """Deny requests whose stage nobody decided in time."""
    rows = _open_stages().filter(expires_at__lte=clock.now()).order_by("expires_at")
    return _each(rows.values_list("tenant_id", "request_id"), deny_overdue)


def call_waiting_alternates() -> bool:
    """Tell alternates of stages that the first approvers have left undecided."""
    rows = _open_stages().filter(alternates_told_at__isnull=True, escalates_at__lte=clock.now())
    return _each(rows.order_by("escalates_at").values_list("tenant_id", "id"), call_alternates)


def begin_due_reviews() -> bool:
    """Begin the rounds of reviews whose start has come."""
    return _each(due_policies(clock.now()), begin_review)


def apply_ended_reviews() -> bool:
    """Do what the rounds say whose time to answer is over."""
    rows = AccessReview.objects.across_tenants().filter(
        state=ReviewState.IN_PROGRESS, ends_at__lte=clock.now()
    )
    return _each(rows.order_by("ends_at").values_list("tenant_id", "id"), apply_review)


def _open_stages() -> QuerySet[RequestStage]:
    return RequestStage.objects.across_tenants().filter(
        state=StageState.IN_PROGRESS, request__state=RequestState.PENDING_APPROVAL
    )


def _each(found: Iterable[Found], act: Action, postpone: Postpone | None = None) -> bool:
    """Do each piece; whether any was done. A fault in one keeps none of the others waiting."""
    rows = list(found[:AT_ONCE] if isinstance(found, QuerySet) else found)
    done = False
    for row in rows:
        try:
            done = bool(act(*row)) or done
        except (OperationalError, InterfaceError):
            # The database went away, or a lock was not had in time: all of it is found again.
            raise
        except Exception:  # noqa: BLE001  whatever it was
            _log.exception("%s of %s in %s failed", getattr(act, "__name__", act), row[1], row[0])
            if postpone is not None:
                postpone(row, clock.now() + PAUSE_AFTER_FAULT)
    return done


def _postpone_assignment(row: Found, until: datetime) -> None:
    Assignment.objects.of_tenant(row[0]).filter(id=row[1]).update(attend_at=until)


def _postpone_guest(row: Found, until: datetime) -> None:
    GovernedGuest.objects.of_tenant(row[0]).filter(id=row[1]).update(attend_at=until)
