"""A tenant never loses its last administrator, by whatever way."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cast import NOW, Cast
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Conflict
from tidegate.directory.actions.groups import add_member, create_group, delete_group, remove_member
from tidegate.directory.actions.roles import assign_role, unassign_role
from tidegate.directory.actions.users import block_user, change_end, remove_user
from tidegate.directory.models import RoleAssignment

pytestmark = pytest.mark.usefixtures("now")

LATER = NOW + timedelta(days=9)


def make_administrator(cast: Cast, scope: Scope, name: str, **dates: object) -> None:
    role = cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR)
    assign_role(scope, role.id, user_id=cast.user(name).id, **dates)  # type: ignore[arg-type]


def own_assignment(cast: Cast, name: str = "admin") -> RoleAssignment:
    return RoleAssignment.objects.of_tenant(cast.customer.id).get(user_id=cast.user(name).id)


WAYS: dict[str, Callable[[Cast, Scope], object]] = {
    "remove": lambda cast, scope: remove_user(scope, cast.user("admin").id),
    "block": lambda cast, scope: block_user(scope, cast.user("admin").id),
    "end now": lambda cast, scope: change_end(scope, cast.user("admin").id, ends_at=NOW),
    "end later": lambda cast, scope: change_end(
        scope, cast.user("admin").id, ends_at=NOW + timedelta(days=9)
    ),
    "unassign": lambda cast, scope: unassign_role(scope, own_assignment(cast).id),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_last_one_stays(cast: Cast, way: str) -> None:
    scope = cast.enter("admin")
    with pytest.raises(Conflict, match="Global Administrator"):
        WAYS[way](cast, scope)
    assert cast.enter("admin").entry == scope.entry


@pytest.mark.parametrize("way", WAYS)
def test_one_of_two_may_go(cast: Cast, way: str) -> None:
    scope = cast.enter("admin")
    make_administrator(cast, scope, "member")
    WAYS[way](cast, scope)


@pytest.mark.parametrize("way", WAYS)
def test_a_guest_does_not_count(cast: Cast, way: str) -> None:
    scope = cast.enter("admin")
    make_administrator(cast, scope, "lead")
    with pytest.raises(Conflict):
        WAYS[way](cast, scope)


@pytest.mark.parametrize("way", WAYS)
def test_one_whose_role_ends_does_not_count(cast: Cast, way: str) -> None:
    scope = cast.enter("admin")
    make_administrator(cast, scope, "member", ends_at=LATER)
    with pytest.raises(Conflict):
        WAYS[way](cast, scope)


def test_one_through_a_group_counts_until_they_leave_it(cast: Cast) -> None:
    scope = cast.enter("admin")
    group = create_group(scope, display_name="Administrators")
    membership = add_member(scope, group.id, cast.user("member").id)
    assign_role(scope, cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR).id, group_id=group.id)
    unassign_role(scope, own_assignment(cast).id)
    scope = cast.enter("member")
    for way in (
        lambda: remove_member(scope, membership.id),
        lambda: delete_group(scope, group.id),
        lambda: block_user(scope, cast.user("member").id),
    ):
        with pytest.raises(Conflict):
            way()
    assert cast.enter("member").entry == scope.entry
