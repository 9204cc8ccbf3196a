"""The made-up world becomes rows: through the same actions, invitations and import as everybody's.

Each step stands at its own moment, so that the audit logs read as if it had all happened.
"""

import io
import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils.crypto import get_random_string

from tidegate.accounts.actions import create_account
from tidegate.accounts.models import Account
from tidegate.authorization.scope import OPERATOR, Scope
from tidegate.core import clock
from tidegate.demo.access import seed_access
from tidegate.demo.arranging import seed_arrangements
from tidegate.demo.incidents import incident_files
from tidegate.demo.letting_in import seed_applications
from tidegate.demo.opening import actor_for, administrator_of, open_as_administrator
from tidegate.demo.specs import AccountSpec, GuestSpec, GuestState, TenantKind, TenantSpec, World
from tidegate.demo.telling import seed_rules
from tidegate.directory.actions.domains import add_domain, confirm_domain
from tidegate.directory.actions.groups import add_member, create_group
from tidegate.directory.actions.invitations import invite_guest, invite_member, redeem_invitation
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.tenants import create_tenant, update_tenant
from tidegate.directory.actions.users import block_user, remove_user
from tidegate.directory.models import User
from tidegate.directory.queries import list_groups, list_memberships, list_roles
from tidegate.incidents.actions.imports import import_stream, start_import

type People = dict[str, Account]


def seed_world(world: World) -> None:
    """Write a whole world into an empty database."""
    people = {spec.email: _create_account(spec) for spec in world.accounts}
    for tenant in world.tenants:
        _seed_tenant(world, tenant, people)
    for guest in world.guests:
        _seed_guest(world, guest, people)
    seed_access(people, world.now)
    seed_applications(world, people)
    for tenant in world.tenants:
        _seed_incidents(world, tenant, people)
    seed_arrangements(world, people)
    seed_rules(world, people)


def _create_account(spec: AccountSpec) -> Account:
    account = create_account(spec.email, None, spec.display_name, spec.language)
    # These passwords are printed on the terminal: a slow hash would protect nothing and cost thirty
    # times its time. The first sign-in replaces it by the installation's own.
    account.password = PBKDF2PasswordHasher().encode(spec.password, get_random_string(22), iterations=1000)
    account.time_zone = "Europe/Amsterdam"
    account.save(update_fields=["password", "time_zone"])
    return account


def _seed_tenant(world: World, spec: TenantSpec, people: People) -> None:
    with clock.standing_at(spec.created_at):
        create_tenant(
            OPERATOR,
            display_name=spec.display_name,
            administrator=people[administrator_of(world, spec).email],
            tenant_id=spec.tenant_id,
            domain=spec.default_domain,
        )
        scope = open_as_administrator(world, spec, people)
        _describe_tenant(scope, spec)
        _seed_groups(scope, spec)
        for member in world.accounts:
            if member.home_slug == spec.slug:
                _seed_member(scope, member, people)


def _describe_tenant(scope: Scope, spec: TenantSpec) -> None:
    names = (
        "country",
        "data_location",
        "technical_contact",
        "privacy_contact",
        "privacy_statement_url",
    )
    changes: dict[str, Any] = {name: getattr(spec, name) for name in names}
    # Customers find their provider by its name; nobody finds a customer.
    update_tenant(scope, {**changes, "is_discoverable": spec.kind == TenantKind.PROVIDER})
    for name in spec.domains[1:]:
        confirm_domain(scope, add_domain(scope, name))


def _seed_groups(scope: Scope, spec: TenantSpec) -> None:
    roles = {role.display_name: role.id for role in list_roles(scope)}
    for group_spec in spec.groups:
        group = create_group(scope, display_name=group_spec.name, description=group_spec.description)
        for name in group_spec.role_names:
            assign_role(scope, roles[name], group_id=group.id)


def _seed_member(scope: Scope, spec: AccountSpec, people: People) -> None:
    account = people[spec.email]
    if account.id == scope.actor.account_id:
        user_id = scope.entry.user_id
    else:
        offer = invite_member(scope, email=spec.email, display_name=spec.display_name)
        redeem_invitation(actor_for(account), account, offer.token)
        account.refresh_from_db(fields=["home_tenant_id"])
        user_id = offer.user.id
    if user_id is not None:
        _join(scope, user_id, spec.groups, None)


def _seed_guest(world: World, spec: GuestSpec, people: People) -> None:
    tenant, account = world.tenant(spec.tenant_slug), people[spec.account_email]
    with clock.standing_at(min(spec.starts_at, world.now)):
        scope = open_as_administrator(world, tenant, people)
        # A removed guest's end is when somebody removed them; until then none was planned.
        ends_at = None if spec.state == GuestState.REMOVED else spec.ends_at
        offer = invite_guest(
            scope,
            email=spec.account_email,
            display_name=account.display_name,
            starts_at=spec.starts_at,
            ends_at=ends_at,
            endless_reason="As long as the contract lasts.",
        )
        if spec.state != GuestState.PENDING:
            redeem_invitation(actor_for(account), account, offer.token)
        _join(scope, offer.user.id, spec.groups, ends_at)
    _close_guest(world, spec, offer.user, people)


def _close_guest(world: World, spec: GuestSpec, user: User, people: People) -> None:
    tenant = world.tenant(spec.tenant_slug)
    if spec.state == GuestState.REMOVED and spec.ends_at:
        with clock.standing_at(spec.ends_at):
            remove_user(open_as_administrator(world, tenant, people), user.id)
    if spec.state == GuestState.BLOCKED:
        with clock.standing_at(world.now - timedelta(days=9)):
            block_user(open_as_administrator(world, tenant, people), user.id)


def _join(scope: Scope, user_id: uuid.UUID, names: tuple[str, ...], ends_at: datetime | None) -> None:
    groups = {group.display_name: group.id for group in list_groups(scope)}
    held = set(
        list_memberships(scope, clock.now()).filter(user_id=user_id).values_list("group_id", flat=True)
    )
    for name in names:
        if groups[name] not in held:
            add_member(scope, groups[name], user_id, ends_at=ends_at)


def _seed_incidents(world: World, tenant: TenantSpec, people: People) -> None:
    text = json.dumps({"value": list(incident_files(world, tenant))}, ensure_ascii=False).encode()
    with clock.standing_at(world.now):
        scope = open_as_administrator(world, tenant, people)
        run = start_import(scope, file_name=f"{tenant.slug}-incidents.json", size=len(text))
        import_stream(scope, run, io.BytesIO(text))
