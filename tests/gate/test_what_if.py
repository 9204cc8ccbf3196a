"""What is foreseen is what happens; and foreseeing leaves no trace."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import NOW, START, Cast, join_as_guest, make_cast, make_role
from tidegate.authorization.permissions import GRANTS, Permission, RolePermission
from tidegate.authorization.scope import Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.devices.actions.device_access import set_device_group_access
from tidegate.devices.actions.device_groups import (
    create_device_group,
    delete_device_group,
    move_device_group,
)
from tidegate.devices.default_group import default_group
from tidegate.devices.matching import Rule
from tidegate.devices.models import Device, DeviceGroup, DeviceGroupAccess
from tidegate.devices.visibility import seen_devices
from tidegate.devices.words import RuleOperator, RuleProperty
from tidegate.directory.actions.custom_roles import delete_role, update_role
from tidegate.directory.actions.groups import add_member, delete_group, remove_member
from tidegate.directory.actions.roles import assign_role, unassign_role
from tidegate.directory.actions.users import block_user, change_end, remove_user, unblock_user
from tidegate.directory.models import Group, GroupMembership, Role, RoleAssignment, User
from tidegate.gate.what_if import Difference, Move, foresee

PEOPLE = ("admin", "member", "reader", "analyst", "lead", "helper")


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours."""
    own = [model for model in apps.get_models() if model.__module__.startswith("tidegate.")]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in own}


@dataclass(frozen=True)
class Seen:
    """What the gate gives somebody at one moment, and the devices that they then see."""

    permissions: frozenset[Permission] = frozenset()
    devices: frozenset[uuid.UUID] = frozenset()


def look(cast: Cast) -> dict[str, Seen]:
    """Each of the cast; nothing for who may not enter."""
    found = {}
    for name in PEOPLE:
        try:
            scope = cast.enter(name)
        except NotFound:
            found[name] = Seen()
            continue
        may_see = scope.allows(Permission.DEVICE_READ)
        ids = seen_devices(scope).values_list("id", flat=True) if may_see else ()
        found[name] = Seen(scope.entry.permissions, frozenset(ids))
    return found


def make_device(cast: Cast, name: str, group: DeviceGroup) -> Device:
    return Device.rows.create(
        tenant=cast.customer,
        key=f"dns:{name}",
        dns_name=name,
        device_group_id=group.id,
        first_seen_at=START,
        last_seen_at=START,
    )


def make_device_group(cast: Cast, name: str, **values: Any) -> DeviceGroup:
    return DeviceGroup.rows.create(tenant=cast.customer, display_name=name, created_at=START, **values)


def effects_by_name(cast: Cast, change: Callable[[], object]) -> dict[str, tuple[Difference, Difference]]:
    foreseen = foresee(cast.enter("admin"), change)
    return {one.user.display_name: (one.opens, one.closes) for one in foreseen.people}


