"""The people that tests are about, made by the product's own actions.

A provider whose analyst and lead are guests of a customer, the customer's own people, and an outsider:
the administrator of a third tenant, whose rows look so much like the customer's that a leak is seen.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.db.models import Model

from tests.connectors.samples import as_lines
from tidegate.accounts.actions import create_account
from tidegate.accounts.models import Account
from tidegate.audit.models import AuditEvent, ChainHead
from tidegate.authorization.permissions import EVERYONE_INSIDE, Permission, RolePermission
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import OPERATOR, Actor, ActorKind, Entry, Scope
from tidegate.core.clock import standing_at
from tidegate.directory.actions.groups import add_member, create_group
from tidegate.directory.actions.invitations import invite_guest, invite_member, redeem_invitation
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.tenants import create_tenant
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
from tidegate.gate.opening import open as open_gate
from tidegate.incidents.actions.imports import import_stream, start_import
from tidegate.incidents.models import ImportRun

START: Final = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NOW: Final = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
GUESTS_END: Final = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Cast:
    """Everybody, and where they are at home."""

    provider: Tenant
    customer: Tenant
    other: Tenant
    accounts: dict[str, Account]

    def actor(self, name: str) -> Actor:
        return actor_of_account(Account.objects.get(id=self.accounts[name].id))

    def enter(self, name: str, tenant: Tenant | None = None) -> Scope:
        """The customer (or another tenant), opened by the gate for one of the cast."""
        return open_gate(self.actor(name), str((tenant or self.customer).id))

    def user(self, name: str, tenant: Tenant | None = None) -> User:
        users = User.objects.of_tenant((tenant or self.customer).id)
        return users.get(account=self.accounts[name], removed_at__isnull=True)

    def group(self, name: str) -> Group:
        return Group.objects.of_tenant(self.customer.id).get(display_name=name)

    def role(self, name: str, tenant: Tenant | None = None) -> Role:
        return Role.objects.of_tenant((tenant or self.customer).id).get(display_name=name)


INSIDE: Final = ("admin", "member", "reader", "analyst", "lead", "helper")
"""Who may enter the customer. `helper` is a guest with no role at all."""


_made: list[tuple[Cast, "Writing"]] = []
_TABLES: Final[tuple[type[Model], ...]] = (
    Account, EmailAddress, Tenant, Domain, User, Group, GroupMembership, Role, RoleAssignment, Invitation,
    ChainHead, AuditEvent,
)  # fmt: skip


def make_cast() -> Cast:
    """The whole cast, in at `START`, with accounts that have no password.

    The actions make it once in a process; after that its rows are written again as they were.
    """
    if not _made:
        cast = _make_cast()
        _made.append((cast, Writing([list(model._base_manager.all()) for model in _TABLES])))
        return copy.deepcopy(cast)
    cast, writing = _made[0]
    writing.repeat()
    return copy.deepcopy(cast)


class Writing:
    """Rows that are written again and again: by the ORM the first time, then by what it said."""

    def __init__(self, tables: Sequence[Sequence[Model]]) -> None:
        self._tables = tables
        self._inserts: list[tuple[str, Any]] = []

    def repeat(self) -> None:
        if self._inserts:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement, parameters in self._inserts:
                    cursor.execute(statement, parameters)
            return
        with transaction.atomic(), connection.execute_wrapper(self._listen):
            for rows in self._tables:
                type(rows[0])._base_manager.bulk_create(rows)

    def _listen(self, execute: Callable[..., Any], statement: str, parameters: Any, *rest: Any) -> Any:
        if statement.startswith("INSERT"):
            self._inserts.append((statement, parameters))
        return execute(statement, parameters, *rest)


def _make_cast() -> Cast:
    with standing_at(START):
        accounts = {
            name: create_account(f"{name}@{home}.example", None, name.title())
            for name, home in (
                ("boss", "provider"),
                ("analyst", "provider"),
                ("lead", "provider"),
                ("helper", "provider"),
                ("admin", "customer"),
                ("member", "customer"),
                ("reader", "customer"),
                ("outsider", "other"),
                ("stranger", "nowhere"),
            )
        }
        provider = _make_tenant("Harbour Watch", accounts["boss"], "provider.example")
        customer = _make_tenant("Delta Mills", accounts["admin"], "customer.example")
        other = _make_tenant("Polder Foods", accounts["outsider"], "other.example")
        cast = Cast(provider, customer, other, accounts)
        for name in ("analyst", "lead", "helper"):
            _join_as_member(cast.enter("boss", provider), accounts[name])
        scope = cast.enter("admin")
        for name in ("member", "reader"):
            _join_as_member(scope, accounts[name])
        _give(scope, cast.user("reader"), BuiltInRole.SECURITY_READER)
        _let_guest_in(scope, accounts["analyst"], "Tier 1", BuiltInRole.TIER_1_ANALYST)
        _let_guest_in(scope, accounts["lead"], "Tier 2", BuiltInRole.TIER_2_ANALYST)
        join_as_guest(scope, accounts["helper"], ends_at=GUESTS_END)
    return cast


def actor_of_account(account: Account) -> Actor:
    """The account, acting from a fixed place."""
    return Actor(
        kind=ActorKind.PERSON,
        display_name=account.get_full_name(),
        account_id=account.id,
        email=account.email,
        home_tenant_id=account.home_tenant_id,
        ip_address="192.0.2.7",
        user_agent="Tests/1.0",
    )


def join_as_guest(scope: Scope, account: Account, *, ends_at: datetime | None = None) -> User:
    """Invite an account's holder, without an end if none is given, and accept for them."""
    offer = invite_guest(scope, email=account.email, ends_at=ends_at, endless_reason="Agreed with the board")
    return redeem_invitation(actor_of_account(account), account, offer.token)


