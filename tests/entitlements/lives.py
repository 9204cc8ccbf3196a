"""Access and guests over time: what the jobs do about them, and what is told."""

from datetime import datetime, timedelta

from tests.cast import NOW, Cast
from tests.entitlements.offering import YEAR
from tidegate.audit.models import AuditEvent
from tidegate.core.clock import standing_at
from tidegate.core.worker import Job, run_pending
from tidegate.directory.models import User
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.jobs import (
    attend_assignments,
    attend_guests,
    call_waiting_alternates,
    deny_overdue_requests,
)
from tidegate.entitlements.models import (
    AssignmentPolicy,
    AssignmentRequest,
    GovernedGuest,
    Notice,
)

END = NOW + YEAR
MINUTE = timedelta(minutes=1)


def ask(cast: Cast, name: str, policy: AssignmentPolicy, **wishes: object) -> AssignmentRequest:
    return request_access(
        cast.actor(name),
        policy.tenant_id,
        policy.package_id,
        policy.id,
        **wishes,  # type: ignore[arg-type]
    )


def work(at: datetime) -> None:
    """Everything that is due at this moment, and all that follows from it."""
    jobs = (attend_assignments, attend_guests, deny_overdue_requests, call_waiting_alternates)
    with standing_at(at):
        run_pending([Job(job.__name__, job) for job in jobs])


def told(cast: Cast, *kinds: str) -> list[tuple[str, str]]:
    notices = Notice.objects.of_tenant(cast.customer.id).filter(kind__in=kinds).order_by("created_at", "id")
    return [(notice.kind, notice.email) for notice in notices]


def events(cast: Cast, tag: str) -> list[AuditEvent]:
    found = AuditEvent.objects.across_tenants().filter(tenant_id=cast.customer.id, tag=tag)
    return list(found.order_by("sequence"))


def boss(cast: Cast) -> User:
    users = User.objects.of_tenant(cast.customer.id).filter(account=cast.accounts["boss"])
    return users.order_by("-created_at").get(removed_at__isnull=True)


def governed(cast: Cast) -> GovernedGuest:
    return GovernedGuest.objects.of_tenant(cast.customer.id).get()