@pytest.mark.usefixtures("now")
class TestSingleChanges:
    def test_a_role_opens_its_lines(self, cast: Cast) -> None:
        scope, helper = cast.enter("admin"), cast.user("helper").id
        role = cast.role("Security Reader")
        effects = effects_by_name(cast, lambda: assign_role(scope, role.id, user_id=helper))
        assert set(effects) == {"Helper"}
        opens, closes = effects["Helper"]
        assert set(opens.lines) == role.lines
        assert not opens.is_entry
        assert not closes

    def test_what_is_held_twice_is_not_lost(self, cast: Cast) -> None:
        scope = cast.enter("admin")
        assign_role(scope, cast.role("Tier 1 Analyst").id, user_id=cast.user("lead").id)
        effects = effects_by_name(cast, lambda: delete_group(scope, cast.group("Tier 2").id))
        opens, closes = effects["Lead"]
        assert not opens
        assert closes.lines == (RolePermission.LIVE_RESPONSE_BASIC, RolePermission.LIVE_RESPONSE_ADVANCED)

    def test_a_removed_user_loses_entry(self, cast: Cast) -> None:
        scope = cast.enter("admin")
        effects = effects_by_name(cast, lambda: remove_user(scope, cast.user("analyst").id))
        assert effects["Analyst"][1].is_entry
        assert Permission.TENANT_READ in effects["Analyst"][1].permissions

    def test_nothing_opens_for_who_may_not_enter(self, cast: Cast) -> None:
        scope, helper = cast.enter("admin"), cast.user("helper").id
        block_user(scope, helper)
        assert not effects_by_name(
            cast, lambda: assign_role(scope, cast.role("Security Reader").id, user_id=helper)
        )

    def test_an_error_of_the_change_is_raised_and_nothing_stays(self, cast: Cast) -> None:
        scope, own = cast.enter("admin"), cast.user("admin").id
        before = everything()
        with pytest.raises(Conflict):
            foresee(scope, lambda: block_user(scope, own))
        reader = cast.enter("reader")
        with pytest.raises(Forbidden):
            foresee(reader, lambda: block_user(reader, own))
        assert everything() == before

    def test_nothing_is_sent(self, cast: Cast) -> None:
        sent: list[int] = []
        foresee(cast.enter("admin"), lambda: transaction.on_commit(lambda: sent.append(1)))
        assert sent == []

    def test_devices_that_become_visible_are_counted(self, cast: Cast) -> None:
        mine = make_device_group(cast, "Offices", is_default=True)
        vault = make_device_group(cast, "Vault", rank=1, is_restricted=True)
        DeviceGroupAccess.rows.create(
            tenant=cast.customer, device_group_id=vault.id, group_id=cast.group("Tier 2").id, starts_at=START
        )
        for name, group in (("a", mine), ("b", vault), ("c", vault)):
            make_device(cast, name, group)
        scope = cast.enter("admin")

        def join() -> None:
            add_member(scope, cast.group("Tier 2").id, cast.user("analyst").id)

        opens, _ = effects_by_name(cast, join)["Analyst"]
        assert (opens.device_groups, opens.devices) == (("Vault",), 2)
        assert foresee(scope, join).moves == ()

        def leave() -> None:
            DeviceGroupAccess.rows.all().update(ends_at=NOW)

        (lead,) = effects_by_name(cast, leave).values()
        assert (lead[1].device_groups, lead[1].devices) == (("Vault",), 2)

        def move() -> None:
            Device.rows.filter(dns_name="a").update(device_group_id=vault.id)

        moved = effects_by_name(cast, move)
        # The administrator sees every device group.
        assert {name: (one[0].devices, one[1].devices) for name, one in moved.items()} == {
            "Analyst": (0, 1),
            "Reader": (0, 1),
        }
        assert foresee(scope, move).moves == (Move("Offices", "Vault", 1),)
        assign_role(scope, cast.role("Security Administrator").id, user_id=cast.user("member").id)
        assert foresee(cast.enter("member"), move).moves == ()

    def test_names_are_for_who_reads_users(self, cast: Cast) -> None:
        role = make_role(cast.customer, "Settings", RolePermission.MANAGE_PORTAL_SETTINGS)
        assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)

        def change() -> None:
            User.rows.filter(pk=cast.user("helper").pk).update(blocked_at=NOW)

        seen = foresee(cast.enter("member"), change)
        assert (len(seen.losing), seen.named) == (1, ())
        assert len(foresee(cast.enter("admin"), change).named) == 1

    def test_home_opens_and_closes_other_tenants(self, cast: Cast) -> None:
        scope, analyst = cast.enter("boss", cast.provider), cast.user("analyst", cast.provider).id
        join_as_guest(cast.enter("outsider", cast.other), cast.accounts["analyst"])
        (effect,) = foresee(scope, lambda: remove_user(scope, analyst)).people
        assert (effect.closes.is_entry, effect.closes.tenants, effect.opens.tenants) == (True, 2, 0)
        block_user(scope, analyst)
        (effect,) = foresee(scope, lambda: unblock_user(scope, analyst)).people
        assert (effect.opens.is_entry, effect.opens.tenants, effect.closes.tenants) == (True, 2, 0)
        # What keeps somebody out of the other tenant is no effect of this one.
        block_user(cast.enter("admin"), cast.user("analyst").id)
        (effect,) = foresee(scope, lambda: unblock_user(scope, analyst)).people
        assert effect.opens.tenants == 1

    def test_where_else_people_enter_is_for_who_sees_coverage(self, cast: Cast) -> None:
        role = make_role(cast.provider, "Settings", RolePermission.MANAGE_PORTAL_SETTINGS)
        helper = cast.user("helper", cast.provider)
        assign_role(cast.enter("boss", cast.provider), role.id, user_id=helper.id)

        def change() -> None:
            User.rows.filter(pk=cast.user("lead", cast.provider).pk).update(blocked_at=NOW)

        (lost,) = foresee(cast.enter("helper", cast.provider), change).losing
        assert (lost.is_entry, lost.tenants) == (True, 0)

    def test_people_of_another_tenant_are_not_in_it(self, cast: Cast) -> None:
        def change() -> None:
            User.rows.all().update(blocked_at=NOW)

        people = {one.user.tenant_id for one in foresee(cast.enter("outsider", cast.other), change).people}
        assert people == {cast.other.id}

    def test_it_asks_as_much_for_three_more_people(self, cast: Cast) -> None:
        scope = cast.enter("admin")
        with CaptureQueriesContext(connection) as few:
            foresee(scope, lambda: None)
        for number in range(3):
            User.rows.create(
                tenant=cast.customer,
                user_type=User.UserType.MEMBER,
                user_principal_name=f"n{number}@customer.example",
                display_name="New",
                mail=f"n{number}@customer.example",
                created_at=START,
                starts_at=START,
            )
        with CaptureQueriesContext(connection) as many:
            foresee(scope, lambda: None)
        assert len(few) == len(many)


