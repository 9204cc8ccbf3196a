"""Every action of the directory, tried by each of the cast and on another tenant's objects."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

from tests.cast import INSIDE, NOW, Cast
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Forbidden, NotFound
from tidegate.directory.actions import domains, groups, invitations, roles, tenants, users
from tidegate.directory.models import (
    Domain,
    Group,
    GroupMembership,
    Invitation,
    Role,
    RoleAssignment,
    Tenant,
    User,
)
from tidegate.directory.queries import (
    get_domain,
    get_group,
    get_role,
    get_user,
    list_groups,
    list_role_assignments,
    list_roles,
    list_users,
)

pytestmark = pytest.mark.usefixtures("now")

TABLES: list[type[models.Model]] = [
    Tenant, Domain, User, Group, GroupMembership, Role, RoleAssignment, Invitation, AuditEvent,
]  # fmt: skip


class Things:
    """One of each kind of object in a tenant, for actions to be tried on."""

    def __init__(self, cast: Cast, tenant: Tenant, administrator: str) -> None:
        self.scope = cast.enter(administrator, tenant)
        self.group = groups.create_group(self.scope, display_name="Night shift")
        self.pending = invitations.invite_guest(self.scope, email="pending@nowhere.example").user
        self.member = groups.add_member(self.scope, self.group.id, self.pending.id)
        role = Role.objects.in_scope(self.scope).get(display_name="Security Reader")
        self.role = role
        self.given = roles.assign_role(self.scope, role.id, group_id=self.group.id)
        self.claim = domains.add_domain(self.scope, "claimed.example")
        self.blocked = invitations.invite_guest(self.scope, email="blocked@nowhere.example").user
        users.block_user(self.scope, self.blocked.id)


type Call = Callable[[Scope, Things], Any]

ACTIONS: dict[str, tuple[Permission, str, Call]] = {
    "update_tenant": (
        Permission.TENANT_UPDATE,
        "tenant.updated",
        lambda s, _: tenants.update_tenant(s, {"display_name": "New"}),
    ),
    "add_domain": (
        Permission.DOMAIN_MANAGE,
        "domain.added",
        lambda s, _: domains.add_domain(s, "new.example"),
    ),
    "verify_domain": (
        Permission.DOMAIN_MANAGE,
        "domain.verified",
        lambda s, t: domains.verify_domain(s, t.claim.id, find=lambda _: [t.claim.verification_code]),
    ),
    "confirm_domain": (
        Permission.DOMAIN_MANAGE,
        "domain.verified",
        lambda s, t: domains.confirm_domain(s, t.claim),
    ),
    "remove_domain": (
        Permission.DOMAIN_MANAGE,
        "domain.removed",
        lambda s, t: domains.remove_domain(s, t.claim.id),
    ),
    "invite_guest": (
        Permission.USER_INVITE,
        "user.invited",
        lambda s, _: invitations.invite_guest(s, email="new@nowhere.example"),
    ),
    "renew_invitation": (
        Permission.USER_INVITE,
        "invitation.renewed",
        lambda s, t: invitations.renew_invitation(s, t.pending.id),
    ),
    "remove_user": (Permission.USER_REMOVE, "user.removed", lambda s, t: users.remove_user(s, t.pending.id)),
    "block_user": (Permission.USER_UPDATE, "user.blocked", lambda s, t: users.block_user(s, t.pending.id)),
    "unblock_user": (
        Permission.USER_UPDATE,
        "user.unblocked",
        lambda s, t: users.unblock_user(s, t.blocked.id),
    ),
    "change_end": (
        Permission.USER_UPDATE,
        "user.end_changed",
        lambda s, t: users.change_end(s, t.pending.id, ends_at=None, endless_reason="Agreed"),
    ),
    "create_group": (
        Permission.GROUP_MANAGE,
        "group.created",
        lambda s, _: groups.create_group(s, display_name="New"),
    ),
    "update_group": (
        Permission.GROUP_MANAGE,
        "group.updated",
        lambda s, t: groups.update_group(s, t.group.id, display_name="New", description=""),
    ),
    "delete_group": (
        Permission.GROUP_MANAGE,
        "group.deleted",
        lambda s, t: groups.delete_group(s, t.group.id),
    ),
    "add_member": (
        Permission.GROUP_MANAGE,
        "group.member_added",
        lambda s, t: groups.add_member(s, t.group.id, t.blocked.id),
    ),
    "remove_member": (
        Permission.GROUP_MANAGE,
        "group.member_removed",
        lambda s, t: groups.remove_member(s, t.member.id),
    ),
    "assign_role": (
        Permission.ROLE_ASSIGN,
        "role.assigned",
        lambda s, t: roles.assign_role(s, t.role.id, user_id=t.pending.id),
    ),
    "unassign_role": (
        Permission.ROLE_ASSIGN,
        "role.unassigned",
        lambda s, t: roles.unassign_role(s, t.given.id),
    ),
}
NAMES_NO_OBJECT = {"update_tenant", "add_domain", "invite_guest", "create_group"}


def everything() -> list[list[dict[str, Any]]]:
    return [list(model._base_manager.order_by("pk").values()) for model in TABLES]


@pytest.mark.parametrize("name", ACTIONS)
def test_the_administrator_does_it_and_one_event_tells(cast: Cast, name: str) -> None:
    _, tag, call = ACTIONS[name]
    things = Things(cast, cast.customer, "admin")
    before = AuditEvent.rows.count()
    call(cast.enter("admin"), things)
    event = AuditEvent.rows.filter(tenant_id=cast.customer.id).latest("sequence")
    assert (event.tag, event.actor_email) == (tag, "admin@customer.example")
    assert event.actor_user_id == cast.user("admin").id
    assert AuditEvent.rows.count() == before + 1


@pytest.mark.parametrize("who", [name for name in INSIDE if name != "admin"])
@pytest.mark.parametrize("name", ACTIONS)
def test_nobody_else_does_it_and_nothing_is_written(cast: Cast, name: str, who: str) -> None:
    permission, _, call = ACTIONS[name]
    things = Things(cast, cast.customer, "admin")
    scope, before = cast.enter(who), everything()
    with pytest.raises(Forbidden) as refused:
        call(scope, things)
    assert refused.value.permission == permission
    assert everything() == before


@pytest.mark.parametrize("name", sorted(set(ACTIONS) - NAMES_NO_OBJECT))
def test_an_object_of_another_tenant_is_not_there(cast: Cast, name: str) -> None:
    """The outsider has every permission in their own tenant and knows the customer's ids."""
    things = Things(cast, cast.customer, "admin")
    Things(cast, cast.other, "outsider")
    scope, before = cast.enter("outsider", cast.other), everything()
    with pytest.raises(NotFound):
        ACTIONS[name][2](scope, things)
    assert everything() == before


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_action_that_fails_at_its_end_leaves_nothing(
    cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    things = Things(cast, cast.customer, "admin")
    scope, before = cast.enter("admin"), everything()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("as intended")

    monkeypatch.setattr("tidegate.audit.actions._move_head", fail)
    with pytest.raises(RuntimeError):
        ACTIONS[name][2](scope, things)
    assert everything() == before


def test_another_tenants_user_cannot_be_put_in_a_group_or_given_a_role(cast: Cast) -> None:
    scope, stranger = cast.enter("admin"), cast.user("outsider", cast.other)
    with pytest.raises(NotFound):
        groups.add_member(scope, cast.group("Tier 1").id, stranger.id)
    with pytest.raises(NotFound):
        roles.assign_role(scope, cast.role("Global Administrator").id, user_id=stranger.id)
    theirs = cast.role("Global Administrator", cast.other)
    with pytest.raises(NotFound):
        roles.assign_role(scope, theirs.id, user_id=cast.user("member").id)


@pytest.mark.parametrize("find", [get_user, get_group, get_role])
def test_an_unknown_id_is_not_there(cast: Cast, find: Callable[..., Any]) -> None:
    with pytest.raises(NotFound):
        find(cast.enter("admin"), uuid.uuid4())


@pytest.mark.parametrize("number", [-1, 0, 2**31, 2**63, 10**40])
def test_a_domain_of_no_number_is_not_there(cast: Cast, number: int) -> None:
    with pytest.raises(NotFound):
        get_domain(cast.enter("admin"), number)


@pytest.mark.parametrize("who", ["member", "analyst", "lead", "helper"])
def test_the_directory_is_read_by_role(cast: Cast, who: str) -> None:
    scope = cast.enter(who)
    for read in (list_users, list_groups, list_roles):
        with pytest.raises(Forbidden):
            read(scope)
    with pytest.raises(Forbidden):
        list_role_assignments(scope, NOW)


def test_the_reader_reads_it(cast: Cast) -> None:
    scope = cast.enter("reader")
    shown = [user.display_name for user in list_users(scope)]
    assert shown == ["Admin", "Analyst", "Helper", "Lead", "Member", "Reader"]
    assert [group.display_name for group in list_groups(scope)] == ["Tier 1", "Tier 2"]
    assert len(list_roles(scope)) == 5
    assert len(list_role_assignments(scope, NOW)) == 4
