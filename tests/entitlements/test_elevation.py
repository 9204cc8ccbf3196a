"""Roles taken up for hours: by whom, until when, and who may end it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.cast import GUESTS_END, NOW, Cast, days, make_role, scope_with
from tests.entitlements.elevations import HOUR, WHY, let, take_up
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.authorization.roles import BuiltInRole
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.actions.groups import add_member, remove_member
from tidegate.directory.actions.roles import unassign_role
from tidegate.directory.actions.users import block_user
from tidegate.directory.models import GroupMembership, RoleAssignment
from tidegate.entitlements.actions.activations import (
    activate,
    cancel_activation,
    deactivate,
    end_untenable,
)
from tidegate.entitlements.actions.eligibilities import end_eligibility, make_eligible
from tidegate.entitlements.elevating import (
    Standing,
    list_activations,
    list_eligibilities,
    list_own_roles,
    standing_of,
)
from tidegate.entitlements.elevation_jobs import close_elevations
from tidegate.entitlements.models import Activation, Eligibility, Notice
from tidegate.entitlements.words import ActivationState

pytestmark = pytest.mark.usefixtures("now")


def may_read(cast: Cast, name: str = "helper") -> bool:
    return cast.enter(name).allows(Permission.INCIDENT_READ)


def events(cast: Cast, *prefixes: str) -> list[str]:
    rows = AuditEvent.objects.of_tenant(cast.customer.id).order_by("sequence")
    return [tag for tag in rows.values_list("tag", flat=True) if tag.startswith(prefixes)]


def test_a_role_is_held_from_activation_up_to_its_end(cast: Cast) -> None:
    eligibility = let(cast)
    assert may_read(cast) is False
    take_up(cast, eligibility)
    assert may_read(cast) is True
    with standing_at(NOW + HOUR - timedelta(microseconds=1)):
        assert may_read(cast) is True
    with standing_at(NOW + HOUR):
        assert may_read(cast) is False


def test_every_step_is_in_the_audit_log_with_its_reason(cast: Cast) -> None:
    activation = take_up(cast, let(cast))
    deactivate(cast.enter("helper"), activation.id, justification="Done")
    assert events(cast, "eligibility.", "activation.", "role.un") == [
        "eligibility.created",
        "activation.requested",
        "activation.started",
        "activation.deactivated",
        "role.unassigned",
    ]
    rows = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag__startswith="activation.")
    started, ended = (rows.get(tag=f"activation.{word}") for word in ("started", "deactivated"))
    assert (started.actor_email, WHY in started.details) == ("helper@provider.example", True)
    assert ('"justification": "Done"' in ended.details, ended.result) == (True, "success")


def test_a_group_makes_everybody_in_it_eligible(cast: Cast) -> None:
    eligibility = let(cast, user_id=None, group_id=cast.group("Tier 2").id, role="Security Administrator")
    activation = take_up(cast, eligibility, "lead")
    assert cast.enter("lead").allows(Permission.SECURITY_SETTING_MANAGE)
    assert activation.user_id == cast.user("lead").id
    for name in ("analyst", "helper", "member"):
        with pytest.raises(NotFound):
            take_up(cast, eligibility, name)


@pytest.mark.parametrize("duration", [timedelta(minutes=14), timedelta(hours=8, seconds=1), timedelta(0)])
def test_a_duration_out_of_bounds_is_named(cast: Cast, duration: timedelta) -> None:
    eligibility = let(cast)
    with pytest.raises(InvalidInput) as refused:
        take_up(cast, eligibility, duration=duration)
    assert list(refused.value.fields) == ["duration"]


def test_a_reason_is_needed(cast: Cast) -> None:
    eligibility = let(cast)
    with pytest.raises(InvalidInput) as refused:
        activate(cast.enter("helper"), eligibility.id, duration=HOUR, justification=" \u200b")
    assert list(refused.value.fields) == ["justification"]


def test_one_at_a_time_and_again_after_its_end(cast: Cast) -> None:
    eligibility = let(cast)
    take_up(cast, eligibility)
    with pytest.raises(Conflict):
        take_up(cast, eligibility)
    with standing_at(NOW + HOUR):
        take_up(cast, eligibility)
        assert may_read(cast) is True


def test_a_role_that_is_held_anyway_stays_after_deactivation(cast: Cast) -> None:
    activation = take_up(cast, let(cast, "reader"), "reader")
    deactivate(cast.enter("reader"), activation.id)
    assert may_read(cast, "reader") is True


def test_deactivation_holds_on_the_next_request(cast: Cast) -> None:
    activation = take_up(cast, let(cast))
    ended = deactivate(cast.enter("helper"), activation.id)
    assert (may_read(cast), ended.ends_at, ended.state) == (False, NOW, ActivationState.DEACTIVATED)
    with pytest.raises(Conflict, match="ended already"):
        deactivate(cast.enter("helper"), activation.id)


def test_an_administrator_ends_it_and_others_do_not(cast: Cast) -> None:
    activation = take_up(cast, let(cast))
    with pytest.raises(NotFound):
        deactivate(cast.enter("lead"), activation.id)
    with pytest.raises(Forbidden):
        deactivate(cast.enter("reader"), activation.id)
    deactivate(cast.enter("admin"), activation.id)
    assert may_read(cast) is False


def test_what_has_ended_by_the_clock_cannot_be_ended_again(cast: Cast) -> None:
    activation = take_up(cast, let(cast))
    with standing_at(NOW + HOUR), pytest.raises(Conflict, match="has ended"):
        deactivate(cast.enter("helper"), activation.id)


def test_an_activation_ends_with_what_it_rests_on(cast: Cast) -> None:
    soon = NOW + timedelta(minutes=20)
    assert take_up(cast, let(cast, ends_at=soon)).ends_at == soon
    with standing_at(GUESTS_END - HOUR):
        late = take_up(cast, let(cast, role="Security Administrator"), duration=2 * HOUR)
    assert late.ends_at == GUESTS_END
    group = cast.group("Tier 1")
    add_member(cast.enter("admin"), group.id, cast.user("member").id, ends_at=soon)
    assert take_up(cast, let(cast, user_id=None, group_id=group.id), "member").ends_at == soon


def test_ending_an_eligibility_ends_what_is_active_and_takes_back_what_is_asked(cast: Cast) -> None:
    group = cast.group("Tier 1")
    add_member(cast.enter("admin"), group.id, cast.user("helper").id)
    open_, asked = (
        let(cast, user_id=None, group_id=group.id),
        let(cast, "helper", "admin", role="Tier 2 Analyst"),
    )
    active, pending = take_up(cast, open_), take_up(cast, asked)
    end_eligibility(cast.enter("admin"), open_.id)
    end_eligibility(cast.enter("admin"), asked.id)
    states = {one: Activation.rows.get(tenant=cast.customer, id=one.id).state for one in (active, pending)}
    assert list(states.values()) == [ActivationState.DEACTIVATED, ActivationState.CANCELED]
    assert cast.enter("helper").allows(Permission.AUDIT_READ) is False
    with pytest.raises(NotFound):
        take_up(cast, open_)
    with pytest.raises(NotFound):
        end_eligibility(cast.enter("admin"), open_.id)


def test_whoever_leaves_the_group_loses_it_when_the_job_looks(cast: Cast) -> None:
    group, admin = cast.group("Tier 1"), cast.enter("admin")
    eligibility = let(cast, user_id=None, group_id=group.id)
    membership = add_member(admin, group.id, cast.user("helper").id)
    kept = take_up(cast, eligibility, "analyst")
    take_up(cast, eligibility)
    remove_member(admin, membership.id)
    close_elevations()
    assert may_read(cast) is False
    assert Activation.rows.get(tenant=cast.customer, id=kept.id).state == ActivationState.ACTIVE


def test_it_can_be_closed_in_the_transaction_that_takes_the_group_away(cast: Cast) -> None:
    group, admin = cast.group("Tier 1"), cast.enter("admin")
    membership = add_member(admin, group.id, cast.user("helper").id)
    take_up(cast, let(cast, user_id=None, group_id=group.id))
    end_untenable(cast.customer.id, cast.user("helper").id)
    assert may_read(cast) is True
    remove_member(admin, membership.id)
    end_untenable(cast.customer.id, cast.user("helper").id)
    assert cast.enter("helper").allows(Permission.AUDIT_READ) is False


def test_whoever_is_blocked_or_lost_the_role_otherwise_is_closed_by_the_job(cast: Cast) -> None:
    blocked, taken = take_up(cast, let(cast)), take_up(cast, let(cast, "member"), "member")
    block_user(cast.enter("admin"), cast.user("helper").id)
    unassign_role(cast.enter("admin"), taken.role_assignment_id)  # type: ignore[arg-type]
    close_elevations()
    rows = Activation.objects.of_tenant(cast.customer.id)
    assert {row.id: row.state for row in rows} == dict.fromkeys([blocked.id, taken.id], "deactivated")


def test_own_roles_show_what_stands_open(cast: Cast) -> None:
    eligibility = let(cast)
    assert [(one.eligibility, one.activation) for one in list_own_roles(cast.enter("helper"))] == [
        (eligibility, None)
    ]
    activation = take_up(cast, eligibility)
    (own,) = list_own_roles(cast.enter("helper"))
    assert (own.activation, own.is_active) == (activation, True)
    assert list_own_roles(cast.enter("lead")) == []
    assert list_own_roles(scope_with(cast.customer)) == []


def test_an_eligibility_that_has_not_begun_is_nothing_yet(cast: Cast) -> None:
    eligibility = let(cast, starts_at=NOW + HOUR)
    with pytest.raises(NotFound):
        take_up(cast, eligibility)
    with standing_at(NOW + HOUR):
        assert take_up(cast, eligibility).state == ActivationState.ACTIVE


def test_administrators_alone_make_people_eligible(cast: Cast) -> None:
    role, user = cast.role(BuiltInRole.SECURITY_READER), cast.user("helper")
    for name in ("reader", "lead", "member"):
        with pytest.raises(Forbidden):
            make_eligible(cast.enter(name), role.id, user_id=user.id, longest=HOUR)


def test_nobody_makes_anybody_eligible_for_more_than_they_may_do(cast: Cast) -> None:
    directory = make_role(cast.customer, "Directory", RolePermission.MANAGE_DIRECTORY)
    RoleAssignment.rows.create(
        tenant=cast.customer, role_id=directory.id, user_id=cast.user("member").id, starts_at=NOW
    )
    role = cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR)
    with pytest.raises(Forbidden):
        make_eligible(cast.enter("member"), role.id, user_id=cast.user("member").id, longest=HOUR)


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"longest": timedelta(minutes=14)}, "longest"),
        ({"longest": timedelta(hours=24, seconds=1)}, "longest"),
        ({"user_id": None}, "principal"),
        ({"ends_at": NOW}, "ends_at"),
        ({"starts_at": NOW + 2 * HOUR, "ends_at": NOW + HOUR}, "ends_at"),
    ],
)
def test_what_makes_no_sense_is_named(cast: Cast, wishes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        let(cast, **wishes)
    assert list(refused.value.fields) == [field]


def test_nobody_is_made_eligible_twice(cast: Cast) -> None:
    let(cast)
    with pytest.raises(Conflict):
        let(cast)
    with standing_at(NOW + days(1)):
        let(cast, "member")


def test_another_tenants_people_see_and_do_nothing(cast: Cast) -> None:
    eligibility = let(cast)
    activation = take_up(cast, eligibility)
    scope = cast.enter("outsider", cast.other)
    assert [list(list_eligibilities(scope)), list(list_activations(scope))] == [[], []]
    for attempt in (
        lambda: activate(scope, eligibility.id, duration=HOUR, justification=WHY),
        lambda: deactivate(scope, activation.id),
        lambda: cancel_activation(scope, activation.id),
        lambda: end_eligibility(scope, eligibility.id),
        lambda: make_eligible(scope, eligibility.role_id, user_id=activation.user_id, longest=HOUR),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert may_read(cast) is True


def test_readers_of_roles_see_everything_and_others_nothing(cast: Cast) -> None:
    take_up(cast, let(cast))
    assert len(list_activations(cast.enter("reader"))) == 1
    assert len(list_eligibilities(cast.enter("reader"))) == 1
    for look in (list_activations, list_eligibilities):
        with pytest.raises(Forbidden):
            look(cast.enter("lead"))


def test_administrators_are_told(cast: Cast) -> None:
    take_up(cast, let(cast))
    rows = Notice.objects.of_tenant(cast.customer.id).values_list("kind", "email")
    assert list(rows) == [("elevation_started", "admin@customer.example")]


def test_standing_follows_the_clock(cast: Cast) -> None:
    activation = take_up(cast, let(cast))
    assert standing_of(activation, NOW) == Standing.ACTIVE
    assert standing_of(activation, NOW + HOUR) == Standing.ENDED


def test_a_past_eligibility_keeps_its_history(cast: Cast) -> None:
    eligibility = let(cast, user_id=None, group_id=cast.group("Tier 1").id)
    end_eligibility(cast.enter("admin"), eligibility.id, justification="Not needed")
    assert Eligibility.objects.of_tenant(cast.customer.id).get().ends_at == NOW
    assert GroupMembership.objects.of_tenant(cast.customer.id).exists()
