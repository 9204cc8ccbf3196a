"""What time does to access and to the guests it brought in; told once, whoever runs it how often."""

from datetime import timedelta

import pytest

from tests.cast import NOW, Cast, days
from tests.entitlements.lives import END, MINUTE, ask, boss, events, told, work
from tests.entitlements.offering import YEAR, by_user, offer_to_provider
from tidegate.core.clock import standing_at
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.actions.lifecycle import attend_assignment
from tidegate.entitlements.actions.requests import request_extension
from tidegate.entitlements.mailing import write_mail
from tidegate.entitlements.models import (
    Assignment,
    AssignmentPolicy,
    Notice,
)
from tidegate.entitlements.rules import ExpirationRule, StageRule
from tidegate.entitlements.words import ExpirationType, RequestState

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def policy(cast: Cast) -> AssignmentPolicy:
    return offer_to_provider(cast)


def test_a_holder_is_reminded_two_weeks_and_a_day_before_the_end_and_told_of_it(
    cast: Cast, policy: AssignmentPolicy
) -> None:
    ask(cast, "boss", policy)
    steps = [
        (NOW, 0),
        (END - days(14) - MINUTE, 0),
        (END - days(14), 1),
        (END - days(13), 1),
        (END - days(1) - MINUTE, 1),
        (END - days(1), 2),
        (END - MINUTE, 2),
        (END, 3),
        (END + days(2), 3),
    ]
    for at, number in steps:
        work(at)
        assert len(told(cast, "access_ends_soon", "access_ended")) == number, at
    assert told(cast, "access_ends_soon", "access_ended") == [
        ("access_ends_soon", "boss@provider.example"),
        ("access_ends_soon", "boss@provider.example"),
        ("access_ended", "boss@provider.example"),
    ]
    assert [event.actor_name for event in events(cast, "assignment.expired")] == ["Tidegate"]


def test_jobs_that_run_again_or_at_once_change_nothing_more(cast: Cast, policy: AssignmentPolicy) -> None:
    ask(cast, "boss", policy)
    row = Assignment.objects.of_tenant(cast.customer.id).get()
    for at in (END - days(14), END):
        with standing_at(at):
            assert attend_assignment(row.tenant_id, row.id) is True
            assert attend_assignment(row.tenant_id, row.id) is False
            # As if the worker had died before it kept that it was done.
            Assignment.objects.of_tenant(row.tenant_id).update(attend_at=at)
            assert attend_assignment(row.tenant_id, row.id) is True
    assert len(told(cast, "access_ends_soon", "access_ended")) == 2


def test_after_a_pause_of_the_worker_one_reminder_is_enough(cast: Cast, policy: AssignmentPolicy) -> None:
    ask(cast, "boss", policy)
    work(END - timedelta(hours=3))
    assert told(cast, "access_ends_soon") == [("access_ends_soon", "boss@provider.example")]


def test_after_a_pause_over_the_end_only_the_end_is_told(cast: Cast, policy: AssignmentPolicy) -> None:
    ask(cast, "boss", policy)
    work(END + days(1))
    assert told(cast, "access_ends_soon", "access_ended") == [("access_ended", "boss@provider.example")]


@pytest.mark.parametrize(
    ("lasts", "reminders"),
    [(days(30), 2), (days(14), 1), (days(2), 1), (days(1), 0), (timedelta(hours=1), 0)],
)
def test_only_reminders_that_fit_into_the_time_are_sent(cast: Cast, lasts: timedelta, reminders: int) -> None:
    rule = ExpirationRule(ExpirationType.AFTER_DURATION, lasts)
    ask(cast, "boss", offer_to_provider(cast, expiration=rule))
    at = NOW
    while at < NOW + lasts:
        work(at)
        at += timedelta(minutes=30) if lasts <= days(1) else timedelta(hours=12)
    assert len(told(cast, "access_ends_soon")) == reminders


