"""What time does to access and to the guests it brought in; told once, whoever runs it how often."""

from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from tests.cast import NOW, Cast, days, join_as_guest
from tests.entitlements.offering import YEAR, by_user, offer_to_provider
from tidegate.audit.models import AuditEvent
from tidegate.core.clock import standing_at
from tidegate.core.errors import NotFound
from tidegate.core.worker import Job, run_pending
from tidegate.directory.actions.groups import add_member
from tidegate.directory.actions.users import block_user, change_end, unblock_user
from tidegate.directory.models import EmergencyStop, User
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.actions.assignments import remove_assignment
from tidegate.entitlements.actions.guests import attend_guest
from tidegate.entitlements.actions.lifecycle import attend_assignment
from tidegate.entitlements.actions.requests import give_up, request_access, request_extension
from tidegate.entitlements.jobs import (
    attend_assignments,
    attend_guests,
    call_waiting_alternates,
    deny_overdue_requests,
)
from tidegate.entitlements.models import (
    Assignment,
    AssignmentPolicy,
    AssignmentRequest,
    GovernedGuest,
    Notice,
)
from tidegate.entitlements.offers import list_offers
from tidegate.entitlements.rules import ExpirationRule, StageRule
from tidegate.entitlements.words import ExpirationType, RequestState
from tidegate.gate.opening import open as open_gate

pytestmark = pytest.mark.usefixtures("now")

END = NOW + YEAR
MINUTE = timedelta(minutes=1)


@pytest.fixture
def policy(cast: Cast) -> AssignmentPolicy:
    return offer_to_provider(cast)


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


def test_a_guest_is_blocked_after_the_last_access_and_removed_after_thirty_days(
    cast: Cast, policy: AssignmentPolicy
) -> None:
    ask(cast, "boss", policy)
    work(END - MINUTE)
    assert boss(cast).blocked_at is None
    work(END + MINUTE)
    assert boss(cast).blocked_at == governed(cast).blocked_at == END + MINUTE
    work(END + days(30))
    assert boss(cast).removed_at is None
    work(END + days(30) + MINUTE)
    removed = User.objects.of_tenant(cast.customer.id).get(account=cast.accounts["boss"])
    assert removed.removed_at == governed(cast).removed_at == END + days(30) + MINUTE
    tags = ("assignment.expired", "user.last_access_ended", "user.blocked", "user.removed")
    assert [[event.actor_name for event in events(cast, tag)] for tag in tags] == [["Tidegate"]] * 4
    work(END + days(100))
    assert [len(events(cast, tag)) for tag in tags] == [1, 1, 1, 1]


def test_nobody_enters_while_no_job_has_run(cast: Cast, policy: AssignmentPolicy) -> None:
    ask(cast, "boss", policy)
    with standing_at(END - timedelta(microseconds=1)):
        open_gate(cast.actor("boss"), str(cast.customer.id))
    with standing_at(END), pytest.raises(NotFound):
        open_gate(cast.actor("boss"), str(cast.customer.id))


@pytest.mark.parametrize("way", ["gives up", "is removed by an administrator"])
def test_a_guest_whose_access_somebody_ends_is_blocked_at_once(
    cast: Cast, policy: AssignmentPolicy, way: str
) -> None:
    ask(cast, "boss", policy)
    work(NOW)
    row = Assignment.objects.of_tenant(cast.customer.id).get()
    with standing_at(NOW + days(5)):
        if way == "gives up":
            give_up(cast.actor("boss"), row.tenant_id, row.id)
        else:
            remove_assignment(cast.enter("admin"), row.id, justification="No longer on the team.")
    work(NOW + days(5) + MINUTE)
    assert boss(cast).blocked_at == NOW + days(5) + MINUTE
    assert events(cast, "assignment.expired") == []