def scope_with(tenant: Tenant, *permissions: Permission, user_id: UUID | None = None) -> Scope:
    """A scope of the operator with exactly these permissions; for what the gate is not asked."""
    entry = Entry(tenant.id, tenant.display_name, user_id, None, EVERYONE_INSIDE.union(permissions))
    return Scope(OPERATOR, entry)


def make_role(tenant: Tenant, name: str, *lines: RolePermission) -> Role:
    """A role that is not built in, in the form in which its lines are kept."""
    return Role.rows.create(tenant=tenant, display_name=name, role_permissions=f" {' '.join(lines)} ")


def import_all(tenant: Tenant, records: Sequence[Any]) -> ImportRun:
    """Import made records (see tests.connectors.samples) into a tenant, as the operator."""
    data = as_lines(records)
    scope = scope_with(tenant, Permission.ALERT_IMPORT)
    run = start_import(scope, file_name="made.ndjson", size=len(data))
    return import_stream(scope, run, BytesIO(data))


def days(number: float) -> timedelta:
    return timedelta(days=number)


def _make_tenant(name: str, administrator: Account, domain: str) -> Tenant:
    return create_tenant(OPERATOR, display_name=name, administrator=administrator, domain=domain)


def _join_as_member(scope: Scope, account: Account) -> None:
    offer = invite_member(scope, email=account.email, display_name=account.display_name)
    redeem_invitation(actor_of_account(account), account, offer.token)


def _give(scope: Scope, user: User, role: BuiltInRole) -> None:
    found = Role.objects.in_scope(scope).get(display_name=role)
    assign_role(scope, found.id, user_id=user.id)


def _let_guest_in(scope: Scope, account: Account, group_name: str, role: BuiltInRole) -> None:
    group = create_group(scope, display_name=group_name)
    assign_role(scope, Role.objects.in_scope(scope).get(display_name=role).id, group_id=group.id)
    user = join_as_guest(scope, account, ends_at=GUESTS_END)
    add_member(scope, group.id, user.id, ends_at=GUESTS_END)
