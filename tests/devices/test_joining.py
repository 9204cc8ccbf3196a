"""Nobody lets themselves, or somebody else, see devices that are hidden from them, by way of a user group."""

import importlib

import pytest
from django.apps import apps
from django.db import connection

from tests.cast import Cast, make_role
from tests.devices.making import hide, see_devices
from tests.entitlements.offering import make_package
from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Forbidden
from tidegate.devices.actions.device_access import end_device_access, set_device_group_access
from tidegate.devices.groups import access_of
from tidegate.devices.models import DeviceGroup
from tidegate.directory.actions.groups import add_member, create_group
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.models import Group
from tidegate.entitlements.actions.resources import add_resource


@pytest.fixture
def hidden(now: None, cast: Cast) -> DeviceGroup:
    """A device group that only the members of "Watchers" see, a user group without a role."""
    see_devices(cast.customer, "srv-1")
    create_group(cast.enter("admin"), display_name="Watchers")
    return hide(cast, "srv", to=("Watchers",))


def manager(cast: Cast, *more: RolePermission) -> Scope:
    """`member`, who manages the directory and reads devices, and does not see what is hidden."""
    role = make_role(
        cast.customer, "Directory", RolePermission.MANAGE_DIRECTORY, RolePermission.VIEW_DATA, *more
    )
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)
    return cast.enter("member")


def refused(cast: Cast, scope: Scope, *names: str) -> None:
    for name in names:
        with pytest.raises(Forbidden) as error:
            add_member(scope, cast.group("Watchers").id, cast.user(name).id)
        assert error.value.permission == Permission.DEVICE_GROUP_MANAGE


@pytest.mark.usefixtures("hidden")
def test_who_does_not_see_a_device_group_lets_nobody_see_it(cast: Cast) -> None:
    scope = manager(cast)
    refused(cast, scope, "member", "helper")
    package = make_package(cast.customer)
    with pytest.raises(Forbidden):
        add_resource(scope, package.id, group_id=cast.group("Watchers").id)


@pytest.mark.usefixtures("hidden")
def test_who_manages_device_groups_may(cast: Cast) -> None:
    scope = manager(cast, RolePermission.MANAGE_PORTAL_SETTINGS)
    add_member(scope, cast.group("Watchers").id, cast.user("helper").id)


@pytest.mark.usefixtures("hidden")
def test_who_sees_it_may(cast: Cast) -> None:
    manager(cast)
    add_member(cast.enter("admin"), cast.group("Watchers").id, cast.user("member").id)
    add_member(cast.enter("member"), cast.group("Watchers").id, cast.user("helper").id)


def test_what_is_no_longer_hidden_is_asked_no_more(cast: Cast, hidden: DeviceGroup) -> None:
    scope, admin = manager(cast), cast.enter("admin")
    refused(cast, scope, "helper")
    end_device_access(admin, access_of(admin, hidden).get().id)
    add_member(scope, cast.group("Watchers").id, cast.user("helper").id)
    set_device_group_access(admin, hidden.id, group_ids=[cast.group("Tier 2").id, cast.group("Watchers").id])
    refused(cast, scope, "reader")
    set_device_group_access(admin, hidden.id, group_ids=[])
    add_member(cast.enter("member"), cast.group("Watchers").id, cast.user("reader").id)


def test_groups_that_were_named_before_are_told(cast: Cast, hidden: DeviceGroup) -> None:
    Group.rows.all().update(seen_device_group_ids=[])
    migration = importlib.import_module("tidegate.devices.migrations.0006_seen_by_groups")
    migration.tell_groups(apps, connection.schema_editor())
    told = dict(Group.rows.filter(tenant=cast.customer).values_list("display_name", "seen_device_group_ids"))
    assert told == {"Tier 1": [], "Tier 2": [], "Watchers": [str(hidden.id)]}