def test_an_endless_access_that_somebody_ends_is_seen_as_well(cast: Cast) -> None:
    rule = ExpirationRule(ExpirationType.NO_EXPIRATION, reason="Agreed.")
    ask(cast, "boss", offer_to_provider(cast, expiration=rule))
    work(NOW)
    row = Assignment.objects.of_tenant(cast.customer.id).get()
    with standing_at(NOW + days(5)):
        give_up(cast.actor("boss"), row.tenant_id, row.id)
    work(NOW + days(5) + MINUTE)
    assert boss(cast).blocked_at == NOW + days(5) + MINUTE


def test_a_guest_with_other_access_stays(cast: Cast, policy: AssignmentPolicy) -> None:
    short = ExpirationRule(ExpirationType.AFTER_DURATION, days(20))
    ask(cast, "boss", offer_to_provider(cast, name="Short", expiration=short))
    ask(cast, "boss", policy)
    work(NOW + days(21))
    assert boss(cast).blocked_at is None
    work(END + MINUTE)
    assert boss(cast).blocked_at == END + MINUTE


def test_a_guest_invited_by_hand_is_left_alone(cast: Cast, policy: AssignmentPolicy) -> None:
    before = cast.user("helper")
    ask(cast, "helper", policy)
    work(END + MINUTE)
    work(END + days(60))
    after = cast.user("helper")
    assert (after.blocked_at, after.removed_at, after.ends_at) == (None, None, before.ends_at)
    assert not GovernedGuest.objects.of_tenant(cast.customer.id).exists()


def test_a_guest_who_was_given_time_by_hand_is_left_alone_until_it_ends(
    cast: Cast, policy: AssignmentPolicy
) -> None:
    ask(cast, "boss", policy)
    with standing_at(END + MINUTE):
        change_end(cast.enter("admin"), boss(cast).id, ends_at=END + days(90))
    work(END + 2 * MINUTE)
    work(END + days(60))
    assert boss(cast).blocked_at is None
    work(END + days(92))
    assert boss(cast).blocked_at == END + days(92)


def test_a_guest_put_in_a_group_by_hand_is_left_alone(cast: Cast, policy: AssignmentPolicy) -> None:
    ask(cast, "boss", policy)
    with standing_at(NOW + days(1)):
        add_member(cast.enter("admin"), cast.group("Tier 1").id, boss(cast).id)
    work(END + MINUTE)
    work(END + days(60))
    assert (boss(cast).blocked_at, governed(cast).removed_at) == (None, None)


def test_a_guest_blocked_by_the_clock_may_ask_again(cast: Cast, policy: AssignmentPolicy) -> None:
    ask(cast, "boss", policy)
    work(END + MINUTE)
    with standing_at(END + days(3)):
        assert [offer.package.id for offer in list_offers(cast.actor("boss"))] == [policy.package_id]
        ask(cast, "boss", policy)
        open_gate(cast.actor("boss"), str(cast.customer.id))
    work(END + days(60))
    assert (boss(cast).blocked_at, governed(cast).removed_at) == (None, None)
    work(END + days(3) + YEAR + MINUTE)
    assert boss(cast).blocked_at is not None


def test_a_guest_blocked_by_an_administrator_may_not_ask_again_and_is_not_removed(
    cast: Cast, policy: AssignmentPolicy
) -> None:
    ask(cast, "boss", policy)
    with standing_at(NOW + days(2)):
        block_user(cast.enter("admin"), boss(cast).id)
    work(END + MINUTE)
    work(END + days(60))
    assert (boss(cast).blocked_at, governed(cast).blocked_at) == (NOW + days(2), None)
    with standing_at(END + days(60)):
        assert list_offers(cast.actor("boss")) == []


def test_an_administrator_who_blocks_again_takes_back_the_leave_to_ask(
    cast: Cast, policy: AssignmentPolicy
) -> None:
    ask(cast, "boss", policy)
    work(END + MINUTE)
    with standing_at(END + days(2)):
        unblock_user(cast.enter("admin"), boss(cast).id)
        block_user(cast.enter("admin"), boss(cast).id)
    work(END + days(2) + MINUTE)
    work(END + days(60))
    assert (boss(cast).removed_at, governed(cast).blocked_at) == (None, None)
    with standing_at(END + days(60)):
        assert list_offers(cast.actor("boss")) == []


