"""Who sees a device group: everyone, or who is named, for as long as they are; told by the gate."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, import_all, scope_with
from tests.connectors.samples import graph_alert
from tests.devices.making import device_evidence, hide, rule, see_devices
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import Forbidden, InvalidInput, NotFound
from tidegate.devices.actions.device_access import (
    end_device_access,
    grant_device_access,
    move_device_access,
    set_device_group_access,
)
from tidegate.devices.actions.device_groups import create_device_group
from tidegate.devices.groups import access_of, groups_without_role, list_device_groups, preview
from tidegate.devices.models import DeviceGroup, DeviceGroupAccess
from tidegate.devices.queries import DeviceFilter, find_machine, get_device, list_devices, page_devices
from tidegate.directory.actions.groups import create_group, delete_group, remove_member
from tidegate.directory.models import GroupMembership
from tidegate.gate.opening import open_many

pytestmark = pytest.mark.usefixtures("now")


def names(scope: Scope, text: str = "") -> list[str]:
    return sorted(str(device).partition(".")[0] for device in list_devices(scope, DeviceFilter(text=text)))


def at(moment: datetime, cast: Cast, name: str) -> list[str]:
    with standing_at(moment):
        return names(cast.enter(name))


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.fixture
def devices(cast: Cast) -> Cast:
    see_devices(cast.customer, "srv-1", "pc-1")
    return cast


def test_a_group_is_seen_by_everyone_until_it_is_restricted(devices: Cast) -> None:
    admin = devices.enter("admin")
    group = create_device_group(admin, display_name="Servers", rules=[rule("name", "startsWith", "srv")])
    assert names(devices.enter("analyst")) == ["pc-1", "srv-1"]
    set_device_group_access(admin, group.id, group_ids=[devices.group("Tier 2").id])
    assert names(devices.enter("analyst")) == ["pc-1"]
    assert names(devices.enter("reader")) == ["pc-1"]
    assert names(devices.enter("lead")) == ["pc-1", "srv-1"]
    assert names(devices.enter("admin")) == ["pc-1", "srv-1"]
    set_device_group_access(admin, group.id, group_ids=[])
    assert names(devices.enter("analyst")) == ["pc-1", "srv-1"]
    assert list(access_of(admin, group)) == []


def test_the_default_group_can_be_restricted_too(devices: Cast) -> None:
    hide(devices, "srv", to=("Tier 1",))
    admin = devices.enter("admin")
    default = next(group for group in list_device_groups(admin) if group.is_default)
    set_device_group_access(admin, default.id, group_ids=[devices.group("Tier 2").id])
    assert names(devices.enter("analyst")) == ["srv-1"]
    assert names(devices.enter("lead")) == ["pc-1"]
    assert names(devices.enter("reader")) == []


def test_a_hidden_device_is_as_one_that_is_not_there(devices: Cast) -> None:
    hide(devices, "srv")
    hidden = list_devices(devices.enter("admin"), DeviceFilter(text="srv-1")).get()
    analyst = devices.enter("analyst")
    with pytest.raises(NotFound):
        get_device(analyst, hidden.id)
    assert find_machine(analyst, "srv-1.corp.example") is None
    assert find_machine(analyst, "id-srv-1") is None
    assert names(analyst, "srv") == []
    assert [str(device) for device in page_devices(analyst, DeviceFilter(), "").rows] == ["pc-1.corp.example"]


def test_access_of_named_groups_is_kept_added_and_ended(devices: Cast) -> None:
    group = hide(devices, "srv", to=("Tier 1",))
    admin = devices.enter("admin")
    (kept,) = access_of(admin, group)
    set_device_group_access(admin, group.id, group_ids=[devices.group(n).id for n in ("Tier 1", "Tier 2")])
    both = list(access_of(admin, group))
    assert [row.group.display_name for row in both if row.group] == ["Tier 1", "Tier 2"]
    assert both[0].id == kept.id
    set_device_group_access(admin, group.id, group_ids=[devices.group("Tier 2").id])
    assert [row.group.display_name for row in access_of(admin, group) if row.group] == ["Tier 2"]
    assert DeviceGroupAccess.rows.get(id=kept.id).ends_at == NOW
    assert names(devices.enter("analyst")) == ["pc-1"]


def test_a_group_of_nobody_is_seen_by_administrators_alone(devices: Cast) -> None:
    group = hide(devices, "srv")
    assert group.is_restricted
    assert names(devices.enter("lead")) == ["pc-1"]
    assert names(devices.enter("admin")) == ["pc-1", "srv-1"]
    with pytest.raises(InvalidInput):
        set_device_group_access(
            devices.enter("admin"), group.id, group_ids=[devices.group("Tier 1").id], is_restricted=False
        )


def test_a_deleted_user_group_does_not_open_what_it_saw(devices: Cast) -> None:
    admin = devices.enter("admin")
    create_group(admin, display_name="Night")
    hide(devices, "srv", to=("Night",))
    delete_group(admin, devices.group("Night").id)
    assert names(devices.enter("analyst")) == ["pc-1"]


def test_a_grant_holds_from_its_start_up_to_its_end(devices: Cast) -> None:
    group = hide(devices, "srv")
    scope = scope_with(devices.customer, Permission.DEVICE_GROUP_MANAGE, Permission.USER_READ)
    user = devices.user("analyst")
    grant_device_access(scope, group.id, user.id, starts_at=NOW + hours(1), ends_at=NOW + hours(2))
    for hour, expected in ((0.9, 1), (1, 2), (1.9, 2), (2, 1)):
        assert len(at(NOW + hours(hour), devices, "analyst")) == expected
    assert len(at(NOW + hours(1), devices, "lead")) == 1


def test_a_grant_can_be_moved_and_ended(devices: Cast) -> None:
    group = hide(devices, "srv")
    scope = scope_with(devices.customer, Permission.DEVICE_GROUP_MANAGE, Permission.USER_READ)
    user = devices.user("analyst")
    access = grant_device_access(scope, group.id, user.id, starts_at=NOW, ends_at=None)
    move_device_access(scope, [access.id], ends_at=NOW + hours(1))
    assert len(at(NOW + hours(0.5), devices, "analyst")) == 2
    assert len(at(NOW + hours(1), devices, "analyst")) == 1
    end_device_access(scope, access.id)
    assert len(at(NOW, devices, "analyst")) == 1
    move_device_access(scope, [access.id], ends_at=None)
    assert len(at(NOW, devices, "analyst")) == 1


def test_sight_ends_with_the_membership_that_gives_it(devices: Cast) -> None:
    hide(devices, "srv", to=("Tier 1",))
    assert len(names(devices.enter("analyst"))) == 2
    held = GroupMembership.rows.get(user_id=devices.user("analyst").id)
    GroupMembership.rows.filter(id=held.id).update(ends_at=NOW + hours(1))
    opened = open_many(devices.actor("analyst"), Permission.TENANT_READ)
    assert not opened.sight.hides
    with standing_at(NOW + hours(1)):
        later = open_many(devices.actor("analyst"), Permission.TENANT_READ)
        assert later.sight.hides
        assert DeviceGroup.objects.in_scope(later).filter(later.sight.hidden("id")).count() == 1
    remove_member(devices.enter("admin"), held.id)
    assert open_many(devices.actor("analyst"), Permission.TENANT_READ).sight.hides


def test_a_user_gift_outlives_who_else_is_named(devices: Cast) -> None:
    group = hide(devices, "srv", to=("Tier 2",))
    scope = scope_with(devices.customer, Permission.DEVICE_GROUP_MANAGE, Permission.USER_READ)
    grant_device_access(scope, group.id, devices.user("analyst").id, starts_at=NOW, ends_at=None)
    set_device_group_access(scope, group.id, group_ids=[], is_restricted=True)
    assert names(devices.enter("analyst")) == ["pc-1", "srv-1"]
    assert names(devices.enter("lead")) == ["pc-1"]


def test_only_what_is_seen_is_counted_and_previewed(devices: Cast) -> None:
    hide(devices, "srv")
    rules = [rule("domain", "equals", "corp.example")]
    reader = devices.enter("reader")
    counts = {group.display_name: group.device_count for group in list_device_groups(reader)}  # type: ignore[attr-defined]
    assert counts == {"Hidden": None, "Ungrouped devices": 1}
    found, total = preview(reader, rules)
    assert ([str(device) for device in found], total) == (["pc-1.corp.example"], 1)
    assert preview(devices.enter("admin"), rules)[1] == 2


def test_a_preview_shows_the_first_ten_and_counts_all(cast: Cast) -> None:
    see_devices(cast.customer, *(f"pc-{number:02}" for number in range(12)))
    found, total = preview(cast.enter("admin"), [rule("name", "startsWith", "PC-")])
    assert [str(device).partition(".")[0] for device in found] == [f"pc-{number:02}" for number in range(10)]
    assert total == 12
    outside, none = preview(cast.enter("outsider", cast.other), [rule("name", "startsWith", "pc-")])
    assert (outside, none) == ([], 0)


def test_groups_that_hold_no_role_are_pointed_out(cast: Cast) -> None:
    admin = cast.enter("admin")
    empty = create_group(admin, display_name="Idle")
    both = [empty.id, cast.group("Tier 1").id]
    assert [group.display_name for group in groups_without_role(admin, both)] == ["Idle"]


def test_who_may_not_manage_gives_nobody_sight(devices: Cast) -> None:
    group = hide(devices, "srv", to=("Tier 1",))
    user = devices.user("reader")
    (row,) = access_of(devices.enter("admin"), group)
    for name in ("reader", "analyst", "helper"):
        scope = devices.enter(name)
        with pytest.raises(Forbidden):
            set_device_group_access(scope, group.id, group_ids=[])
        with pytest.raises(Forbidden):
            grant_device_access(scope, group.id, user.id, starts_at=NOW, ends_at=None)
        with pytest.raises(Forbidden):
            end_device_access(scope, row.id)


def test_nothing_is_given_across_tenants(devices: Cast) -> None:
    group = hide(devices, "srv", to=("Tier 1",))
    (row,) = access_of(devices.enter("admin"), group)
    outsider = devices.enter("outsider", devices.other)
    with pytest.raises(NotFound):
        set_device_group_access(outsider, group.id, group_ids=[])
    with pytest.raises(NotFound):
        grant_device_access(outsider, group.id, devices.user("analyst").id, starts_at=NOW, ends_at=None)
    end_device_access(outsider, row.id)
    assert DeviceGroupAccess.rows.get(id=row.id).ends_at is None
    own = create_device_group(outsider, display_name="Own")
    with pytest.raises(NotFound):
        set_device_group_access(outsider, own.id, group_ids=[devices.group("Tier 1").id])
    with pytest.raises(NotFound):
        grant_device_access(outsider, own.id, devices.user("analyst").id, starts_at=NOW, ends_at=None)


def test_opening_costs_a_statement_more_only_where_something_is_restricted(devices: Cast) -> None:
    def count(name: str) -> int:
        with CaptureQueriesContext(connection) as statements:
            devices.enter(name)
        return len(statements)

    before = count("analyst")
    group = hide(devices, "srv")
    assert count("analyst") == before + 1
    set_device_group_access(devices.enter("admin"), group.id, group_ids=[])
    assert count("analyst") == before


def test_placing_costs_the_same_however_many_groups_and_devices(cast: Cast) -> None:
    def count(*names: str) -> int:
        alert = graph_alert(id=f"a-{names[0]}", evidence=[device_evidence(name) for name in names])
        with CaptureQueriesContext(connection) as statements:
            import_all(cast.customer, [alert])
        return len(statements)

    admin = cast.enter("admin")
    create_device_group(admin, display_name="One", rules=[rule("name", "startsWith", "a")])
    count("z-1")
    before = count("a-1")
    for number in range(3):
        create_device_group(admin, display_name=f"More {number}", rules=[rule("tag", "equals", "a")])
    assert count("a-2", "b-2", "c-2", "d-2") == before