def test_whoever_extends_is_reminded_of_the_new_end(cast: Cast, policy: AssignmentPolicy) -> None:
    ask(cast, "boss", policy)
    row = Assignment.objects.of_tenant(cast.customer.id).get()
    work(END - days(14))
    with standing_at(END - days(10)):
        request_extension(cast.actor("boss"), row.tenant_id, row.id)
    work(END)
    assert told(cast, "access_ended") == []
    work(END - days(10) + YEAR - days(14))
    assert len(told(cast, "access_ends_soon")) == 2


def test_a_reminder_says_whether_it_can_be_extended(cast: Cast) -> None:
    fixed = offer_to_provider(cast, name="Fixed", allows_extension=False)
    free = offer_to_provider(cast, name="Free")
    closed = offer_to_provider(cast, name="Closed")
    for one in (fixed, free, closed):
        ask(cast, "boss", one)
    AssignmentPolicy.objects.of_tenant(closed.tenant_id).filter(id=closed.id).update(accepts_requests=False)
    work(END - days(14))
    notices = Notice.objects.of_tenant(cast.customer.id).filter(kind="access_ends_soon")
    assert {one.values["package"]: one.values["can_extend"] for one in notices} == {
        "Fixed": False,
        "Free": True,
        "Closed": False,
    }


def test_access_without_an_end_is_never_reminded_of(cast: Cast) -> None:
    rule = ExpirationRule(ExpirationType.NO_EXPIRATION, reason="Agreed.")
    ask(cast, "boss", offer_to_provider(cast, expiration=rule))
    for years in range(1, 20, 6):
        work(NOW + YEAR * years)
    assert told(cast, "access_ends_soon", "access_ended") == []
    assert boss(cast).blocked_at is None


def test_a_request_for_later_is_delivered_when_its_start_has_come(
    cast: Cast, policy: AssignmentPolicy
) -> None:
    request = ask(cast, "boss", policy, starts_at=NOW + days(3))
    work(NOW + days(3) - MINUTE)
    request.refresh_from_db()
    assert request.state == RequestState.SCHEDULED
    work(NOW + days(3))
    request.refresh_from_db()
    assert (request.state, request.completed_at) == (RequestState.DELIVERED, NOW + days(3))


def test_who_is_let_in_later_is_told_when_it_is_approved_and_when_it_begins(cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(StageRule((by_user(cast.user("admin")),)),))
    request = ask(cast, "boss", policy, starts_at=NOW + days(3))
    kinds = ("request_approved", "access_given")
    decide(cast.actor("admin"), cast.customer.id, request.id, approves=True, justification="Agreed")
    assert told(cast, *kinds) == [("request_approved", "boss@provider.example")]
    mail = write_mail(Notice.rows.select_related("tenant").get(kind="request_approved"))
    assert "Admin approved your request for “Tier 2 access” in Delta Mills." in mail.body
    assert "It begins on 13 March 2026, 09:00 UTC" in mail.body
    for at in (NOW + days(3), NOW + days(4)):
        work(at)
    assert told(cast, *kinds) == [
        ("request_approved", "boss@provider.example"),
        ("access_given", "boss@provider.example"),
    ]


def test_a_stage_that_nobody_decides_calls_its_alternates_once_and_is_then_denied(cast: Cast) -> None:
    approvers = (by_user(cast.user("member")), by_user(cast.user("admin"), is_alternate=True))
    stage = StageRule(approvers, time_limit=days(14), escalate_after=days(3))
    request = ask(cast, "boss", offer_to_provider(cast, stages=(stage,)))
    work(NOW + days(3) - MINUTE)
    assert told(cast, "approval_escalated") == []
    work(NOW + days(3))
    work(NOW + days(4))
    assert told(cast, "approval_escalated") == [("approval_escalated", "admin@customer.example")]
    work(NOW + days(14) - MINUTE)
    request.refresh_from_db()
    assert request.state == RequestState.PENDING_APPROVAL
    work(NOW + days(14))
    request.refresh_from_db()
    assert (request.state, request.status) == (RequestState.DENIED, "Expired")
    assert told(cast, "request_expired") == [("request_expired", "boss@provider.example")]
