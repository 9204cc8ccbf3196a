"""Roles of the tenant's own: made, changed, deleted, and never a way to more than one holds."""

import uuid
from datetime import timedelta

import pytest

from tests.cast import NOW, Cast, make_role, scope_with
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import GRANTS, Permission, RolePermission
from tidegate.authorization.scope import Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.actions.custom_roles import create_role, delete_role, update_role
from tidegate.directory.actions.groups import add_member, create_group, delete_group
from tidegate.directory.actions.roles import assign_role, unassign_role
from tidegate.directory.models import Role, RoleAssignment
from tidegate.entitlements.models import Eligibility

pytestmark = pytest.mark.usefixtures("now")

READS = {RolePermission.VIEW_DATA, RolePermission.READ_AUDIT_LOG}


def made(scope: Scope, *lines: RolePermission, name: str = "Night watch") -> Role:
    return create_role(scope, display_name=name, description="Nights", lines=lines or READS)


def manager_of_directory(cast: Cast) -> Scope:
    """`member`, who may manage the directory and nothing else."""
    role = made(cast.enter("admin"), RolePermission.MANAGE_DIRECTORY, name="Directory")
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)
    return cast.enter("member")


def test_role_opens_its_lines_and_nothing_else(cast: Cast) -> None:
    scope = cast.enter("admin")
    role = made(scope)
    assign_role(scope, role.id, user_id=cast.user("helper").id)
    opened = cast.enter("helper").entry.permissions
    lines = GRANTS[RolePermission.VIEW_DATA] | GRANTS[RolePermission.READ_AUDIT_LOG]
    assert opened == {Permission.TENANT_READ} | lines
    assert AuditEvent.rows.filter(tag="role.created", target_id=str(role.id)).count() == 1


def test_changed_lines_hold_for_its_holders_at_once(cast: Cast) -> None:
    scope = cast.enter("admin")
    role = made(scope)
    assign_role(scope, role.id, user_id=cast.user("helper").id)
    update_role(scope, role.id, display_name="Day watch", description="", lines={RolePermission.REMEDIATE})
    entry = cast.enter("helper").entry
    assert entry.permissions == {Permission.TENANT_READ, Permission.RESPONSE_ACT}
    assert entry.role_names == ("Day watch",)
    event = AuditEvent.rows.get(tag="role.updated")
    assert '"Night watch"' in event.details
    assert '"active_remediation.security_operations"' in event.details


