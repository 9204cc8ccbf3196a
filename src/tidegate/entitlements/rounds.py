"""When rounds of reviews begin: counted in calendar months from the first, so that no round drifts."""

import calendar
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from django.db.models import Exists, OuterRef

from tidegate.entitlements.models import AccessReview, AssignmentPolicy
from tidegate.entitlements.rules import ReviewRule
from tidegate.entitlements.words import ReviewState

READ_AT_ONCE: Final = 500


def add_months(at: datetime, months: int) -> datetime:
    """The same day and time of day (in UTC) so many months later; the month's last day where it has no such.

    Counted from 31 January, one month later is the last of February and two later is 31 March.
    """
    at = at.astimezone(UTC)
    years, month = divmod(at.month - 1 + months, 12)
    year = at.year + years
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)


def latest_start(rule: ReviewRule, at: datetime) -> datetime | None:
    """The start of the last round that is not later than an instant; None before the first."""
    if at < rule.starts_at:
        return None
    if rule.every_months < 1:
        return add_months(rule.starts_at, 0)
    first, at = rule.starts_at.astimezone(UTC), at.astimezone(UTC)
    months = (at.year - first.year) * 12 + at.month - first.month
    rounds = months // rule.every_months
    # Within the month of a round its day may still be ahead.
    start = add_months(first, rounds * rule.every_months)
    return start if start <= at else add_months(first, (rounds - 1) * rule.every_months)


def next_start(rule: ReviewRule, at: datetime) -> datetime | None:
    """The start of the first round later than an instant; None when there is none."""
    latest = latest_start(rule, at)
    if latest is None:
        return add_months(rule.starts_at, 0)
    if rule.every_months < 1:
        return None
    first = rule.starts_at.astimezone(UTC)
    months = (latest.year - first.year) * 12 + latest.month - first.month
    return add_months(first, months + rule.every_months)


def due_start(policy: AssignmentPolicy, at: datetime) -> datetime | None:
    """The start of the round that is to be begun under a policy; None when it has been, or there is none.

    Of rounds that were missed only the last is held.
    """
    rule = policy.review
    start = latest_start(rule, at) if rule is not None else None
    if start is None or (policy.last_review_at is not None and policy.last_review_at >= start):
        return None
    return start


def due_policies(at: datetime) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
    """The (tenant id, id) of policies under which a round is to be begun; not while another goes on.

    The schedule stands inside of the rule, so this reads every policy in force, some columns of it, by
    and by; looked for every few minutes, that is cheap.
    """
    going_on = AccessReview.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"), policy_id=OuterRef("id"), state=ReviewState.IN_PROGRESS
    )
    rows = AssignmentPolicy.objects.across_tenants().filter(~Exists(going_on), removed_at__isnull=True)
    some = rows.only("tenant", "id", "review_json", "last_review_at")
    for policy in some.iterator(chunk_size=READ_AT_ONCE):
        if policy.review_json and due_start(policy, at) is not None:
            yield policy.tenant_id, policy.id
