"""Device groups: made, changed, ranked, deleted; and where devices are each time."""

import json
from typing import Any

import pytest

from tests.cast import NOW, Cast, scope_with
from tests.devices.making import group_of, rule, see_devices
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.devices.actions.device_groups import (
    create_device_group,
    delete_device_group,
    move_device_group,
    update_device_group,
)
from tidegate.devices.default_group import UNGROUPED
from tidegate.devices.groups import find_group, get_device_group, list_device_groups
from tidegate.devices.models import Device, DeviceGroup
from tidegate.devices.words import RemediationLevel
from tidegate.entitlements.models import AccessPackage, Catalog, ResourceRole

pytestmark = pytest.mark.usefixtures("now")

SERVERS = [rule("name", "startsWith", "srv-")]
FINANCE = [rule("name", "contains", "fin")]


def ranks(scope: Scope) -> list[tuple[str, int | None]]:
    return [(group.display_name, group.rank) for group in list_device_groups(scope)]


def last_event(cast: Cast) -> AuditEvent:
    return AuditEvent.rows.filter(tenant_id=cast.customer.id).latest("sequence")


def last_details(cast: Cast) -> dict[str, Any]:
    details: dict[str, Any] = json.loads(last_event(cast).details)
    return details


def default_of(scope: Scope) -> DeviceGroup:
    return next(group for group in list_device_groups(scope) if group.is_default)


def package_with(cast: Cast, group: DeviceGroup) -> None:
    tenant_id = cast.customer.id
    catalog = Catalog.rows.create(tenant_id=tenant_id, display_name="MSSP", created_at=NOW)
    package = AccessPackage.rows.create(
        tenant_id=tenant_id, catalog_id=catalog.id, display_name="Servers", created_at=NOW
    )
    ResourceRole.rows.create(tenant_id=tenant_id, package_id=package.id, device_group_id=group.id)


def test_a_new_group_is_last_and_takes_its_devices(cast: Cast) -> None:
    see_devices(cast.customer, "srv-1", "pc-1")
    see_devices(cast.other, "srv-9")
    admin = cast.enter("admin")
    group = create_device_group(
        admin,
        display_name=" Servers ",
        description="In the cellar",
        remediation_level=RemediationLevel.FULL,
        rules=SERVERS,
    )
    assert (group.display_name, group.description) == ("Servers", "In the cellar")
    assert (group.remediation_level, group.is_restricted) == ("fullRemediation", False)
    create_device_group(admin, display_name="Later", rules=[rule("name", "equals", "srv-1")])
    assert ranks(admin) == [("Servers", 1), ("Later", 2), (UNGROUPED, None)]
    assert [group_of(cast.customer, name) for name in ("srv-1", "pc-1")] == ["Servers", UNGROUPED]
    assert group_of(cast.other, "srv-9") == UNGROUPED


def test_what_was_done_is_recorded(cast: Cast) -> None:
    see_devices(cast.customer, "srv-1")
    admin = cast.enter("admin")
    group = create_device_group(admin, display_name="Servers", rules=SERVERS)
    made = last_event(cast)
    assert (made.tag, made.target_id) == ("device_group.created", str(group.id))
    assert last_details(cast)["devices_moved"] == 1
    update_device_group(admin, group.id, display_name="Cellar")
    changed = last_details(cast)
    assert (last_event(cast).tag, changed["before"]["display_name"]) == ("device_group.updated", "Servers")
    assert changed["devices_moved"] == 1
    create_device_group(admin, display_name="Other")
    move_device_group(admin, group.id, rank=2)
    assert (last_event(cast).tag, last_details(cast)["before"]) == ("device_group.moved", 1)
    delete_device_group(admin, group.id)
    assert (last_event(cast).tag, last_event(cast).target_name) == ("device_group.deleted", "Cellar")


