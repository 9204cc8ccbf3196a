"""Everything that can happen to access, in any order, against a model of a few lines.

The model knows only who asked, who agreed and when; the gate must say the same at every instant. It
begins two days before clocks change in Europe, and time moves by hours, by days and onto exact ends.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import TracebackType
from typing import Any, Final

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.cast import GUESTS_END, Cast, make_cast
from tests.entitlements.offering import by_group, by_user, give_group, make_policy, offer_to_provider
from tidegate.audit.models import AuditEvent
from tidegate.audit.verify import verify_chain
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound, TidegateError
from tidegate.directory.actions.groups import create_group
from tidegate.directory.models import GroupMembership
from tidegate.directory.models.dated import in_force
from tidegate.entitlements.actions.approvals import decide, deny_overdue
from tidegate.entitlements.actions.assignments import remove_assignment
from tidegate.entitlements.actions.requests import cancel_request, give_up, request_access, request_extension
from tidegate.entitlements.models import Assignment, AssignmentRequest, ResourceRole
from tidegate.entitlements.rules import StageRule
from tidegate.entitlements.transitions import TRANSITIONS
from tidegate.entitlements.words import RequestState
from tidegate.gate.opening import open as open_gate

BEGIN: Final = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
LIMIT: Final = timedelta(days=3)
LONGEST: Final = timedelta(days=365)
ASKERS: Final = ("boss", "analyst", "lead")
DECIDERS: Final = ("admin", "lead", "analyst", "member", "outsider", "boss")
APPROVERS: Final = frozenset({"admin", "lead"})


@dataclass
class Held:
    """What the model knows of somebody's access."""

    starts_at: datetime
    ends_at: datetime
    row: Any

    def holds(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


@dataclass
class Open:
    """What the model knows of a request that waits."""

    request: AssignmentRequest
    due_at: datetime
    duration: timedelta
    extends: Held | None = None


class Access(RuleBasedStateMachine):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint_create()
        self.now = BEGIN
        self.cast: Cast = make_cast()
        self.held: dict[str, Held] = {}
        self.open: dict[str, Open] = {}
        with standing_at(self.now):
            scope = self.cast.enter("admin")
            self.group = create_group(scope, display_name="On call")
            approvers = (by_user(self.cast.user("admin")), by_group(self.cast.group("Tier 2")))
            self.policy = offer_to_provider(self.cast, stages=(StageRule(approvers, LIMIT),))
            ResourceRole.rows.filter(tenant=self.cast.customer).delete()
            give_group(self.policy.package, self.group)
            make_policy(self.policy.package)  # A second policy that names nobody changes nothing.

    def teardown(self) -> None:
        check_log(self.cast)
        transaction.savepoint_rollback(self.savepoint)

    @rule(hours=st.sampled_from([0.5, 1, 24, 71, 72, 24 * 30]))
    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @rule(early=st.booleans())
    def wait_for_the_next_end(self, *, early: bool) -> None:
        ends = [held.ends_at for held in self.held.values() if held.ends_at > self.now]
        ends += [waiting.due_at for waiting in self.open.values() if waiting.due_at > self.now]
        if ends:
            self.now = max(self.now, min(ends) - timedelta(microseconds=1 if early else 0))

    @rule(name=st.sampled_from(ASKERS), hours=st.sampled_from([8, 24 * 30, 24 * 365, 24 * 366]))
    def ask(self, name: str, hours: int) -> None:
        duration = timedelta(hours=hours)
        possible = self._may_ask(name) and duration <= LONGEST
        with self._expect(possible=possible):
            actor = self.cast.actor(name)
            made = request_access(
                actor, self.policy.tenant_id, self.policy.package_id, self.policy.id, duration=duration
            )
            self.open[name] = Open(made, self.now + LIMIT, duration)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), hours=st.sampled_from([2, 24 * 60, 24 * 365]))
    def extend(self, data: st.DataObject, hours: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.held)))
        held, duration = self.held[name], timedelta(hours=hours)
        longer = held.holds(self.now) and self.now + duration > held.ends_at
        with self._expect(possible=longer and name not in self.open):
            row = held.row
            made = request_extension(self.cast.actor(name), row.tenant_id, row.id, duration=duration)
            self.open[name] = Open(made, self.now + LIMIT, duration, held)

    @precondition(lambda self: self.open)
    @rule(
        data=st.data(),
        by=st.sampled_from(DECIDERS),
        approves=st.booleans(),
        shorter=st.none() | st.sampled_from([timedelta(hours=1), timedelta(days=400)]),
    )
    def answer(self, data: st.DataObject, by: str, *, approves: bool, shorter: timedelta | None) -> None:
        name = data.draw(st.sampled_from(sorted(self.open)))
        waiting = self.open[name]
        allowed = by in APPROVERS and by != name and self._can_enter(by) and self.now < waiting.due_at
        fits = not approves or shorter is None or shorter <= waiting.duration
        with self._expect(possible=allowed and fits):
            request = waiting.request
            request = decide(
                self.cast.actor(by),
                request.tenant_id,
                request.id,
                approves=approves,
                justification="Because",
                duration=shorter,
            )
            del self.open[name]
            if approves:
                self._take(name, request, waiting, min(shorter or waiting.duration, waiting.duration))

    @precondition(lambda self: self.open)
    @rule(data=st.data(), by=st.sampled_from(ASKERS))
    def cancel(self, data: st.DataObject, by: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.open)))
        waiting = self.open[name]
        with self._expect(possible=by == name):
            cancel_request(self.cast.actor(by), waiting.request.tenant_id, waiting.request.id)
            del self.open[name]

    @precondition(lambda self: self.held)
    @rule(data=st.data(), by=st.sampled_from(["admin", "self", "outsider", "reader"]))
    def end(self, data: st.DataObject, by: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.held)))
        held = self.held[name]
        with self._expect(possible=held.holds(self.now) and by in {"admin", "self"}):
            self._end(name, by, held)
            held.ends_at = self.now
            waiting = self.open.get(name)
            if waiting is not None and waiting.extends is held:
                del self.open[name]

    @rule()
    def run_the_job(self) -> None:
        with standing_at(self.now):
            for name, waiting in list(self.open.items()):
                overdue = waiting.due_at <= self.now
                assert deny_overdue(waiting.request.tenant_id, waiting.request.id) is overdue
                if overdue:
                    del self.open[name]

    @invariant()
    def the_gate_says_what_the_model_says(self) -> None:
        with standing_at(self.now):
            for name in ASKERS:
                assert self._opens(name) is self._can_enter(name), name
                assert self._is_on_call(name) is self._holds(name), name

    def _take(self, name: str, request: AssignmentRequest, waiting: Open, duration: timedelta) -> None:
        ends_at = self.now + duration
        if waiting.extends is not None:
            if not waiting.extends.holds(self.now) or ends_at <= waiting.extends.ends_at:
                assert request.state == RequestState.DELIVERY_FAILED
                return
            waiting.extends.ends_at = ends_at
        else:
            row = Assignment.objects.of_tenant(request.tenant_id).get(Q(id=request.assignment_id))
            self.held[name] = Held(self.now, ends_at, row)
        assert request.state == RequestState.DELIVERED

    def _end(self, name: str, by: str, held: Held) -> None:
        row = held.row
        if by == "self":
            give_up(self.cast.actor(name), row.tenant_id, row.id)
        elif by == "outsider":
            remove_assignment(self.cast.enter(by, self.cast.other), row.id)
        else:
            remove_assignment(self.cast.enter(by), row.id)

    def _may_ask(self, name: str) -> bool:
        return name not in self.open and not self._holds(name)

    def _holds(self, name: str) -> bool:
        return name in self.held and self.held[name].holds(self.now)

    def _can_enter(self, name: str) -> bool:
        if name in {"admin", "member", "reader"}:
            return True
        by_hand = name in {"analyst", "lead"} and self.now < GUESTS_END
        return by_hand or (name == "boss" and self._holds(name))

    def _opens(self, name: str) -> bool:
        try:
            open_gate(self.cast.actor(name), str(self.cast.customer.id))
        except NotFound:
            return False
        return True

    def _is_on_call(self, name: str) -> bool:
        members = GroupMembership.objects.of_tenant(self.cast.customer.id).filter(
            in_force(self.now), group_id=self.group.id, user__account=self.cast.accounts[name]
        )
        return members.exists()

    def _expect(self, *, possible: bool) -> "_Expected":
        return _Expected(self.now, possible=possible)


