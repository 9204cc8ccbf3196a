"""Guests whom an assignment brought in: blocked, kept, removed, and left alone where somebody decided."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from tests.cast import NOW, Cast, days, join_as_guest
from tests.entitlements.lives import END, MINUTE, ask, boss, events, governed, work
from tests.entitlements.offering import YEAR, by_user, offer_to_provider
from tidegate.audit.models import AuditEvent
from tidegate.core.clock import standing_at
from tidegate.core.errors import NotFound
from tidegate.directory.actions.groups import add_member
from tidegate.directory.actions.users import block_user, change_end, unblock_user
from tidegate.directory.models import EmergencyStop, User
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.actions.assignments import remove_assignment
from tidegate.entitlements.actions.guests import attend_guest
from tidegate.entitlements.actions.requests import give_up
from tidegate.entitlements.models import (
    Assignment,
    AssignmentPolicy,
    GovernedGuest,
)
from tidegate.entitlements.offers import list_offers
from tidegate.entitlements.rules import ExpirationRule, StageRule
from tidegate.entitlements.words import ExpirationType
from tidegate.gate.opening import open as open_gate

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def policy(cast: Cast) -> AssignmentPolicy:
    return offer_to_provider(cast)


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
