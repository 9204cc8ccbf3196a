"""The roles that one account holds in each tenant, for lists over many of them."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from tidegate.directory.models import RoleAssignment
from tidegate.directory.models.dated import in_force


def role_names_by_tenant(
    account_id: uuid.UUID, at: datetime, tenant_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[str]]:
    """The names of the account's roles in force in these tenants, by tenant. One statement."""
    directly = Q(user__account_id=account_id, user__removed_at__isnull=True)
    through_group = in_force(at, "group__memberships__") & Q(
        group__memberships__user__account_id=account_id,
        group__memberships__user__removed_at__isnull=True,
    )
    held = RoleAssignment.objects.across_tenants().filter(in_force(at), tenant_id__in=tenant_ids)
    held = held.filter(directly | through_group)
    names: dict[uuid.UUID, list[str]] = {}
    for tenant_id, name in (
        held.values_list("tenant_id", "role__display_name").distinct().order_by("role__display_name")
    ):
        names.setdefault(tenant_id, []).append(name)
    return names