def test_devices_follow_changed_rules_and_ranks(cast: Cast) -> None:
    see_devices(cast.customer, "srv-fin")
    admin = cast.enter("admin")
    servers = create_device_group(admin, display_name="Servers", rules=SERVERS)
    finance = create_device_group(admin, display_name="Finance", rules=FINANCE)
    assert group_of(cast.customer, "srv-fin") == "Servers"
    move_device_group(admin, finance.id, rank=1)
    assert group_of(cast.customer, "srv-fin") == "Finance"
    update_device_group(admin, finance.id, display_name="Finance", rules=[rule("tag", "equals", "fin")])
    assert group_of(cast.customer, "srv-fin") == "Servers"
    delete_device_group(admin, servers.id)
    assert group_of(cast.customer, "srv-fin") == UNGROUPED


def test_devices_are_placed_as_they_are_seen(cast: Cast) -> None:
    admin = cast.enter("admin")
    create_device_group(admin, display_name="Servers", rules=SERVERS)
    create_device_group(admin, display_name="Labelled", rules=[rule("tag", "equals", "lab")])
    see_devices(cast.customer, "srv-1", "pc-1")
    assert [group_of(cast.customer, name) for name in ("srv-1", "pc-1")] == ["Servers", UNGROUPED]
    see_devices(cast.customer, "pc-2", tags=["Lab"])
    assert group_of(cast.customer, "pc-2") == "Labelled"


@pytest.mark.parametrize(
    ("moved", "rank", "expected"),
    [(0, 4, "BCDA"), (3, 1, "DABC"), (1, 3, "ACBD"), (2, 2, "ACBD"), (1, 2, "ABCD")],
)
def test_ranks_close_up_around_a_move(cast: Cast, moved: int, rank: int, expected: str) -> None:
    admin = cast.enter("admin")
    groups = [create_device_group(admin, display_name=name) for name in "ABCD"]
    assert move_device_group(admin, groups[moved].id, rank=rank).rank == rank
    assert ranks(admin) == [*((name, place) for place, name in enumerate(expected, 1)), (UNGROUPED, None)]


def test_ranks_close_up_after_a_deletion(cast: Cast) -> None:
    admin = cast.enter("admin")
    groups = [create_device_group(admin, display_name=name) for name in "ABC"]
    delete_device_group(admin, groups[1].id)
    assert ranks(admin) == [("A", 1), ("C", 2), (UNGROUPED, None)]


@pytest.mark.parametrize("rank", [0, -1, 2])
def test_a_rank_that_there_is_not_is_refused(cast: Cast, rank: int) -> None:
    admin = cast.enter("admin")
    group = create_device_group(admin, display_name="Servers")
    with pytest.raises(InvalidInput) as refused:
        move_device_group(admin, group.id, rank=rank)
    assert refused.value.fields == {"rank": "must be from 1 to 1"}


@pytest.mark.parametrize("name", ["servers", " SERVERS ", UNGROUPED.upper()])
def test_a_name_is_given_once_whatever_its_case(cast: Cast, name: str) -> None:
    admin = cast.enter("admin")
    create_device_group(admin, display_name="Servers")
    other = create_device_group(admin, display_name="Other")
    with pytest.raises(Conflict):
        create_device_group(admin, display_name=name)
    with pytest.raises(Conflict):
        update_device_group(admin, other.id, display_name=name)
    assert update_device_group(admin, other.id, display_name="OTHER").display_name == "OTHER"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"display_name": " "}, "display_name"),
        ({"display_name": "a" * 257}, "display_name"),
        ({"display_name": "A", "description": "a\nb"}, "description"),
        ({"display_name": "A", "remediation_level": "some"}, "remediation_level"),
        ({"display_name": "A", "rules": [rule("tag", "equals", "")]}, "rules"),
    ],
)
def test_bad_input_is_named(cast: Cast, values: dict[str, Any], field: str) -> None:
    admin = cast.enter("admin")
    group = create_device_group(admin, display_name="Servers")
    with pytest.raises(InvalidInput) as refused:
        create_device_group(admin, **values)
    assert list(refused.value.fields) == [field]
    with pytest.raises(InvalidInput) as refused:
        update_device_group(admin, group.id, **values)
    assert list(refused.value.fields) == [field]


