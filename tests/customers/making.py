"""Tenant groups, tags and service levels as rows, for tests that are about what comes of them."""

import uuid
from collections.abc import Sequence
from typing import Any

from tests.cast import NOW, Cast
from tidegate.authorization.permissions import Permission
from tidegate.customers.models import (
    ServiceLevel,
    ServiceLevelAssignment,
    TenantGroup,
    TenantGroupMember,
    TenantTag,
)
from tidegate.customers.rules import GroupRule, Selection, name_key, write_rule
from tidegate.directory.models import Tenant, User
from tidegate.gate.reach import EnterableTenants


def naming(*tenants: Tenant, **rest: Any) -> Selection:
    """A selection of these tenants, and whatever else is given."""
    return Selection(frozenset(tenant.id for tenant in tenants), **rest)


def make_group(
    home: Tenant, name: str, rule: GroupRule, owner: User | None = None, **values: Any
) -> TenantGroup:
    """A group as the action would keep it, with nothing checked."""
    group = TenantGroup.rows.create(
        tenant=home,
        name=name,
        name_key=name_key(name),
        owner_user_id=owner.id if owner else None,
        rule=write_rule(rule),
        created_at=NOW,
        updated_at=NOW,
        **values,
    )
    for kind, selection in (("include", rule.include), ("exclude", rule.exclude)):
        for tenant_id in selection.tenant_ids:
            TenantGroupMember.rows.create(
                tenant=home, group_id=group.id, kind=kind, about_tenant_id=tenant_id
            )
    return group


def put_tag(home: Tenant, about: Tenant, tag: str) -> TenantTag:
    return TenantTag.rows.create(
        tenant=home, about_tenant=about, tag=tag, tag_key=name_key(tag), created_at=NOW
    )


def make_level(home: Tenant, name: str, *about: Tenant, **values: Any) -> ServiceLevel:
    """A service level that these customers have."""
    level = ServiceLevel.rows.create(
        tenant=home, name=name, name_key=name_key(name), created_at=NOW, updated_at=NOW, **values
    )
    for tenant in about:
        ServiceLevelAssignment.rows.create(
            tenant=home, about_tenant=tenant, level_id=level.id, assigned_at=NOW
        )
    return level


def reach_of(cast: Cast, name: str) -> EnterableTenants:
    """What the gate lets one of the cast enter."""
    return EnterableTenants(cast.accounts[name].id, Permission.TENANT_READ, NOW)


def make_tenants(*countries: str, ids: Sequence[uuid.UUID] = ()) -> list[Tenant]:
    """Tenants that nobody is in, one for each country."""
    return [
        Tenant.objects.create(
            id=ids[number] if ids else uuid.uuid4(),
            display_name=f"T{number}",
            country=code,
            created_at=NOW,
        )
        for number, code in enumerate(countries)
    ]
