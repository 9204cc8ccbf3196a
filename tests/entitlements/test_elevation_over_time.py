"""Everything that can happen to elevations, in any order, against a model of a few lines.

The model knows who took up what, who agreed, and when; what the gate permits must say the same at
every instant, one microsecond before an end included.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.cast import Cast, make_cast
from tests.entitlements.elevations import HOUR, let
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound, TidegateError
from tidegate.directory.actions.groups import add_member, create_group
from tidegate.entitlements.actions.activations import (
    activate,
    cancel_activation,
    close_overdue,
    deactivate,
    decide_activation,
)
from tidegate.entitlements.actions.eligibilities import end_eligibility
from tidegate.entitlements.activation_transitions import TRANSITIONS
from tidegate.entitlements.elevating import DECIDED_WITHIN
from tidegate.entitlements.models import Activation, Eligibility
from tidegate.entitlements.words import ActivationState

BEGIN: Final = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
LONGEST: Final = 8 * HOUR
ELIGIBLE: Final = frozenset({"helper", "member"})
APPROVERS: Final = frozenset({"admin", "member"})
PEOPLE: Final = ("helper", "member", "admin", "lead", "outsider")
# Whoever may, more often than whoever may not.
ASKERS: Final = ("helper", "member", "helper", "member", *PEOPLE)
DECIDERS: Final = ("admin", "member", "admin", "member", *PEOPLE)
DURATIONS: Final = (HOUR, LONGEST, HOUR, timedelta(minutes=14), LONGEST + HOUR)


@dataclass
class Span:
    """What the model knows of one activation; without a start it waits."""

    row: Activation
    asked_at: datetime
    duration: timedelta
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def waits(self, at: datetime) -> bool:
        return self.starts_at is None and at < self.asked_at + DECIDED_WITHIN

    def holds(self, at: datetime) -> bool:
        return bool(self.starts_at and self.ends_at and self.starts_at <= at < self.ends_at)


class Elevation(RuleBasedStateMachine):
    """See the module. One eligibility asks for leave, the other for nothing; each opens its own thing."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint_create()
        self.now = BEGIN
        self.cast: Cast = make_cast()
        self.spans: dict[tuple[str, str], Span] = {}
        with standing_at(self.now):
            scope = self.cast.enter("admin")
            group = create_group(scope, display_name="On call")
            for name in ELIGIBLE:
                add_member(scope, group.id, self.cast.user(name).id)
            both: dict[str, Any] = {"user_id": None, "group_id": group.id, "longest": LONGEST}
            self.ends = {"free": BEGIN + timedelta(days=3), "asks": None}
            self.rows: dict[str, Eligibility] = {
                "free": let(self.cast, role=BuiltInRole.TIER_1_ANALYST, ends_at=self.ends["free"], **both),
                "asks": let(self.cast, "helper", *APPROVERS, role=BuiltInRole.TIER_2_ANALYST, **both),
            }

    def teardown(self) -> None:
        check_log(self.cast)
        transaction.savepoint_rollback(self.savepoint)

    @rule(hours=st.sampled_from([0.25, 1, 7, 24]))
    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @rule(early=st.booleans())
    def wait_for_the_next_end(self, *, early: bool) -> None:
        ends = [span.ends_at or span.asked_at + DECIDED_WITHIN for span in self.spans.values()]
        later = [end for end in ends if end > self.now]
        if later:
            self.now = max(self.now, min(later) - timedelta(microseconds=1 if early else 0))

    @rule(
        name=st.sampled_from(ASKERS),
        which=st.sampled_from(["asks", "free"]),
        duration=st.sampled_from(DURATIONS),
    )
    def take_up(self, name: str, which: str, duration: timedelta) -> None:
        span = self.spans.get((name, which))
        taken = span is not None and (span.waits(self.now) or span.holds(self.now))
        possible = name in ELIGIBLE and self._stands(which) and not taken
        with self._expect(possible=possible and HOUR <= duration <= LONGEST):
            made = activate(self._enter(name), self.rows[which].id, duration=duration, justification="Needed")
            self.spans[name, which] = Span(made, self.now, duration)
            if which == "free":
                self._start(self.spans[name, which], which)

    @precondition(lambda self: self.spans)
    @rule(data=st.data(), by=st.sampled_from(DECIDERS), approves=st.booleans())
    def decide(self, data: st.DataObject, by: str, *, approves: bool) -> None:
        name, which = data.draw(st.sampled_from(sorted(self.spans)))
        span = self.spans[name, which]
        possible = which == "asks" and by in APPROVERS and by != name and span.waits(self.now)
        with self._expect(possible=possible):
            decide_activation(self._enter(by), span.row.id, approves=approves, justification="Because")
            if approves:
                self._start(span, which)
            else:
                del self.spans[name, which]

    @precondition(lambda self: self.spans)
    @rule(data=st.data(), by=st.sampled_from(PEOPLE))
    def end(self, data: st.DataObject, by: str) -> None:
        name, which = data.draw(st.sampled_from(sorted(self.spans)))
        span = self.spans[name, which]
        with self._expect(possible=by in {name, "admin"} and span.holds(self.now)):
            deactivate(self._enter(by), span.row.id)
            del self.spans[name, which]

    @precondition(lambda self: self.spans)
    @rule(data=st.data(), by=st.sampled_from(PEOPLE))
    def cancel(self, data: st.DataObject, by: str) -> None:
        name, which = data.draw(st.sampled_from(sorted(self.spans)))
        span = self.spans[name, which]
        # What is overdue may be taken back until the job has denied it; either way it comes to nothing.
        with self._expect(possible=by == name and span.starts_at is None):
            cancel_activation(self._enter(by), span.row.id)
            del self.spans[name, which]

    @precondition(lambda self: self.now > BEGIN + timedelta(days=1))
    @rule(by=st.sampled_from(["admin", "lead", "outsider"]))
    def end_eligibility(self, by: str) -> None:
        with self._expect(possible=by == "admin" and self._stands("asks")):
            end_eligibility(self._enter(by), self.rows["asks"].id)
            self.ends["asks"] = self.now
            self.spans = {key: span for key, span in self.spans.items() if key[1] != "asks"}

    @rule()
    def run_the_job(self) -> None:
        with standing_at(self.now):
            for key, span in list(self.spans.items()):
                overdue = span.starts_at is None and not span.waits(self.now)
                assert close_overdue(span.row.tenant_id, span.row.id) is overdue
                if overdue:
                    del self.spans[key]

    @invariant()
    def the_gate_says_what_the_model_says(self) -> None:
        with standing_at(self.now):
            for name in ELIGIBLE:
                scope = self._enter(name)
                asks, free = (self._holds(name, which) for which in ("asks", "free"))
                assert scope.allows(Permission.LIVE_RESPONSE_BASIC) is asks, name
                assert scope.allows(Permission.INCIDENT_READ) is (asks or free), name

    def _start(self, span: Span, which: str) -> None:
        end = self.ends[which]
        span.starts_at, span.ends_at = self.now, self.now + span.duration
        if end is not None:
            span.ends_at = min(span.ends_at, end)

    def _stands(self, which: str) -> bool:
        end = self.ends[which]
        return end is None or self.now < end

    def _holds(self, name: str, which: str) -> bool:
        return (name, which) in self.spans and self.spans[name, which].holds(self.now)

    def _enter(self, name: str) -> Scope:
        return self.cast.enter(name, self.cast.other if name == "outsider" else None)

    def _expect(self, *, possible: bool) -> "Expected":
        return Expected(self.now, possible=possible)


