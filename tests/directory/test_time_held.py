"""Nobody gives for longer than they hold: not to others, and not to themselves."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest

from tests.cast import GUESTS_END, NOW, Cast, days, make_role, scope_with
from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Forbidden
from tidegate.directory.actions.custom_roles import create_role, update_role
from tidegate.directory.actions.groups import add_member
from tidegate.directory.actions.renewing import renew_access, renew_membership, renew_role
from tidegate.directory.actions.roles import assign_role, move_role_end
from tidegate.directory.actions.users import change_end
from tidegate.directory.models import RoleAssignment

pytestmark = pytest.mark.usefixtures("now")

ADMINISTRATOR = BuiltInRole.GLOBAL_ADMINISTRATOR
END = NOW + days(5)
TOO_LONG = (END + days(1), None)


def administrator_until(cast: Cast, end: datetime | None = END, name: str = "member") -> RoleAssignment:
    role = cast.role(ADMINISTRATOR)
    return assign_role(cast.enter("admin"), role.id, user_id=cast.user(name).id, ends_at=end)


def refused(action: Callable[[], object], permission: Permission | None = None) -> None:
    with pytest.raises(Forbidden, match="for a time only") as error:
        action()
    assert permission is None or error.value.permission == permission


@pytest.mark.parametrize("until", TOO_LONG)
def test_a_role_is_given_to_nobody_beyond_ones_own_end(cast: Cast, until: datetime | None) -> None:
    administrator_until(cast)
    scope = cast.enter("member")
    for name, role in (("helper", "Tier 1 Analyst"), ("member", ADMINISTRATOR), ("reader", ADMINISTRATOR)):
        user, wanted = cast.user(name), cast.role(role)
        refused(partial(assign_role, scope, wanted.id, user_id=user.id, ends_at=until))
    assign_role(scope, cast.role("Tier 1 Analyst").id, user_id=cast.user("helper").id, ends_at=END)


def test_what_one_holds_for_good_besides_is_given_for_good(cast: Cast) -> None:
    line = make_role(cast.customer, "Directory", RolePermission.MANAGE_DIRECTORY)
    assign_role(cast.enter("admin"), line.id, user_id=cast.user("member").id)
    administrator_until(cast)
    assign_role(cast.enter("member"), line.id, user_id=cast.user("reader").id)
    refused(
        lambda: assign_role(
            cast.enter("member"), cast.role("Security Reader").id, user_id=cast.user("helper").id
        ),
        Permission.ALERT_READ,
    )


@pytest.mark.parametrize("until", TOO_LONG)
def test_a_membership_bounds_what_a_group_gives(cast: Cast, until: datetime | None) -> None:
    admin, group = cast.enter("admin"), cast.group("Tier 2")
    assign_role(admin, cast.role(ADMINISTRATOR).id, group_id=group.id)
    held = add_member(admin, group.id, cast.user("member").id, ends_at=END)
    scope = cast.enter("member")
    refused(lambda: add_member(scope, group.id, cast.user("helper").id, ends_at=until))
    refused(lambda: renew_membership(scope, held.id))
    add_member(scope, group.id, cast.user("helper").id, ends_at=END)


def test_a_role_that_ends_with_its_group_may_be_given_beyond(cast: Cast) -> None:
    administrator_until(cast)
    given = RoleAssignment.objects.of_tenant(cast.customer.id).get(group__display_name="Tier 1")
    move_role_end(cast.enter("admin"), given.id, ends_at=END)
    add_member(cast.enter("member"), cast.group("Tier 1").id, cast.user("helper").id)


def test_nobody_renews_or_moves_what_they_hold_beyond_its_end(cast: Cast) -> None:
    held = administrator_until(cast)
    scope = cast.enter("member")
    refused(lambda: renew_role(scope, held.id), Permission.ACCESS_EXPLAIN)
    refused(lambda: move_role_end(scope, held.id, ends_at=None))
    move_role_end(scope, held.id, ends_at=END - days(1))
    renew_role(cast.enter("admin"), held.id)


def test_ones_own_time_in_the_tenant_bounds_what_one_gives(cast: Cast) -> None:
    administrator_until(cast, None, "helper")
    scope, user = cast.enter("helper"), cast.user("helper")
    wanted = cast.role(ADMINISTRATOR)
    refused(lambda: assign_role(scope, wanted.id, user_id=cast.user("reader").id))
    assert user.ends_at == GUESTS_END
    refused(lambda: change_end(scope, user.id, ends_at=None, endless_reason="Mine"))
    refused(lambda: change_end(scope, user.id, ends_at=GUESTS_END + days(1)))
    refused(lambda: renew_access(scope, user.id))
    assign_role(scope, wanted.id, user_id=cast.user("reader").id, ends_at=user.ends_at)


def test_another_guest_is_let_in_no_longer_with_what_one_holds_for_a_time(cast: Cast) -> None:
    administrator_until(cast)
    scope = cast.enter("member")
    refused(lambda: renew_access(scope, cast.user("analyst").id), Permission.ALERT_ASSIGN)
    renew_access(scope, cast.user("helper").id)


def test_more_in_a_role_is_given_by_who_holds_it_for_good(cast: Cast) -> None:
    administrator_until(cast)
    scope = cast.enter("member")
    role = create_role(scope, display_name="Mine", description="", lines={RolePermission.READ_DIRECTORY})
    names = {"display_name": "Mine", "description": ""}
    lines = {RolePermission.READ_DIRECTORY, RolePermission.READ_AUDIT_LOG}
    refused(lambda: update_role(scope, role.id, lines=lines, **names), Permission.AUDIT_READ)
    update_role(scope, role.id, display_name="Ours", description="", lines=role.lines)
    update_role(cast.enter("admin"), role.id, lines=lines, **names)


def test_who_has_lost_a_role_since_they_came_gives_nothing(cast: Cast) -> None:
    held = administrator_until(cast)
    scope: Scope = cast.enter("member")
    RoleAssignment.rows.filter(id=held.id).update(ends_at=NOW)
    refused(
        lambda: assign_role(scope, cast.role(ADMINISTRATOR).id, user_id=cast.user("reader").id, ends_at=END)
    )


def test_the_operator_gives_for_good(cast: Cast) -> None:
    scope = scope_with(cast.customer, Permission.ROLE_ASSIGN, Permission.ROLE_READ, Permission.USER_READ)
    assign_role(scope, cast.role(ADMINISTRATOR).id, user_id=cast.user("reader").id)
