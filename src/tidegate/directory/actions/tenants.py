"""A tenant comes to be, and its properties change."""

import re
import secrets
import unicodedata
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction

from tidegate.accounts.models import Account
from tidegate.audit.actions import Target, append, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.roles import BUILT_IN_ROLES, BuiltInRole
from tidegate.authorization.scope import Actor, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.core.text import clean_line
from tidegate.directory.models import Domain, Role, RoleAssignment, Tenant, User
from tidegate.directory.names import clean_domain, clean_email

_DESCRIPTIONS: Final = {
    BuiltInRole.GLOBAL_ADMINISTRATOR: "Everything in this tenant, its directory included.",
    BuiltInRole.SECURITY_ADMINISTRATOR: "Everything in security; reads the directory.",
    BuiltInRole.SECURITY_READER: "Reads everything in security and the directory, changes nothing.",
    BuiltInRole.TIER_1_ANALYST: "Everything in security but live response and security settings.",
    BuiltInRole.TIER_2_ANALYST: "As tier 1, with live response.",
}


def create_tenant(
    actor: Actor,
    *,
    display_name: str,
    administrator: Account,
    tenant_id: uuid.UUID | None = None,
    domain: str = "",
    created_at: datetime | None = None,
) -> Tenant:
    """Create a tenant with its built-in roles, a first verified domain and its administrator.

    Without `domain` the tenant gets a name under the installation's own suffix. Raises
    InvalidInput for a bad name and Conflict when the domain or the id is taken, or when the
    administrator already lives in another tenant.
    """
    name = clean_line(display_name, "display_name", longest=256)
    moment = created_at or clock.now()
    first_domain = clean_domain(domain) if domain else _initial_domain(name)
    with transaction.atomic():
        _check_free(tenant_id, first_domain, administrator)
        tenant = _create_rows(tenant_id or uuid.uuid4(), name, first_domain, moment)
        roles = _create_roles(tenant)
        user = _create_administrator(tenant, administrator, moment)
        RoleAssignment.rows.create(
            tenant=tenant, role=roles[BuiltInRole.GLOBAL_ADMINISTRATOR], user=user, starts_at=moment
        )
        target = Target("tenant", str(tenant.id), name)
        append(tenant.id, actor, "tenant.created", target, details={"administrator": administrator.email})
    return tenant


_EMAIL_FIELDS: Final = ("technical_contact", "privacy_contact")
_LINE_FIELDS: Final = {"display_name": (256, True), "data_location": (256, False)}


def update_tenant(scope: Scope, changes: Mapping[str, str | bool]) -> Tenant:
    """Change the properties named in `changes`. Raises Forbidden, InvalidInput."""
    require(scope, Permission.TENANT_UPDATE)
    values = {name: _read_property(changes, name) for name in changes}
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(id=scope.tenant_id)
        before = {name: getattr(tenant, name) for name in values}
        changed = {name: [before[name], value] for name, value in values.items() if before[name] != value}
        if changed:
            Tenant.objects.filter(id=tenant.id).update(**{name: new for name, (_, new) in changed.items()})
            tenant.refresh_from_db()
            target = Target("tenant", str(tenant.id), tenant.display_name)
            record(scope, "tenant.updated", target, details={"changed": changed})
    return tenant


def _read_property(changes: Mapping[str, str | bool], name: str) -> str | bool:
    if name == "is_discoverable":
        return bool(changes[name])
    return _clean_property(name, str(changes[name]))


def _clean_property(name: str, value: str) -> str:
    if name in _LINE_FIELDS:
        longest, required = _LINE_FIELDS[name]
        return clean_line(value, name, longest=longest, required=required)
    if name in _EMAIL_FIELDS:
        return clean_email(value, name) if value.strip() else ""
    if name == "country":
        return _clean_country(value)
    if name == "privacy_statement_url":
        return _clean_url(value, name)
    raise InvalidInput(fields={name: "cannot be changed"})


def _clean_country(value: str) -> str:
    code = value.strip().upper()
    if code and not re.fullmatch(r"[A-Z]{2}", code):
        raise InvalidInput(fields={"country": "must be a two-letter code (ISO 3166-1), like NL"})
    return code


def _clean_url(value: str, field: str) -> str:
    url = clean_line(value, field, longest=500, required=False)
    if url and not _is_web_address(url):
        raise InvalidInput(fields={field: "must be an address that begins with https://"})
    return url


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(map(str.isspace, url))


def _check_free(tenant_id: uuid.UUID | None, domain: str, administrator: Account) -> None:
    if tenant_id and Tenant.objects.filter(id=tenant_id).exists():
        raise Conflict("A tenant with this id exists already.")
    if Domain.objects.filter(name=domain, verified_at__isnull=False).exists():
        raise Conflict("This domain belongs to a tenant already.")
    # Locked, so that one person who sends the form twice gets one tenant.
    account = Account.objects.select_for_update().get(id=administrator.id)
    if account.home_tenant_id is not None:
        raise Conflict("This person already has a home tenant.")


def _create_rows(tenant_id: uuid.UUID, name: str, domain: str, moment: datetime) -> Tenant:
    try:
        # A savepoint of its own: what is taken at this very moment by another is found out here.
        with transaction.atomic():
            tenant = Tenant.objects.create(id=tenant_id, display_name=name, created_at=moment)
            Domain.objects.create(
                tenant=tenant, name=domain, is_default=True, verified_at=moment, created_at=moment
            )
    except IntegrityError:
        raise Conflict("A tenant with this id or this domain exists already.") from None
    return tenant


def _create_roles(tenant: Tenant) -> dict[BuiltInRole, Role]:
    roles = {
        role: Role(tenant=tenant, display_name=role, description=_DESCRIPTIONS[role], is_built_in=True)
        for role in BUILT_IN_ROLES
    }
    Role.objects.bulk_create(list(roles.values()))
    return roles


def _create_administrator(tenant: Tenant, account: Account, moment: datetime) -> User:
    Account.objects.filter(id=account.id).update(home_tenant_id=tenant.id)
    account.home_tenant_id = tenant.id
    return User.rows.create(
        tenant=tenant,
        account=account,
        user_type=User.UserType.MEMBER,
        user_principal_name=account.email,
        display_name=account.get_full_name(),
        mail=account.email,
        created_at=moment,
        starts_at=moment,
    )


def _initial_domain(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "tenant"
    return f"{slug}-{secrets.token_hex(3)}.{settings.INITIAL_DOMAIN_SUFFIX}"
