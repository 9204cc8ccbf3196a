"""Groups, memberships and dates: bad input, what is taken, and what an end means."""

from datetime import timedelta

import pytest

from tests.cast import NOW, START, Cast
from tidegate.accounts.models import Account
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.directory.actions.groups import (
    add_member,
    create_group,
    delete_group,
    remove_member,
    update_group,
)
from tidegate.directory.actions.roles import assign_role, unassign_role
from tidegate.directory.actions.users import block_user, change_end, remove_user, unblock_user
from tidegate.directory.models import GroupMembership, RoleAssignment, User
from tidegate.directory.queries import assignable_users, list_memberships

pytestmark = pytest.mark.usefixtures("now")


@pytest.mark.parametrize("name", ["tier 1", " Tier 1 "])
def test_a_name_is_taken_once_in_any_case(cast: Cast, name: str) -> None:
    scope = cast.enter("admin")
    with pytest.raises(Conflict):
        create_group(scope, display_name=name)
    with pytest.raises(Conflict):
        update_group(scope, cast.group("Tier 2").id, display_name=name, description="")
    update_group(scope, cast.group("Tier 1").id, display_name=name, description="Days")


def test_another_tenants_group_may_have_the_name(cast: Cast) -> None:
    create_group(cast.enter("outsider", cast.other), display_name="Tier 1")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("display_name", {"display_name": ""}),
        ("display_name", {"display_name": "a\nb"}),
        ("display_name", {"display_name": "x" * 257}),
        ("description", {"display_name": "a", "description": "x" * 1025}),
    ],
)
def test_bad_input_is_named(cast: Cast, field: str, values: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_group(cast.enter("admin"), **values)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("ends_at", [NOW, NOW - timedelta(days=1)])
def test_an_end_lies_ahead(cast: Cast, ends_at: object) -> None:
    scope, group, user = cast.enter("admin"), cast.group("Tier 2"), cast.user("member")
    with pytest.raises(InvalidInput, match="ends_at"):
        add_member(scope, group.id, user.id, ends_at=ends_at)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="ends_at"):
        assign_role(scope, cast.role("Security Reader").id, user_id=user.id, ends_at=ends_at)  # type: ignore[arg-type]


def test_an_end_before_the_start_is_named(cast: Cast) -> None:
    with pytest.raises(InvalidInput, match="ends_at"):
        change_end(cast.enter("admin"), cast.user("analyst").id, ends_at=START)


def test_nobody_is_in_a_group_twice_but_may_come_back(cast: Cast) -> None:
    scope, group, user = cast.enter("admin"), cast.group("Tier 1"), cast.user("analyst")
    with pytest.raises(Conflict):
        add_member(scope, group.id, user.id)
    remove_member(scope, list_memberships(scope, NOW).get(user_id=user.id).id)
    add_member(scope, group.id, user.id)
    assert GroupMembership.rows.filter(user_id=user.id).count() == 2


def test_a_role_is_given_once_and_to_one(cast: Cast) -> None:
    scope, role, user, group = (
        cast.enter("admin"), cast.role("Security Reader"), cast.user("member"), cast.group("Tier 1"),
    )  # fmt: skip
    for user_id, group_id in ((None, None), (user.id, group.id)):
        with pytest.raises(InvalidInput, match="principal"):
            assign_role(scope, role.id, user_id=user_id, group_id=group_id)
    given = assign_role(scope, role.id, user_id=user.id)
    with pytest.raises(Conflict):
        assign_role(scope, role.id, user_id=user.id)
    unassign_role(scope, given.id)
    assign_role(scope, role.id, user_id=user.id)


def test_a_deleted_group_takes_its_memberships_and_roles_along(cast: Cast) -> None:
    group = cast.group("Tier 1")
    delete_group(cast.enter("admin"), group.id)
    assert not GroupMembership.rows.filter(group_id=group.id).exists()
    assert not RoleAssignment.rows.filter(group_id=group.id).exists()
    assert User.rows.filter(pk=cast.user("analyst").pk).exists()
    assert not cast.enter("analyst").entry.role_names


def test_removal_ends_everything_the_user_held(cast: Cast) -> None:
    scope, user = cast.enter("admin"), cast.user("analyst")
    assign_role(scope, cast.role("Security Reader").id, user_id=user.id)
    remove_user(scope, user.id)
    for model in (GroupMembership, RoleAssignment):
        assert set(model.rows.filter(user_id=user.id).values_list("ends_at", flat=True)) == {NOW}
    assert Account.objects.get(email="analyst@provider.example").home_tenant_id == cast.provider.id


def test_a_removed_member_may_find_another_home(cast: Cast) -> None:
    remove_user(cast.enter("admin"), cast.user("member").id)
    assert Account.objects.get(email="member@customer.example").home_tenant_id is None


def test_blocking_happens_once(cast: Cast) -> None:
    scope, user = cast.enter("admin"), cast.user("analyst")
    with pytest.raises(Conflict):
        unblock_user(scope, user.id)
    block_user(scope, user.id)
    with pytest.raises(Conflict):
        block_user(scope, user.id)


def test_work_is_given_only_to_those_who_may_enter_now(cast: Cast) -> None:
    scope = cast.enter("admin")
    block_user(scope, cast.user("lead").id)
    change_end(scope, cast.user("helper").id, ends_at=NOW)
    names = assignable_users(cast.customer.id, NOW).values_list("display_name", flat=True)
    assert list(names) == ["Admin", "Analyst", "Member", "Reader"]