type Change = tuple[str, str, int, frozenset[RolePermission]]

changes: st.SearchStrategy[Change] = st.tuples(
    st.sampled_from(
        ["assign", "assign_group", "unassign", "join", "leave", "delete_group", "lines", "delete_role",
         "block", "unblock", "end", "remove", "device_group", "access", "close", "rank", "drop"]
    ),
    st.sampled_from(PEOPLE),
    st.integers(0, 5),
    st.frozensets(st.sampled_from(RolePermission), min_size=1, max_size=4),
)  # fmt: skip


def pick[M: models.Model](rows: "models.QuerySet[M]", number: int) -> Any:
    """The id of one of them; of none when there is none."""
    ids = list(rows.order_by("id").values_list("id", flat=True))
    return ids[number % len(ids)] if ids else uuid.UUID(int=0)


def as_action(cast: Cast, scope: Scope, change: Change) -> Callable[[], object]:
    what, who, number, lines = change
    tenant, user = (
        cast.customer.id,
        User.objects.of_tenant(cast.customer.id).get(account=cast.accounts[who]).id,
    )
    role = pick(Role.objects.of_tenant(tenant), number)
    own_role = pick(Role.objects.of_tenant(tenant).filter(is_built_in=False), number)
    group = pick(Group.objects.of_tenant(tenant), number)
    given = pick(RoleAssignment.objects.of_tenant(tenant), number)
    membership = pick(GroupMembership.objects.of_tenant(tenant), number)
    device_group = pick(DeviceGroup.objects.of_tenant(tenant), number)
    rule = Rule(RuleProperty.NAME, RuleOperator.CONTAINS, ("abcdef"[number],))
    called = f"Made {number} of {DeviceGroup.objects.of_tenant(tenant).count()}"
    actions: dict[str, Callable[[], object]] = {
        "assign": lambda: assign_role(scope, role, user_id=user),
        "assign_group": lambda: assign_role(scope, role, group_id=group),
        "unassign": lambda: unassign_role(scope, given),
        "join": lambda: add_member(scope, group, user),
        "leave": lambda: remove_member(scope, membership),
        "delete_group": lambda: delete_group(scope, group),
        "lines": lambda: update_role(scope, own_role, display_name="Own", description="", lines=lines),
        "delete_role": lambda: delete_role(scope, own_role),
        "block": lambda: block_user(scope, user),
        "unblock": lambda: unblock_user(scope, user),
        "end": lambda: change_end(scope, user, ends_at=NOW + timedelta(hours=number - 2)),
        "remove": lambda: remove_user(scope, user),
        "device_group": lambda: create_device_group(scope, display_name=called, rules=[rule]),
        "access": lambda: set_device_group_access(scope, device_group, group_ids=[group]),
        "close": lambda: set_device_group_access(scope, device_group, group_ids=[], is_restricted=True),
        "rank": lambda: move_device_group(scope, device_group, rank=number + 1),
        "drop": lambda: delete_device_group(scope, device_group),
    }
    return actions[what]


class TestForesight(TestCase):
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(changes, min_size=1, max_size=6))
    def test_what_is_foreseen_is_what_happens(self, *, steps: list[Change]) -> None:
        cast = make_cast()
        own = make_role(cast.customer, "Own", RolePermission.READ_AUDIT_LOG)
        RoleAssignment.rows.create(
            tenant=cast.customer, role_id=own.id, group_id=cast.group("Tier 1").id, starts_at=START
        )
        with standing_at(NOW):
            scope = cast.enter("admin")
            for name in ("ab", "bc", "cd", "x"):
                make_device(cast, name, default_group(cast.customer.id))
            for step in steps:
                self.try_one(cast, scope, as_action(cast, scope, step))

    def try_one(self, cast: Cast, scope: Scope, action: Callable[[], object]) -> None:
        tables, before = everything(), look(cast)
        try:
            foreseen = foresee(scope, action)
        except (Conflict, NotFound, Forbidden, InvalidInput) as refused:
            assert everything() == tables
            with pytest.raises(type(refused)):
                action()
            return
        assert everything() == tables
        action()
        after = look(cast)
        told = {one.user.account_id: (one.opens, one.closes) for one in foreseen.people}
        for name, old in before.items():
            opens, closes = told.pop(cast.accounts[name].id, (Difference(), Difference()))
            self.agree(opens, old, after[name])
            self.agree(closes, after[name], old)
        assert told == {}

    def agree(self, said: Difference, old: Seen, new: Seen) -> None:
        """What is said to be gained from one to the other is gained, and is in words."""
        assert said.is_entry == (not old.permissions and bool(new.permissions))
        assert said.permissions == new.permissions - old.permissions
        assert said.devices == len(new.devices - old.devices)
        words = frozenset[Permission]().union(*(GRANTS[line] for line in said.lines))
        assert said.permissions - {Permission.TENANT_READ} <= words