@pytest.mark.parametrize("name", ["", " ", "x" * 257, "a\0b"])
def test_a_name_that_cannot_be_is_named(cast: Cast, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        made(cast.enter("admin"), name=name) if name.strip() else create_role(
            cast.enter("admin"), display_name=name, description="", lines=READS
        )
    assert set(refused.value.fields) == {"display_name"}


def test_a_role_holds_something(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_role(cast.enter("admin"), display_name="Nothing", description="", lines=())
    assert refused.value.fields == {"lines": "must hold at least one permission"}


def test_a_name_is_taken_whatever_its_capitals(cast: Cast) -> None:
    scope = cast.enter("admin")
    role = made(scope)
    for name in ("night WATCH", "global administrator"):
        with pytest.raises(Conflict):
            made(scope, name=name)
    other = made(scope, name="Other")
    with pytest.raises(Conflict):
        update_role(scope, other.id, display_name="Night watch", description="", lines=READS)
    update_role(scope, role.id, display_name="NIGHT WATCH", description="", lines=READS)


@pytest.mark.parametrize("name", ["Global Administrator", "Tier 1 Analyst"])
def test_built_in_roles_stay(cast: Cast, name: str) -> None:
    scope, role = cast.enter("admin"), cast.role(name)
    with pytest.raises(Conflict):
        update_role(scope, role.id, display_name="Mine", description="", lines=READS)
    with pytest.raises(Conflict):
        delete_role(scope, role.id)


def test_a_role_in_use_is_not_deleted(cast: Cast) -> None:
    scope = cast.enter("admin")
    role, group = made(scope), create_group(scope, display_name="Nights")
    given = assign_role(scope, role.id, group_id=group.id)
    with pytest.raises(Conflict, match="given to somebody"):
        delete_role(scope, role.id)
    unassign_role(scope, given.id)
    delete_role(scope, role.id)
    assert not Role.objects.of_tenant(cast.customer.id).filter(id=role.id).exists()


def test_a_role_that_will_be_held_is_not_deleted(cast: Cast) -> None:
    scope = cast.enter("admin")
    role = made(scope)
    RoleAssignment.rows.create(
        tenant=cast.customer, role_id=role.id, user_id=cast.user("helper").id, starts_at=NOW + timedelta(1)
    )
    with pytest.raises(Conflict, match="given to somebody"):
        delete_role(scope, role.id)


def test_a_role_that_somebody_can_activate_is_not_deleted(cast: Cast) -> None:
    scope = cast.enter("admin")
    role, before = made(scope), AuditEvent.rows.count()
    Eligibility.rows.create(
        tenant=cast.customer,
        role_id=role.id,
        user_id=cast.user("helper").id,
        starts_at=NOW,
        created_at=NOW,
        longest=timedelta(hours=4),
    )
    with pytest.raises(Conflict, match="can activate it"):
        delete_role(scope, role.id)
    assert AuditEvent.rows.count() == before


def test_nobody_makes_a_role_of_more_than_they_hold(cast: Cast) -> None:
    scope = manager_of_directory(cast)
    made(scope, RolePermission.READ_DIRECTORY, name="Readers")
    with pytest.raises(Forbidden) as refused:
        made(scope, RolePermission.READ_DIRECTORY, RolePermission.REMEDIATE)
    assert refused.value.permission == Permission.RESPONSE_ACT


def test_nobody_adds_to_a_role_what_they_do_not_hold_but_may_take_away(cast: Cast) -> None:
    role = made(cast.enter("admin"), RolePermission.VIEW_DATA, RolePermission.REMEDIATE)
    scope = manager_of_directory(cast)
    with pytest.raises(Forbidden) as refused:
        update_role(
            scope,
            role.id,
            display_name="N",
            description="",
            lines={*role.lines, RolePermission.READ_AUDIT_LOG},
        )
    assert refused.value.permission == Permission.AUDIT_READ
    update_role(scope, role.id, display_name="N", description="", lines={RolePermission.REMEDIATE})


def test_nobody_gives_a_role_that_opens_more_than_they_hold(cast: Cast) -> None:
    scope, own = manager_of_directory(cast), cast.user("member").id
    for name in ("Global Administrator", "Security Reader", "Tier 2 Analyst"):
        with pytest.raises(Forbidden):
            assign_role(scope, cast.role(name).id, user_id=own)
    assign_role(scope, made(scope, RolePermission.READ_DIRECTORY, name="R").id, user_id=own)


def test_nobody_enters_a_group_that_gives_more_than_they_hold(cast: Cast) -> None:
    scope = manager_of_directory(cast)
    with pytest.raises(Forbidden) as refused:
        add_member(scope, cast.group("Tier 1").id, cast.user("member").id)
    assert refused.value.permission in GRANTS[RolePermission.VIEW_DATA] | set(Permission)
    empty = create_group(scope, display_name="Empty")
    add_member(scope, empty.id, cast.user("member").id)


def test_a_group_that_will_give_more_is_guarded_before_it_does(cast: Cast) -> None:
    scope = manager_of_directory(cast)
    group = create_group(scope, display_name="Soon")
    RoleAssignment.rows.create(
        tenant=cast.customer,
        role_id=cast.role("Global Administrator").id,
        group_id=group.id,
        starts_at=NOW + timedelta(1),
    )
    with pytest.raises(Forbidden):
        add_member(scope, group.id, cast.user("member").id)


def test_the_product_itself_gives_what_it_does_not_hold(cast: Cast) -> None:
    needed = (
        Permission.ROLE_ASSIGN,
        Permission.ROLE_READ,
        Permission.GROUP_READ,
        Permission.GROUP_MANAGE,
        Permission.USER_READ,
    )
    scope = scope_with(cast.customer, *needed)
    assign_role(scope, cast.role("Tier 2 Analyst").id, user_id=cast.user("helper").id)
    add_member(scope, cast.group("Tier 1").id, cast.user("helper").id)


@pytest.mark.parametrize("who", ["member", "reader", "analyst", "lead", "helper"])
def test_others_make_no_roles(cast: Cast, who: str) -> None:
    role = make_role(cast.customer, "Made", RolePermission.VIEW_DATA)
    scope = cast.enter(who)
    calls = (
        lambda: made(scope),
        lambda: update_role(scope, role.id, display_name="N", description="", lines=READS),
        lambda: delete_role(scope, role.id),
    )
    for call in calls:
        with pytest.raises(Forbidden) as refused:
            call()
        assert refused.value.permission == Permission.ROLE_MANAGE


def test_the_outsider_does_not_find_another_tenants_role(cast: Cast) -> None:
    role, scope = (
        make_role(cast.customer, "Made", RolePermission.VIEW_DATA),
        cast.enter("outsider", cast.other),
    )
    for absent in (role.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            update_role(scope, absent, display_name="N", description="", lines=READS)
        with pytest.raises(NotFound):
            delete_role(scope, absent)


def test_after_a_role_was_taken_back_the_past_is_no_hindrance(cast: Cast) -> None:
    with standing_at(NOW):
        scope = cast.enter("admin")
        role = made(scope)
        given = assign_role(scope, role.id, user_id=cast.user("helper").id)
        unassign_role(scope, given.id)
        delete_role(scope, role.id)


def test_a_group_that_can_activate_a_role_is_not_deleted(cast: Cast) -> None:
    scope, group = cast.enter("admin"), cast.group("Tier 1")
    Eligibility.rows.create(
        tenant=cast.customer,
        role_id=cast.role("Tier 2 Analyst").id,
        group_id=group.id,
        starts_at=NOW,
        created_at=NOW,
        longest=timedelta(hours=4),
    )
    with pytest.raises(Conflict, match="eligible role"):
        delete_group(scope, group.id)