class Expected:
    """Runs a step at a moment; what the model calls impossible must be refused, and nothing else."""

    def __init__(self, at: datetime, *, possible: bool) -> None:
        self.clock, self.possible = standing_at(at), possible

    def __enter__(self) -> None:
        self.clock.__enter__()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        self.clock.__exit__(None, None, None)
        if error is None:
            assert self.possible, "This should have been refused."
            return False
        if not isinstance(error, TidegateError):
            return False
        assert isinstance(error, Conflict | Forbidden | InvalidInput | NotFound)
        assert not self.possible, f"This should have been possible: {error!r}"
        return True


def check_log(cast: Cast) -> None:
    """Each activation's events are a way through the table of transitions, each with actor and reason."""
    events = AuditEvent.objects.of_tenant(cast.customer.id).filter(target_type="activation")
    ways: dict[str, list[AuditEvent]] = {}
    for event in events.order_by("sequence"):
        ways.setdefault(event.target_id, []).append(event)
    words = {
        "activation.requested": ActivationState.PENDING_APPROVAL,
        "activation.started": ActivationState.ACTIVE,
        "activation.denied": ActivationState.DENIED,
        "activation.expired": ActivationState.DENIED,
        "activation.canceled": ActivationState.CANCELED,
        "activation.deactivated": ActivationState.DEACTIVATED,
    }
    rows = {str(row.id): row for row in Activation.objects.of_tenant(cast.customer.id)}
    for activation_id, way in ways.items():
        states = [words[event.tag] for event in way if event.tag in words]
        assert states[0] == ActivationState.PENDING_APPROVAL
        assert rows[activation_id].state == states[-1]
        for before, after in pairwise(states):
            assert after in TRANSITIONS[before]
        assert sum(event.tag in {"activation.approved", "activation.denied"} for event in way) <= 1
        assert all(event.actor_name and "justification" in json.loads(event.details) for event in way)
        decided = rows[activation_id].decided_by_account_id
        assert decided is None or decided != rows[activation_id].account_id


@pytest.mark.django_db
def test_a_role_is_held_from_its_start_up_to_its_end_and_never_by_ones_own_leave() -> None:
    quiet = settings(
        max_examples=15,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Elevation, settings=quiet)