def test_a_guest_who_is_stopped_is_kept_so_that_the_stop_keeps_its_name(
    cast: Cast, policy: AssignmentPolicy
) -> None:
    ask(cast, "boss", policy)
    EmergencyStop.rows.create(
        tenant_id=cast.customer.id,
        covers="guest",
        user_id=boss(cast).id,
        name="Boss",
        reason="Under inquiry.",
        started_at=NOW,
        started_by="Admin",
    )
    work(END + MINUTE)
    work(END + days(60))
    assert boss(cast).removed_at is None


def test_a_guest_who_asks_is_not_removed_while_the_request_is_open(cast: Cast) -> None:
    stage = StageRule((by_user(cast.user("member")),))
    policy = offer_to_provider(cast, stages=(stage,))
    first = ask(cast, "boss", policy)
    with standing_at(NOW + MINUTE):
        decide(cast.actor("member"), policy.tenant_id, first.id, approves=True, justification="Agreed.")
    work(END + days(1))
    with standing_at(END + days(28)):
        again = ask(cast, "boss", policy)
    work(END + days(33))
    assert boss(cast).removed_at is None
    with standing_at(END + days(34)):
        decide(cast.actor("member"), policy.tenant_id, again.id, approves=True, justification="Agreed.")
        open_gate(cast.actor("boss"), str(cast.customer.id))


@pytest.mark.parametrize(("blocked", "kept"), [(True, 0), (False, 0), (False, 7), (True, 7)])
def test_the_operator_decides_whether_guests_are_blocked_and_how_long_they_are_kept(
    cast: Cast,
    policy: AssignmentPolicy,
    settings: Settings,
    blocked: bool,  # noqa: FBT001
    kept: int,
) -> None:
    settings.GUEST_BLOCKED, settings.GUEST_KEPT_DAYS = blocked, kept
    ask(cast, "boss", policy)
    work(END)
    guest = User.objects.of_tenant(cast.customer.id).get(account=cast.accounts["boss"])
    assert (guest.blocked_at is not None, guest.removed_at is not None) == (blocked, kept == 0)
    work(END + days(kept))
    guest.refresh_from_db()
    assert guest.removed_at == END + days(kept)


def test_a_removed_guest_comes_back_as_somebody_new(cast: Cast, policy: AssignmentPolicy) -> None:
    ask(cast, "boss", policy)
    work(END)
    first = boss(cast).id
    work(END + days(30))
    with standing_at(END + days(31)):
        ask(cast, "boss", policy)
        assert boss(cast).id != first


def test_a_guest_removed_by_hand_is_done_with(cast: Cast, policy: AssignmentPolicy) -> None:
    ask(cast, "boss", policy)
    User.objects.of_tenant(cast.customer.id).filter(id=boss(cast).id).update(removed_at=NOW + days(4))
    work(END + MINUTE)
    work(END + days(60))
    assert (governed(cast).removed_at, governed(cast).attend_at) == (NOW + days(4), None)
    assert events(cast, "user.removed") == []


def test_a_guest_is_attended_in_their_own_tenant_alone(cast: Cast, policy: AssignmentPolicy) -> None:
    scope = cast.enter("outsider", cast.other)
    elsewhere = join_as_guest(scope, cast.accounts["boss"])
    ask(cast, "boss", policy)
    work(END + MINUTE)
    work(END + days(60))
    elsewhere.refresh_from_db()
    assert (elsewhere.blocked_at, elsewhere.removed_at) == (None, None)
    assert (
        not AuditEvent.objects.across_tenants().filter(tenant_id=cast.other.id, tag="user.blocked").exists()
    )
    with standing_at(END + days(90)):
        assert attend_guest(cast.other.id, governed(cast).id) is False


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
