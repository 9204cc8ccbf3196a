import dataclasses
import uuid

import pytest

from tidegate.authorization.permissions import (
    EVERYONE_INSIDE,
    GRANTS,
    Permission,
    RolePermission,
    permissions_of,
)
from tidegate.authorization.roles import BUILT_IN_ROLES, BuiltInRole
from tidegate.authorization.scope import OPERATOR, Entry, Scope, require
from tidegate.core.errors import Forbidden
from tools.permission_matrix import PAGE, write_page


def test_the_page_of_permissions_is_current() -> None:
    assert PAGE.read_text() == write_page(), "run: python -m tools.permission_matrix"


def test_the_page_names_everything() -> None:
    page = write_page()
    for name in [*Permission, *RolePermission, *BuiltInRole]:
        assert name in page


def test_every_line_of_the_table_opens_something() -> None:
    assert set(GRANTS) == set(RolePermission)
    assert all(GRANTS.values())


def test_every_permission_is_opened_by_some_line_or_held_by_everyone() -> None:
    assert EVERYONE_INSIDE.union(*GRANTS.values()) == set(Permission)


def test_no_line_at_all_opens_what_everyone_inside_has_and_no_more() -> None:
    assert permissions_of(frozenset()) == EVERYONE_INSIDE == {Permission.TENANT_READ}


def test_the_tiers_differ_by_live_response_alone() -> None:
    one, two = (BUILT_IN_ROLES[BuiltInRole(f"Tier {tier} Analyst")] for tier in (1, 2))
    assert two - one == {RolePermission.LIVE_RESPONSE_BASIC, RolePermission.LIVE_RESPONSE_ADVANCED}
    assert one < two


def test_analysts_never_touch_the_directory() -> None:
    directory = {line for line in RolePermission if line.startswith("directory.")}
    for tier in (BuiltInRole.TIER_1_ANALYST, BuiltInRole.TIER_2_ANALYST):
        assert not BUILT_IN_ROLES[tier] & directory


def test_a_reader_may_only_read() -> None:
    held = permissions_of(BUILT_IN_ROLES[BuiltInRole.SECURITY_READER])
    assert {permission.rpartition(".")[2] for permission in held} == {"read"}


def test_only_the_global_administrator_changes_the_directory() -> None:
    holders = {role for role, lines in BUILT_IN_ROLES.items() if RolePermission.MANAGE_DIRECTORY in lines}
    assert holders == {BuiltInRole.GLOBAL_ADMINISTRATOR}


def make_scope(*permissions: Permission) -> Scope:
    return Scope(OPERATOR, Entry(uuid.uuid4(), "Delta Mills", None, None, frozenset(permissions)))


def test_requiring_what_is_held_passes() -> None:
    require(make_scope(Permission.ALERT_READ), Permission.ALERT_READ)


def test_requiring_what_is_not_held_names_it() -> None:
    with pytest.raises(Forbidden, match=r"alert\.update") as refused:
        require(make_scope(Permission.ALERT_READ), Permission.ALERT_UPDATE)
    assert refused.value.permission == Permission.ALERT_UPDATE


def test_a_scope_cannot_be_changed() -> None:
    scope = make_scope()
    with pytest.raises(dataclasses.FrozenInstanceError):
        scope.entry = make_scope(*Permission).entry  # type: ignore[misc]
