"""A guest's life in any order of events, against a model of a few lines: who is blocked, removed, kept.

The jobs run late, twice, or not for weeks; whatever they find, nobody who holds access is touched, and
nobody whom no assignment and no person keeps stays for longer than the time allows.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.cast import Cast, make_cast
from tests.entitlements.offering import offer_to_provider
from tidegate.audit.models import AuditEvent
from tidegate.core.clock import standing_at
from tidegate.core.errors import NotFound
from tidegate.core.worker import Job, run_pending
from tidegate.directory.actions.groups import add_member, remove_member
from tidegate.directory.actions.users import block_user, unblock_user
from tidegate.directory.models import GroupMembership, User
from tidegate.entitlements.actions.requests import give_up, request_access
from tidegate.entitlements.jobs import attend_assignments, attend_guests
from tidegate.entitlements.models import Assignment, GovernedGuest
from tidegate.entitlements.rules import ExpirationRule
from tidegate.entitlements.words import ExpirationType
from tidegate.gate.opening import open as open_gate

BEGIN: Final = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
LASTS: Final = timedelta(days=20)
KEPT: Final = timedelta(days=30)


class Life(RuleBasedStateMachine):
    """See the module. `until` is the end of what the model says that Boss holds."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint_create()
        self.now = self.until = self.changed_at = BEGIN
        self.is_blocked_by_hand = False
        self.cast: Cast = make_cast()
        with standing_at(self.now):
            rule_of_end = ExpirationRule(ExpirationType.AFTER_DURATION, LASTS)
            self.policy = offer_to_provider(self.cast, expiration=rule_of_end)
            request_access(
                self.cast.actor("helper"), self.policy.tenant_id, self.policy.package_id, self.policy.id
            )

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    @property
    def holds(self) -> bool:
        return self.now < self.until

    def present(self) -> User | None:
        users = User.objects.of_tenant(self.cast.customer.id).present()
        return users.filter(account=self.cast.accounts["boss"]).first()

    def by_hand(self) -> GroupMembership | None:
        user = self.present()
        rows = GroupMembership.objects.of_tenant(self.cast.customer.id).filter(
            group_id=self.cast.group("Tier 1").id
        )
        return rows.filter(user_id=user.id).exclude(ends_at__lte=self.now).first() if user else None

    @rule(hours=st.sampled_from([1, 23, 24, 24 * 7, 24 * 29, 24 * 31]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def wait_for_the_end(self) -> None:
        self.now = max(self.now, self.until)

    @precondition(lambda self: not self.holds)
    @rule()
    def ask(self) -> None:
        actor, policy = self.cast.actor("boss"), self.policy
        with standing_at(self.now):
            try:
                request_access(actor, policy.tenant_id, policy.package_id, policy.id)
            except NotFound:
                # A block by hand takes the leave to ask, once the jobs have seen it at the latest.
                assert self.is_blocked_by_hand
                return
        self.until = self.now + LASTS
        self.is_blocked_by_hand = False

    @precondition(lambda self: self.holds)
    @rule()
    def give_up(self) -> None:
        rows = Assignment.objects.of_tenant(self.cast.customer.id).filter(ends_at=self.until)
        row = rows.get(account=self.cast.accounts["boss"])
        with standing_at(self.now):
            give_up(self.cast.actor("boss"), row.tenant_id, row.id)
        self.until = self.now

    @precondition(lambda self: self.present() is not None)
    @rule()
    def block_or_unblock(self) -> None:
        user = self.present()
        assert user is not None
        with standing_at(self.now):
            scope = self.cast.enter("admin")
            if user.blocked_at:
                unblock_user(scope, user.id)
            else:
                block_user(scope, user.id)
        self.is_blocked_by_hand, self.changed_at = user.blocked_at is None, self.now

    @precondition(lambda self: self.present() is not None)
    @rule()
    def put_in_a_group_or_take_out(self) -> None:
        membership, user = self.by_hand(), self.present()
        assert user is not None
        with standing_at(self.now):
            scope = self.cast.enter("admin")
            if membership is None:
                add_member(scope, self.cast.group("Tier 1").id, user.id)
            else:
                remove_member(scope, membership.id)
        self.changed_at = self.now

    @rule(again=st.booleans())
    def work(self, *, again: bool) -> None:
        jobs = [Job("a", attend_assignments), Job("g", attend_guests)]
        with standing_at(self.now):
            run_pending(jobs)
            before = AuditEvent.objects.across_tenants().count()
            if again:
                run_pending(jobs)
                assert AuditEvent.objects.across_tenants().count() == before
        self.check_after_work()

    def check_after_work(self) -> None:
        user = self.present()
        if user is None or self.holds or user.created_at > self.now:
            return
        governed = GovernedGuest.objects.of_tenant(user.tenant_id).get(user_id=user.id)
        assert governed.attend_at is not None
        assert self.now < governed.attend_at <= self.now + timedelta(days=1)
        if self.is_blocked_by_hand or self.by_hand():
            return
        # Looked at each day: whoever was kept and is no longer is blocked, or removed, a day later at most.
        due = self.changed_at if governed.blocked_at is None else governed.blocked_at + KEPT
        assert self.now < max(due, self.changed_at) + timedelta(days=1)

    @invariant()
    def whoever_holds_access_is_inside_unless_a_person_blocked_them(self) -> None:
        with standing_at(self.now):
            try:
                open_gate(self.cast.actor("boss"), str(self.cast.customer.id))
            except NotFound:
                assert not self.holds or self.is_blocked_by_hand
            else:
                assert self.holds
                assert not self.is_blocked_by_hand

    @invariant()
    def whom_a_person_keeps_the_clock_does_not_remove(self) -> None:
        removed = AuditEvent.objects.across_tenants().filter(tag="user.removed")
        gone = GovernedGuest.objects.of_tenant(self.cast.customer.id).filter(removed_at__isnull=False)
        assert removed.count() == gone.count()
        for governed in gone.select_related("user"):
            assert governed.blocked_at is not None
            assert governed.removed_at is not None
            assert governed.removed_at >= governed.blocked_at + KEPT

    @invariant()
    def a_guest_invited_by_hand_is_left_alone(self) -> None:
        helper = self.cast.user("helper")
        assert (helper.blocked_at, helper.removed_at) == (None, None)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_guests_life_in_any_order() -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            phases=[Phase.reuse, Phase.generate],
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