def test_the_default_group_stays_what_it_is(cast: Cast) -> None:
    see_devices(cast.customer, "pc-1")
    admin = cast.enter("admin")
    default = default_of(admin)
    with pytest.raises(Conflict):
        delete_device_group(admin, default.id)
    with pytest.raises(Conflict):
        move_device_group(admin, default.id, rank=1)
    with pytest.raises(Conflict):
        update_device_group(admin, default.id, display_name="Rest")
    with pytest.raises(Conflict):
        update_device_group(admin, default.id, display_name=UNGROUPED, rules=SERVERS)
    changed = update_device_group(
        admin,
        default.id,
        display_name=UNGROUPED,
        description="Whatever else",
        remediation_level=RemediationLevel.SEMI_ALL_FOLDERS,
    )
    assert (changed.description, changed.remediation_level) == ("Whatever else", "semiAllFolders")


def test_a_group_that_a_package_gives_cannot_be_deleted(cast: Cast) -> None:
    see_devices(cast.customer, "srv-1")
    admin = cast.enter("admin")
    group = create_device_group(admin, display_name="Servers", rules=SERVERS)
    package_with(cast, group)
    with pytest.raises(Conflict):
        delete_device_group(admin, group.id)
    assert group_of(cast.customer, "srv-1") == "Servers"
    assert last_event(cast).tag == "device_group.created"


def test_who_may_not_manage_is_refused(cast: Cast) -> None:
    group = create_device_group(cast.enter("admin"), display_name="Servers")
    for name in ("reader", "analyst", "lead", "helper", "member"):
        scope = cast.enter(name)
        for action in (
            lambda scope: create_device_group(scope, display_name="A"),
            lambda scope: update_device_group(scope, group.id, display_name="A"),
            lambda scope: move_device_group(scope, group.id, rank=1),
            lambda scope: delete_device_group(scope, group.id),
        ):
            with pytest.raises(Forbidden) as refused:
                action(scope)
            assert refused.value.permission == Permission.DEVICE_GROUP_MANAGE
    with pytest.raises(Forbidden):
        list_device_groups(cast.enter("analyst"))


def test_another_tenants_group_is_not_there(cast: Cast) -> None:
    group = create_device_group(cast.enter("admin"), display_name="Servers", rules=SERVERS)
    outsider = cast.enter("outsider", cast.other)
    for action in (
        lambda: get_device_group(outsider, group.id),
        lambda: find_group(outsider, group.id),
        lambda: update_device_group(outsider, group.id, display_name="A"),
        lambda: move_device_group(outsider, group.id, rank=1),
        lambda: delete_device_group(outsider, group.id),
    ):
        with pytest.raises(NotFound):
            action()
    assert list(list_device_groups(outsider)) == []
    create_device_group(outsider, display_name="Servers")
    assert ranks(cast.enter("admin")) == [("Servers", 1), (UNGROUPED, None)]


def test_groups_count_their_devices(cast: Cast) -> None:
    see_devices(cast.customer, "srv-1", "srv-2", "pc-1")
    admin = cast.enter("admin")
    create_device_group(admin, display_name="Servers", rules=SERVERS)
    create_device_group(admin, display_name="Empty")
    counts = {group.display_name: group.device_count for group in list_device_groups(admin)}  # type: ignore[attr-defined]
    assert counts == {"Servers": 2, "Empty": 0, UNGROUPED: 1}


def test_placing_many_devices_moves_each_once(cast: Cast) -> None:
    group = create_device_group(cast.enter("admin"), display_name="Servers", rules=SERVERS)
    default = default_of(cast.enter("admin"))
    Device.objects.bulk_create(
        Device(
            tenant_id=cast.customer.id,
            key=f"dns:{number}",
            dns_name=f"{'srv' if number % 2 else 'pc'}-{number}",
            device_group_id=default.id,
            first_seen_at=NOW,
            last_seen_at=NOW,
        )
        for number in range(1300)
    )
    admin = scope_with(cast.customer, Permission.DEVICE_GROUP_MANAGE)
    create_device_group(admin, display_name="Other")
    devices = Device.objects.of_tenant(cast.customer.id)
    assert devices.filter(device_group_id=group.id).count() == 650
    assert last_details(cast)["devices_moved"] == 650
