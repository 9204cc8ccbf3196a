"""What packages give, in words of the directory; and what somebody holds in a tenant already."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tidegate.core import clock
from tidegate.directory.models import RoleAssignment, User
from tidegate.directory.models.dated import in_force
from tidegate.entitlements.models import AccessPackage, ResourceRole
from tidegate.gate.opening import held_roles


@dataclass(frozen=True, slots=True)
class GivenGroup:
    """Membership in a group, and the roles that come with it now."""

    name: str
    role_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """What one package gives."""

    groups: tuple[GivenGroup, ...] = ()
    device_groups: tuple[str, ...] = ()

    @property
    def role_names(self) -> tuple[str, ...]:
        """The roles of all its groups, each once, by name."""
        return tuple(sorted({name for group in self.groups for name in group.role_names}))


@dataclass(frozen=True, slots=True)
class Holding:
    """What a person is in a tenant now, and until when; `ends_at` None is no end."""

    role_names: tuple[str, ...]
    ends_at: datetime | None


def contents_of(packages: Iterable[AccessPackage]) -> dict[uuid.UUID, Contents]:
    """What each package gives, by its id. Two statements, however many packages and tenants."""
    tenants = {package.id: package.tenant_id for package in packages}
    wanted = set(tenants)
    resources = ResourceRole.objects.across_tenants().filter(
        tenant_id__in=set(tenants.values()), package_id__in=wanted
    )
    rows = list(resources.select_related("group", "device_group").order_by("id"))
    roles = _roles_of({(row.tenant_id, row.group_id) for row in rows if row.group_id})
    return {package_id: _gather(rows, package_id, roles) for package_id in wanted}


def holding_of(tenant_id: uuid.UUID, account_id: uuid.UUID | None) -> Holding | None:
    """What somebody holds in a tenant now; None for who may not enter it. At most two statements."""
    if account_id is None:
        return None
    now = clock.now()
    user = User.objects.of_tenant(tenant_id).entering(now).filter(account_id=account_id).first()
    if user is None:
        return None
    return Holding(tuple(role.display_name for role in held_roles(user, now)), user.ends_at)


def _roles_of(groups: set[tuple[uuid.UUID, uuid.UUID]]) -> dict[uuid.UUID | None, list[str]]:
    given = RoleAssignment.objects.across_tenants().filter(
        in_force(clock.now()),
        tenant_id__in={tenant_id for tenant_id, _ in groups},
        group_id__in={group_id for _, group_id in groups},
    )
    names: dict[uuid.UUID | None, list[str]] = {}
    for group_id, name in given.values_list("group_id", "role__display_name").order_by("role__display_name"):
        names.setdefault(group_id, []).append(name)
    return names


def _gather(
    rows: list[ResourceRole], package_id: uuid.UUID, roles: dict[uuid.UUID | None, list[str]]
) -> Contents:
    own = [row for row in rows if row.package_id == package_id]
    groups = [
        GivenGroup(row.group.display_name, tuple(roles.get(row.group_id, ()))) for row in own if row.group
    ]
    seen = [row.device_group.display_name for row in own if row.device_group]
    return Contents(tuple(groups), tuple(sorted(seen)))
