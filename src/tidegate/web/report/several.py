"""The reports of several customers in one list: a row each, a page at a time."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.customers.levels import levels_for_person
from tidegate.customers.reckoning import Step
from tidegate.directory.models import User
from tidegate.incidents.reporting.answers import Answered, StepTimes, measure, read_answered
from tidegate.incidents.reporting.sums import count_alerts, count_open_at_by_tenant
from tidegate.web import frame as fr
from tidegate.web.links import tenant_link
from tidegate.web.many_visit import ManyVisit
from tidegate.web.overview import to_counts
from tidegate.web.plots.model import SeverityCounts
from tidegate.web.report.figures import count_by_severity
from tidegate.web.report.period import Period

PAGE: Final = 50
CSV_HEAD: Final = (
    *("tenant", "tenant_id", "from", "to", "service_level", "incidents", "high", "medium", "low"),
    *("informational", "alerts", "open_at_end", "acknowledge_median_seconds", "acknowledge_percent_within"),
    *("resolve_median_seconds", "resolve_percent_within", "missed"),
)


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One customer's figures. `alerts` is None where they may not be read; `level` is the level's name."""

    badge: fr.TenantBadge
    url: str
    level: str
    incidents: SeverityCounts
    alerts: int | None
    open_at_end: int
    acknowledge: StepTimes
    resolve: StepTimes

    @property
    def missed(self) -> int:
        """How often a time was missed."""
        return self.acknowledge.missed + self.resolve.missed


def list_customers(visit: ManyVisit, users: Sequence[User], period: Period) -> list[CustomerLine]:
    """The lines of these customers. Five statements, however many."""
    ids = [user.tenant_id for user in users]
    answered: dict[uuid.UUID, list[Answered]] = {}
    for one in read_answered(visit.scope, period.since, period.until, ids):
        answered.setdefault(one.tenant_id, []).append(one)
    readable = visit.held_in(Permission.ALERT_READ, ids)
    alerts = count_alerts(visit.scope_of(Permission.ALERT_READ), period.since, period.until, ids)
    is_open = count_open_at_by_tenant(visit.scope, period.end, ids)
    actor, now = visit.actor, clock.now()
    levels = levels_for_person(actor.account_id, actor.home_tenant_id, ids)
    lines = []
    for user in users:
        of_tenant, level = answered.get(user.tenant_id, []), levels.get(user.tenant_id)
        times = measure(of_tenant, level, now)
        url = tenant_link("report", str(user.tenant_id), **period.given)
        lines.append(
            CustomerLine(
                badge=fr.tenant_badge(
                    user.tenant_id, user.tenant.display_name, fr.Relation(user.user_type), url
                ),
                url=url,
                level=level.name if level else "",
                incidents=to_counts(count_by_severity(of_tenant)),
                alerts=sum(alerts.get(user.tenant_id, {}).values()) if user.tenant_id in readable else None,
                open_at_end=is_open.get(user.tenant_id, 0),
                acknowledge=times.total[Step.ACKNOWLEDGE],
                resolve=times.total[Step.RESOLVE],
            )
        )
    return lines


def csv_rows(visit: ManyVisit, period: Period) -> Iterator[tuple[object, ...]]:
    """The lines of every customer as rows of a file, a page of them in memory at a time."""
    start, users = 0, visit.readable_users()
    while some := list(users[start : start + PAGE]):
        for line in list_customers(visit, some, period):
            yield _csv_row(line, period)
        start += PAGE


def _csv_row(line: CustomerLine, period: Period) -> tuple[object, ...]:
    return (
        *(line.badge.display_name, line.badge.tenant_id, period.first, period.last, line.level),
        *(line.incidents.total, *(number for _name, number in line.incidents.parts())),
        *(line.alerts, line.open_at_end, line.acknowledge.median, line.acknowledge.percent),
        *(line.resolve.median, line.resolve.percent, line.missed),
    )
