"""open(actor, tid): the one way in.

One query finds the actor's user object by account and by what was asked, id or verified domain,
whether or not such a tenant exists; so "not yours" and "not there" cost the same and read the same.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from tidegate.authorization.permissions import EVERYONE_INSIDE, Permission
from tidegate.authorization.scope import SEES_ALL, Actor, Entry, ManyScope, Relation, Scope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.core.ids import parse_uuid
from tidegate.core.prepared import INSTANT, TEXT, UUID, PreparedObjects
from tidegate.directory.models import Domain, GroupMembership, Role, RoleAssignment, User
from tidegate.directory.models.dated import in_force
from tidegate.directory.names import clean_domain
from tidegate.gate.reach import EnterableTenants
from tidegate.gate.sight import SightAcrossTenants, find_sight, restricted_groups


@dataclass(frozen=True, slots=True)
class Asked:
    """What a `tid` says: an id or a domain, well-formed, not yet looked up."""

    text: str
    tenant_id: uuid.UUID | None = None
    domain: str = ""


def read_tid(text: str) -> Asked:
    """Read a `tid`. Raises InvalidInput, naming it, for what is neither an id nor a domain."""
    tenant_id = parse_uuid(text)
    if tenant_id is not None:
        return Asked(text, tenant_id=tenant_id)
    try:
        return Asked(text, domain=clean_domain(text, "tid"))
    except InvalidInput:
        raise InvalidInput(
            fields={"tid": "must be a directory ID (a GUID) or a domain name of the organization"}
        ) from None


def open(actor: Actor, tid: str) -> Scope:  # noqa: A001  the gate's own verb; nobody here opens files
    """Open one tenant for an actor at this instant; an empty `tid` opens the home tenant.

    Raises InvalidInput for a malformed `tid`; NotFound, the same in every case, for a tenant
    that is absent or that the actor may not enter now.
    """
    asked = read_tid(tid) if tid else Asked("", tenant_id=actor.home_tenant_id)
    user = find_entering(actor, asked, clock.now())
    if user is None:
        raise NotFound("There is no such directory, or you may not enter it.")
    return Scope(actor, make_entry(user))


def open_many(actor: Actor, permission: Permission) -> ManyScope:
    """Every tenant that the actor may enter now and in which they hold this permission."""
    now = clock.now()
    reach = EnterableTenants(actor.account_id, permission, now)
    return ManyScope(actor, permission, reach, SightAcrossTenants(actor.account_id, now))


def find_entering(actor: Actor, asked: Asked, at: datetime) -> User | None:
    """The actor's own user object in the tenant asked for, if they may enter at this instant."""
    if actor.account_id is None:
        # Nobody: a filter on "no account" would find those who were invited and have none yet.
        return None
    own = {"account_id": actor.account_id, "at": at}
    if asked.tenant_id:
        return _BY_ID.first(**own, tenant_id=asked.tenant_id)
    return _BY_DOMAIN.first(**own, domain=asked.domain)


def make_entry(user: User) -> Entry:
    """What this user object is, may do and may see in its tenant, now.

    Two statements; one where the tenant is known to restrict no device group.
    """
    now = clock.now()
    roles = held_roles(user, now)
    restricts = getattr(user, "restricts_devices", True)
    return Entry(
        tenant_id=user.tenant_id,
        tenant_name=user.tenant.display_name,
        user_id=user.id,
        relation=Relation(user.user_type),
        permissions=EVERYONE_INSIDE.union(*(role.permissions for role in roles)),
        role_names=tuple(role.display_name for role in roles),
        ends_at=user.ends_at,
        sight=find_sight(user, now) if restricts else SEES_ALL,
    )


def held_roles(user: User, at: datetime) -> list[Role]:
    """The roles that hold for a user at this instant, directly or through a group."""
    return _ROLES.all(tenant_id=user.tenant_id, user_id=user.id, at=at)


def _entering_by_id(account_id: uuid.UUID, at: datetime, tenant_id: uuid.UUID) -> QuerySet[User]:
    return _entering(account_id, at, Q(tenant_id=tenant_id))


def _entering_by_domain(account_id: uuid.UUID, at: datetime, domain: str) -> QuerySet[User]:
    named = Domain.objects.filter(tenant_id=OuterRef("tenant_id"), name=domain, verified_at__isnull=False)
    return _entering(account_id, at, Q(Exists(named)))


def _entering(account_id: uuid.UUID, at: datetime, which: Q) -> QuerySet[User]:
    own = User.objects.across_tenants().entering_as(account_id, at).filter(which).select_related("tenant")
    return own.annotate(restricts_devices=Exists(restricted_groups())).order_by("pk")[:1]


def _held_roles(tenant_id: uuid.UUID, user_id: uuid.UUID, at: datetime) -> QuerySet[Role]:
    memberships = GroupMembership.objects.of_tenant(tenant_id).filter(in_force(at), user_id=user_id)
    assignments = RoleAssignment.objects.of_tenant(tenant_id).filter(
        in_force(at), Q(user_id=user_id) | Q(group_id__in=memberships.values("group_id"))
    )
    roles = Role.objects.of_tenant(tenant_id)
    return roles.filter(id__in=assignments.values("role_id")).order_by("display_name")


_BY_ID: Final = PreparedObjects(_entering_by_id, account_id=UUID, at=INSTANT, tenant_id=UUID)
_BY_DOMAIN: Final = PreparedObjects(_entering_by_domain, account_id=UUID, at=INSTANT, domain=TEXT)
_ROLES: Final = PreparedObjects(_held_roles, tenant_id=UUID, user_id=UUID, at=INSTANT)
