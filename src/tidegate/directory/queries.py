"""Looking things up in one tenant's directory. Unseen is NotFound, the same as absent."""

import uuid
from datetime import datetime
from typing import Final

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, ManyScope, Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.core.prepared import UUID, PreparedObjects
from tidegate.directory.models import Domain, Group, GroupMembership, Role, RoleAssignment, Tenant, User
from tidegate.directory.models.dated import in_force


def get_tenant(scope: Scope) -> Tenant:
    """The scope's tenant."""
    return Tenant.objects.get(id=scope.tenant_id)


def find_home(actor: Actor) -> Tenant | None:
    """The tenant in which a person's account lives, if it lives in one."""
    return _TENANT.first(tenant_id=actor.home_tenant_id) if actor.home_tenant_id else None


def _tenant(tenant_id: uuid.UUID) -> QuerySet[Tenant]:
    return Tenant.objects.filter(id=tenant_id)


_TENANT: Final = PreparedObjects(_tenant, tenant_id=UUID)


def list_enterable(scope: ManyScope) -> QuerySet[User]:
    """The actor's own user objects in the tenants of the scope, each with its tenant."""
    own, account_id = User.objects.in_scope(scope).select_related("tenant"), scope.actor.account_id
    return own.entering_as(account_id, clock.now()) if account_id else own.none()


def list_guest_users(account_id: uuid.UUID) -> QuerySet[User]:
    """A person's own guest objects that were not removed, also those that cannot enter now."""
    own = User.objects.across_tenants().filter(
        account_id=account_id, user_type=User.UserType.GUEST, removed_at__isnull=True
    )
    return own.select_related("tenant").order_by("tenant__display_name")


def recent_first(users: QuerySet[User]) -> QuerySet[User]:
    """Those entered last before those entered long ago or never."""
    return users.order_by(F("last_entered_at").desc(nulls_last=True), "tenant__display_name")


def list_domains(scope: Scope) -> QuerySet[Domain]:
    """The tenant's domains, default first."""
    return Domain.objects.filter(tenant_id=scope.tenant_id).order_by("-is_default", "name")


def default_domain(tenant_id: uuid.UUID) -> str:
    """The verified name under which the tenant's own user names are made."""
    return Domain.objects.get(tenant_id=tenant_id, is_default=True).name


def get_domain(scope: Scope, domain_id: int) -> Domain:
    """One domain of the tenant. Raises NotFound."""
    domain = list_domains(scope).filter(id=domain_id).first()
    if domain is None:
        raise NotFound("There is no such domain.")
    return domain


def list_users(scope: Scope | ManyScope) -> QuerySet[User]:
    """Users and guests that were not removed, by name. Raises Forbidden."""
    require(scope, Permission.USER_READ)
    return User.objects.in_scope(scope).filter(removed_at__isnull=True).order_by("display_name", "id")


def get_user(scope: Scope, user_id: uuid.UUID) -> User:
    """One user that was not removed. Raises NotFound, Forbidden."""
    user = list_users(scope).filter(id=user_id).first()
    if user is None:
        raise NotFound("There is no such user.")
    return user


def get_own_user(scope: Scope) -> User:
    """The actor's own user object; it takes no permission. Raises NotFound for who has none."""
    own = User.objects.in_scope(scope).filter(removed_at__isnull=True)
    user = own.filter(id=scope.entry.user_id).first() if scope.entry.user_id else None
    if user is None:
        raise NotFound("There is no such user.")
    return user


def list_groups(scope: Scope | ManyScope) -> QuerySet[Group]:
    """The tenant's groups, by name. Raises Forbidden."""
    require(scope, Permission.GROUP_READ)
    return Group.objects.in_scope(scope).order_by("display_name")


def with_use(groups: QuerySet[Group], at: datetime) -> QuerySet[Group]:
    """With how many are in each group (`members`) and how many roles it gives (`roles_given`) at a time."""
    members = GroupMembership.objects.across_tenants().filter(in_force(at))
    given = RoleAssignment.objects.across_tenants().filter(in_force(at))
    return groups.annotate(members=_count_of_group(members), roles_given=_count_of_group(given))


def get_group(scope: Scope, group_id: uuid.UUID) -> Group:
    """One group. Raises NotFound, Forbidden."""
    group = list_groups(scope).filter(id=group_id).first()
    if group is None:
        raise NotFound("There is no such group.")
    return group


def list_members(scope: Scope, group_id: uuid.UUID) -> QuerySet[User]:
    """The users who are in a group now, by name. Raises Forbidden."""
    require(scope, Permission.GROUP_READ)
    memberships = GroupMembership.objects.in_scope(scope).filter(in_force(clock.now()), group_id=group_id)
    users = User.objects.in_scope(scope).filter(removed_at__isnull=True)
    return users.filter(id__in=memberships.values("user_id")).order_by("display_name", "id")


def list_groups_of(scope: Scope, user_id: uuid.UUID) -> QuerySet[Group]:
    """The groups that a user is in now, by name; one's own are no secret. Raises Forbidden."""
    if user_id != scope.entry.user_id:
        require(scope, Permission.GROUP_READ)
    memberships = GroupMembership.objects.in_scope(scope).filter(in_force(clock.now()), user_id=user_id)
    groups = Group.objects.in_scope(scope).filter(id__in=memberships.values("group_id"))
    return groups.order_by("display_name")


def list_memberships(scope: Scope, at: datetime) -> QuerySet[GroupMembership]:
    """Memberships that hold now or will, with user and group. Raises Forbidden."""
    require(scope, Permission.GROUP_READ)
    current = GroupMembership.objects.in_scope(scope).exclude(ends_at__lte=at)
    return current.select_related("user", "group").order_by("user__display_name")


def list_roles(scope: Scope) -> QuerySet[Role]:
    """The tenant's roles, by name. Raises Forbidden."""
    require(scope, Permission.ROLE_READ)
    return Role.objects.in_scope(scope).order_by("display_name")


def get_role(scope: Scope, role_id: uuid.UUID) -> Role:
    """One role. Raises NotFound, Forbidden."""
    role = list_roles(scope).filter(id=role_id).first()
    if role is None:
        raise NotFound("There is no such role.")
    return role


def list_role_assignments(scope: Scope | ManyScope, at: datetime) -> QuerySet[RoleAssignment]:
    """Role assignments that hold now or will, with role, group and user. Raises Forbidden."""
    require(scope, Permission.ROLE_READ)
    current = RoleAssignment.objects.in_scope(scope).exclude(ends_at__lte=at)
    return current.select_related("role", "group", "user").order_by("role__display_name", "id")


def list_tenants(scope: ManyScope) -> QuerySet[Tenant]:
    """The tenants of a scope, each with its `default_domain`."""
    primary = Domain.objects.filter(tenant_id=OuterRef("id"), is_default=True).values("name")[:1]
    return Tenant.objects.filter(scope.restrict("id")).annotate(default_domain=Subquery(primary))


def assignable_users(tenant_id: uuid.UUID, at: datetime) -> QuerySet[User]:
    """Everyone who may enter the tenant at this instant, by name, for code that holds a Scope."""
    return User.objects.of_tenant(tenant_id).entering(at).order_by("display_name")


def _count_of_group(rows: "QuerySet[GroupMembership] | QuerySet[RoleAssignment]") -> Coalesce:
    """How many of these rows there are of the group of the query outside."""
    own = rows.filter(tenant_id=OuterRef("tenant_id"), group_id=OuterRef("id")).order_by()
    number = own.values("group_id").annotate(number=Count("id")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)