class _Expected:
    """Runs a step at a moment; what the model calls impossible must be refused, and nothing else."""

    def __init__(self, at: datetime, *, possible: bool) -> None:
        self.clock, self.possible = standing_at(at), possible

    def __enter__(self) -> None:
        self.clock.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.clock.__exit__(kind, error, trace)
        if error is None:
            assert self.possible, "This should have been refused."
            return False
        if not isinstance(error, TidegateError):
            return False
        assert isinstance(error, Conflict | Forbidden | InvalidInput | NotFound)
        assert not self.possible, f"This should have been possible: {error!r}"
        return True


def check_log(cast: Cast) -> None:
    """The chain holds, and each request's events are a way through the table of transitions."""
    assert verify_chain(cast.customer.id).faults == ()
    events = AuditEvent.objects.of_tenant(cast.customer.id).filter(target_type="access_request")
    ways: dict[str, list[AuditEvent]] = {}
    for event in events.order_by("sequence"):
        ways.setdefault(event.target_id, []).append(event)
    words = {state.name.lower(): state for state in RequestState}
    for way in ways.values():
        states = [words[event.tag.split(".")[1]] for event in way if event.tag.startswith("access_request.")]
        assert states[0] == RequestState.SUBMITTED
        for before, after in pairwise(states):
            assert after in TRANSITIONS[before]
        assert all(event.actor_name for event in way)
        assert all("justification" in json.loads(event.details) for event in way)


@pytest.mark.django_db
def test_access_is_what_was_agreed_at_every_instant() -> None:
    quiet = settings(
        max_examples=20,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Access, settings=quiet)
