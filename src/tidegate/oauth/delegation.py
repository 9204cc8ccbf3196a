"""What an application may do for a person: granted by their tenant or by them, within their own rights."""

import uuid
from collections.abc import Collection, Iterable

from django.db.models import Q

from tidegate.authorization.api_permissions import (
    ApiPermission,
    GrantKind,
    Resource,
    find_api_permission,
)
from tidegate.authorization.permissions import EVERYONE_INSIDE, Permission
from tidegate.core import clock
from tidegate.directory.models import Application, Grant, User
from tidegate.directory.models.dated import in_force
from tidegate.gate.opening import make_entry
from tidegate.oauth.scopes import Asked
from tidegate.oauth.tokens import Principal


def granted_now(principal: Principal, user_id: uuid.UUID, asked: Asked) -> frozenset[ApiPermission]:
    """What is granted for the APIs asked for: to everybody of the tenant, or to this person."""
    rows = Grant.objects.of_tenant(principal.tenant_id).filter(
        in_force(clock.now()),
        Q(user_id__isnull=True) | Q(user_id=user_id),
        service_principal_id=principal.id,
        kind=GrantKind.DELEGATED,
        resource__in=[str(resource) for resource in asked.audience.resources],
    )
    return _find(rows.values_list("resource", "value"))


def wanted(asked: Asked, application: Application) -> frozenset[ApiPermission]:
    """What the client asks for by name, and, where it asks for all, what it is registered to need."""
    apis = asked.audience.resources
    by_name = _find((resource, value) for resource in apis for value in asked.values)
    if not asked.wants_all:
        return by_name
    rows = application.required_permissions
    return by_name | _find(
        (row["resource"], row["value"])
        for row in rows
        if row["kind"] == GrantKind.DELEGATED and row["resource"] in apis
    )


def permitted(granted: Collection[ApiPermission], asked: Asked, user: User) -> list[str]:
    """Of what is granted the values asked for, and of those the ones that the person could use at all."""
    rights = make_entry(user).permissions
    chosen = [each for each in granted if asked.wants_all or each.value in asked.values]
    return sorted({each.value for each in chosen if _is_of_use(each, rights)})


def _is_of_use(permission: ApiPermission, rights: frozenset[Permission]) -> bool:
    beyond = permission.opens - EVERYONE_INSIDE
    return not beyond or not beyond.isdisjoint(rights)


def _find(rows: Iterable[tuple[str, str]]) -> frozenset[ApiPermission]:
    found = (find_api_permission(Resource(resource), GrantKind.DELEGATED, value) for resource, value in rows)
    return frozenset(permission for permission in found if permission)
