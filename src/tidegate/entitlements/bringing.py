"""Through what guests of a tenant came in: the access packages that they hold; and from where they may."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.directory.homes import Home
from tidegate.entitlements.models import Assignment, ConnectedOrganization


def package_names_of(scope: Scope, user_ids: Iterable[uuid.UUID], at: datetime) -> dict[uuid.UUID, list[str]]:
    """The packages that users hold now or will, by user id. One statement. Raises Forbidden."""
    require(scope, Permission.OUTSIDE_ACCESS_STOP)
    held = Assignment.objects.in_scope(scope).filter(user_id__in=list(user_ids)).exclude(ends_at__lte=at)
    names: dict[uuid.UUID, list[str]] = {}
    for user_id, name in held.values_list("user_id", "package__display_name").order_by(
        "package__display_name"
    ):
        names.setdefault(user_id, []).append(name)
    return names


@dataclass(frozen=True, slots=True)
class ConnectedDomain:
    """A connected organization of which only a domain is known; `id` is the connected organization's."""

    id: uuid.UUID
    name: str
    domain: str


def connected_domains(scope: Scope) -> list[ConnectedDomain]:
    """The connected organizations that are known by a domain alone, by name. Raises Forbidden."""
    require(scope, Permission.OUTSIDE_ACCESS_STOP)
    connected = ConnectedOrganization.objects.in_scope(scope).filter(
        removed_at__isnull=True, source_tenant_id__isnull=True
    )
    rows = connected.order_by("display_name", "id").values_list("id", "display_name", "source_domain")
    return [ConnectedDomain(*row) for row in rows]


def connected_homes(scope: Scope) -> list[Home]:
    """The tenants that are connected organizations, by name, also those of whom nobody came.

    Raises Forbidden.
    """
    require(scope, Permission.OUTSIDE_ACCESS_STOP)
    connected = ConnectedOrganization.objects.in_scope(scope).filter(
        removed_at__isnull=True, source_tenant_id__isnull=False
    )
    rows = connected.order_by("display_name").values_list("source_tenant_id", "display_name")
    return [Home(tenant_id, name) for tenant_id, name in rows]
