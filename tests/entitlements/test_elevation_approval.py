"""Elevation with somebody's leave: never one's own, one decision, in time."""

from datetime import timedelta

import pytest

from tests.cast import NOW, Cast
from tests.entitlements.elevations import HOUR, by, let, take_up
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.actions.groups import add_member, create_group
from tidegate.directory.actions.users import block_user
from tidegate.entitlements.actions.activations import activate, cancel_activation, decide_activation
from tidegate.entitlements.elevating import (
    DECIDED_WITHIN,
    Standing,
    list_decidable,
    list_own_roles,
    standing_of,
)
from tidegate.entitlements.elevation_jobs import close_elevations
from tidegate.entitlements.models import Activation, Notice
from tidegate.entitlements.rules import Approver
from tidegate.entitlements.words import ActivationState, ApproverKind

pytestmark = pytest.mark.usefixtures("now")


def decide(cast: Cast, activation: Activation, name: str, *, approves: bool = True) -> Activation:
    return decide_activation(cast.enter(name), activation.id, approves=approves, justification="Agreed")


def may_read(cast: Cast, name: str = "helper") -> bool:
    return cast.enter(name).allows(Permission.INCIDENT_READ)


def test_nothing_is_held_before_approval_and_the_time_counts_from_it(cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "admin"))
    assert (activation.state, may_read(cast)) == (ActivationState.PENDING_APPROVAL, False)
    with standing_at(NOW + 3 * HOUR):
        approved = decide(cast, activation, "admin")
        assert may_read(cast) is True
    assert (approved.starts_at, approved.ends_at) == (NOW + 3 * HOUR, NOW + 4 * HOUR)


def test_a_denied_one_gives_nothing(cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "admin"))
    denied = decide(cast, activation, "admin", approves=False)
    assert (denied.state, denied.decided_by_name, may_read(cast)) == ("denied", "Admin", False)
    assert standing_of(denied, NOW) == Standing.DENIED


def test_nobody_decides_their_own(cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "helper", "admin"))
    with pytest.raises(Forbidden, match="their own"):
        decide(cast, activation, "helper")
    assert list_decidable(cast.enter("helper")) == []
    assert [one.id for one in list_decidable(cast.enter("admin"))] == [activation.id]


def test_who_is_no_approver_decides_nothing(cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "reader"))
    with pytest.raises(Forbidden, match="approvers"):
        decide(cast, activation, "admin")
    with pytest.raises(NotFound):
        decide(cast, activation, "lead")
    with pytest.raises(NotFound):
        decide_activation(
            cast.enter("outsider", cast.other), activation.id, approves=True, justification="Yes"
        )
    assert may_read(cast) is False


def test_the_second_decision_is_told_of_the_first(cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "admin", "reader"))
    decide(cast, activation, "reader", approves=False)
    with pytest.raises(Conflict, match="decided already, by Reader"):
        decide(cast, activation, "admin")
    assert may_read(cast) is False


def test_everybody_in_an_approving_group_may_decide_while_they_are_in_it(cast: Cast) -> None:
    admin = cast.enter("admin")
    group = create_group(admin, display_name="Deciders")
    add_member(admin, group.id, cast.user("member").id, ends_at=NOW + HOUR)
    eligibility = let(cast, approvers=[Approver(ApproverKind.GROUP, group.id)])
    activation = take_up(cast, eligibility)
    assert len(list_decidable(cast.enter("member"))) == 1
    with standing_at(NOW + HOUR), pytest.raises(NotFound):
        decide(cast, activation, "member")
    decide(cast, activation, "member")
    assert may_read(cast) is True


def test_a_reason_is_needed_to_decide(cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "admin"))
    with pytest.raises(InvalidInput):
        decide_activation(cast.enter("admin"), activation.id, approves=True, justification="")


def test_after_a_day_it_is_too_late_and_the_job_says_so(cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "admin"))
    with standing_at(NOW + DECIDED_WITHIN):
        with pytest.raises(Conflict, match="has passed"):
            decide(cast, activation, "admin")
        assert list_decidable(cast.enter("admin")) == []
        assert standing_of(activation, NOW + DECIDED_WITHIN) == Standing.EXPIRED
        close_elevations()
        closed = Activation.rows.get(tenant=cast.customer, id=activation.id)
        assert (closed.state, standing_of(closed, NOW)) == ("denied", Standing.EXPIRED)


def test_after_a_day_one_may_ask_again_though_no_job_ran(cast: Cast) -> None:
    eligibility = let(cast, "helper", "admin")
    take_up(cast, eligibility)
    with standing_at(NOW + DECIDED_WITHIN):
        again = take_up(cast, eligibility)
        (own,) = list_own_roles(cast.enter("helper"))
    assert (own.activation, own.is_active) == (again, False)


def test_what_is_asked_is_taken_back_by_who_asked_alone(cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "admin"))
    with pytest.raises(Forbidden):
        cancel_activation(cast.enter("admin"), activation.id)
    cancel_activation(cast.enter("helper"), activation.id)
    with pytest.raises(Conflict, match="canceled already"):
        decide(cast, activation, "admin")
    with pytest.raises(Conflict):
        cancel_activation(cast.enter("helper"), activation.id)


def test_whoever_lost_the_eligibility_while_waiting_gets_nothing(cast: Cast) -> None:
    blocked = take_up(cast, let(cast, "helper", "admin"))
    late = take_up(cast, let(cast, "member", "admin", ends_at=NOW + HOUR), "member")
    block_user(cast.enter("admin"), cast.user("helper").id)
    with standing_at(NOW + HOUR):
        for activation in (blocked, late):
            with pytest.raises(Conflict, match="no longer eligible"):
                decide(cast, activation, "admin")


def test_approvers_and_the_one_who_asked_are_told(cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "admin", "helper"))
    rows = Notice.objects.of_tenant(cast.customer.id).order_by("id")
    assert [(row.kind, row.email) for row in rows] == [("elevation_needed", "admin@customer.example")]
    decide(cast, activation, "admin")
    assert ("elevation_approved", "helper@provider.example") in rows.values_list("kind", "email")


@pytest.mark.parametrize("kind", [ApproverKind.MANAGER, ApproverKind.INTERNAL_SPONSORS, ApproverKind.USER])
def test_approvers_are_users_and_groups_of_the_tenant(cast: Cast, kind: ApproverKind) -> None:
    stranger = cast.user("outsider", cast.other)
    with pytest.raises(InvalidInput) as refused:
        let(cast, approvers=[Approver(kind, stranger.id if kind == ApproverKind.USER else None)])
    assert list(refused.value.fields) == ["approvers"]


def test_somebody_else_than_the_eligible_must_approve(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        let(cast, "helper", "helper")
    let(cast, "helper", approvers=[by(cast.user("admin"))])


def test_one_pending_at_a_time(cast: Cast) -> None:
    eligibility = let(cast, "helper", "admin")
    take_up(cast, eligibility)
    with pytest.raises(Conflict):
        take_up(cast, eligibility)
    with pytest.raises(NotFound):
        activate(
            cast.enter("boss", cast.provider), eligibility.id, duration=timedelta(hours=1), justification="x"
        )
