"""Two people at the same elevation at the same moment: one decision, one activation."""

import pytest

from tests.cast import NOW, make_cast
from tests.directory.test_two_at_once import at_once
from tests.entitlements.elevations import HOUR, let, take_up
from tidegate.core.clock import standing_at
from tidegate.directory.models import RoleAssignment
from tidegate.entitlements.actions.activations import activate, deactivate, decide_activation
from tidegate.entitlements.actions.eligibilities import end_eligibility
from tidegate.entitlements.models import Activation
from tidegate.entitlements.words import ActivationState

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_approvers_decide_once() -> None:
    with standing_at(NOW):
        cast = make_cast()
        activation = take_up(cast, let(cast, "helper", "admin", "member"))
        scopes = cast.enter("admin"), cast.enter("member")
    results = at_once(
        lambda: decide_activation(scopes[0], activation.id, approves=True, justification="Yes"),
        lambda: decide_activation(scopes[1], activation.id, approves=False, justification="No"),
    )
    assert results == ["Conflict", "done"]
    activation.refresh_from_db()
    lent = RoleAssignment.objects.of_tenant(cast.customer.id).filter(user_id=activation.user_id)
    assert (activation.state, lent.count()) in {(ActivationState.ACTIVE, 1), (ActivationState.DENIED, 0)}


def test_who_activates_twice_has_one() -> None:
    with standing_at(NOW):
        cast = make_cast()
        eligibility, scope = let(cast), cast.enter("helper")
    again = lambda: activate(scope, eligibility.id, duration=HOUR, justification="Now")  # noqa: E731
    assert at_once(again, again) == ["Conflict", "done"]
    assert Activation.objects.of_tenant(cast.customer.id).count() == 1


def test_an_end_of_the_eligibility_leaves_nothing_active() -> None:
    with standing_at(NOW):
        cast = make_cast()
        eligibility, scopes = let(cast), (cast.enter("helper"), cast.enter("admin"))
    at_once(
        lambda: activate(scopes[0], eligibility.id, duration=HOUR, justification="Now"),
        lambda: end_eligibility(scopes[1], eligibility.id),
    )
    lent = RoleAssignment.objects.of_tenant(cast.customer.id).filter(user_id=scopes[0].entry.user_id)
    assert not lent.exclude(ends_at__lte=NOW).exists()


def test_an_activation_is_ended_once() -> None:
    with standing_at(NOW):
        cast = make_cast()
        activation = take_up(cast, let(cast))
        scopes = cast.enter("helper"), cast.enter("admin")
    ends = [lambda scope=scope: deactivate(scope, activation.id) for scope in scopes]
    assert at_once(*ends) == ["Conflict", "done"]
