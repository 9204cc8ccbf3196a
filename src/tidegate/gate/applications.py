"""The way in for programs: what a token says, held against the rows of this instant.

A token proves who asks and what was permitted when it was made. The gate compares each time: the
application must still be let in, the permission still be granted, and, where it acts for a person, that
person still enter. What is gone since ends on the next request, not with the token.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Exists, Field, OuterRef, Q, QuerySet

from tidegate.authorization.api_permissions import (
    API_PERMISSIONS,
    GrantKind,
    Resource,
    permissions_of_api,
)
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import SEES_ALL, Actor, ActorKind, Entry, ManyReach, ManyScope, Scope
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.core.prepared import INSTANT, TEXT, UUID, Prepared
from tidegate.directory.applications import find_principal
from tidegate.directory.models import Grant, ServicePrincipal, User
from tidegate.directory.models.dated import in_force
from tidegate.gate.opening import make_entry
from tidegate.gate.reach import EnterableTenants
from tidegate.gate.sight import SightAcrossTenants, restricted_groups


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token that is genuine and within its time says.

    `object_id` is the person for whom the application acts, in the token's tenant; None where it acts
    for itself. `values` are the token's roles or scopes.
    """

    tenant_id: uuid.UUID
    client_id: uuid.UUID
    object_id: uuid.UUID | None
    values: frozenset[str]

    @property
    def kind(self) -> GrantKind:
        """Whether the application acts for itself or for a person."""
        return GrantKind.APPLICATION if self.object_id is None else GrantKind.DELEGATED


def open_for_claim(claim: Claim, resource: Resource, origin: Actor) -> Scope:
    """Open the token's tenant for one API, at this instant. `origin` says from where the request came.

    Three statements for an application, five for one that acts for a person. Raises NotFound, the same
    in every case: the application is not let in, or stopped, or the person may not enter now.
    """
    principal = find_principal(claim.tenant_id, claim.client_id)
    if principal is None:
        raise _gone()
    user = _find_user(claim.tenant_id, claim.object_id) if claim.object_id else None
    if claim.object_id and user is None:
        raise _gone()
    granted = _granted(principal, claim, resource)
    may = permissions_of_api(resource, claim.kind, granted)
    if user is not None:
        entry = make_entry(user)
        return Scope(
            _actor_of_person(user, principal, origin),
            replace(entry, permissions=entry.permissions & may),
        )
    entry = Entry(
        tenant_id=principal.tenant_id,
        tenant_name=principal.tenant.display_name,
        user_id=None,
        relation=None,
        permissions=may,
        role_names=tuple(sorted(granted)),
    )
    return Scope(_actor_of_application(principal, origin), entry)


def open_many_for_claim(claim: Claim, resource: Resource, permission: Permission, origin: Actor) -> ManyScope:
    """Every tenant that lets the token's application do this now, and the person too if it acts for one.

    Asked with a token of one tenant, usually the application's own. Raises NotFound as `open_for_claim`.
    """
    scope = open_for_claim(claim, resource, origin)
    now = clock.now()
    consented = ConsentedTenants(claim.client_id, claim.kind, resource, claim.values, permission, now)
    if claim.object_id is None:
        return ManyScope(scope.actor, permission, consented, SEES_ALL)
    entered = EnterableTenants(scope.actor.account_id, permission, now)
    sight = SightAcrossTenants(scope.actor.account_id, now)
    return ManyScope(scope.actor, permission, Both(consented, entered), sight)


def permissions_lent(claim: Claim, resource: Resource) -> frozenset[Permission]:
    """What the token's application may do at all now, whatever the person may for whom it acts.

    For what people do without a permission of their own, such as deciding what they were asked to: the
    application must be let to all the same. Raises NotFound as `open_for_claim`.
    """
    principal = find_principal(claim.tenant_id, claim.client_id)
    if principal is None:
        raise _gone()
    return permissions_of_api(resource, claim.kind, _granted(principal, claim, resource))


@dataclass(frozen=True, slots=True)
class ConsentedTenants(ManyReach):
    """The tenants that grant an application, at an instant, one of these values which opens a permission."""

    client_id: uuid.UUID
    kind: GrantKind
    resource: Resource
    values: frozenset[str]
    permission: Permission
    at: datetime

    def restrict(self, tenant_column: str) -> Q:
        """Only rows of those tenants."""
        return Q(**{f"{tenant_column}__in": self.tenant_ids()})

    def tenant_ids(self) -> QuerySet[ServicePrincipal, Any]:
        """Those tenants' ids."""
        return self.principals().values("tenant_id")

    def principals(self) -> QuerySet[ServicePrincipal]:
        """The application's service principals in those tenants."""
        grants = Grant.objects.across_tenants().filter(
            in_force(self.at),
            tenant_id=OuterRef("tenant_id"),
            service_principal_id=OuterRef("id"),
            user_id__isnull=True,
            kind=self.kind,
            resource=self.resource,
            value__in=self._opening(),
        )
        own = ServicePrincipal.objects.across_tenants().entering().filter(client_id=self.client_id)
        return own.filter(Exists(grants))

    def _opening(self) -> list[str]:
        held = {value.casefold() for value in self.values}
        return [
            each.value
            for each in API_PERMISSIONS
            if (each.resource, each.kind) == (self.resource, self.kind)
            and each.value.casefold() in held
            and self.permission in each.opens
        ]


@dataclass(frozen=True, slots=True)
class Both(ManyReach):
    """Only what two reaches have in common."""

    one: ManyReach
    other: ManyReach

    def restrict(self, tenant_column: str) -> Q:
        """Only rows of tenants in both."""
        return self.one.restrict(tenant_column) & self.other.restrict(tenant_column)

    def tenant_ids(self) -> QuerySet[Any, Any]:
        """Those tenants' ids."""
        return self.one.tenant_ids().filter(self.other.restrict("tenant_id"))


def _find_user(tenant_id: uuid.UUID, user_id: uuid.UUID) -> User | None:
    users = User.objects.across_tenants().entering(clock.now())
    # An account that was switched off has no sessions; nothing acts for it either.
    own = users.filter(tenant_id=tenant_id, id=user_id, account__is_active=True)
    found = own.select_related("tenant", "account").annotate(restricts_devices=Exists(restricted_groups()))
    return found.first()


def _granted(principal: ServicePrincipal, claim: Claim, resource: Resource) -> frozenset[str]:
    """Of the token's values those that are granted for this API now."""
    asked = {
        "tenant_id": principal.tenant_id,
        "principal_id": principal.id,
        "at": clock.now(),
        "resource": resource,
        "kind": claim.kind,
    }
    them = claim.object_id
    rows = _FOR_ALL.rows(**asked) if them is None else _FOR_ALL_OR_THEM.rows(**asked, user_id=them)
    held = {value.casefold() for value in claim.values}
    return frozenset(value for (value,) in rows if value.casefold() in held)


def _actor_of_application(principal: ServicePrincipal, origin: Actor) -> Actor:
    return replace(
        origin,
        kind=ActorKind.APPLICATION,
        display_name=principal.application.display_name,
        account_id=None,
        email="",
        home_tenant_id=principal.home_tenant_id,
        client_id=principal.client_id,
        client_name=principal.application.display_name,
    )


def _actor_of_person(user: User, principal: ServicePrincipal, origin: Actor) -> Actor:
    account = user.account
    return replace(
        origin,
        kind=ActorKind.PERSON,
        display_name=account.get_full_name() if account else user.display_name,
        account_id=user.account_id,
        email=user.mail,
        home_tenant_id=account.home_tenant_id if account else None,
        client_id=principal.client_id,
        client_name=principal.application.display_name,
    )


def _gone() -> NotFound:
    return NotFound("There is no such directory, or this application may not enter it.")


def _for_all(
    tenant_id: uuid.UUID, principal_id: uuid.UUID, at: datetime, resource: str, kind: str
) -> QuerySet[Grant, Any]:
    granted = _of_api(tenant_id, principal_id, at, resource, kind)
    return granted.filter(user_id__isnull=True).values_list("value")


def _for_all_or_them(
    tenant_id: uuid.UUID, principal_id: uuid.UUID, at: datetime, resource: str, kind: str, user_id: uuid.UUID
) -> QuerySet[Grant, Any]:
    granted = _of_api(tenant_id, principal_id, at, resource, kind)
    return granted.filter(Q(user_id__isnull=True) | Q(user_id=user_id)).values_list("value")


def _of_api(
    tenant_id: uuid.UUID, principal_id: uuid.UUID, at: datetime, resource: str, kind: str
) -> QuerySet[Grant]:
    rows: QuerySet[Grant] = Grant.objects.of_tenant(tenant_id).filter(in_force(at))
    return rows.filter(service_principal_id=principal_id, resource=resource, kind=kind)


_OF_API: Final[Mapping[str, "Field[Any, Any]"]] = MappingProxyType(
    {"tenant_id": UUID, "principal_id": UUID, "at": INSTANT, "resource": TEXT, "kind": TEXT}
)
_FOR_ALL: Final = Prepared(_for_all, **_OF_API)
_FOR_ALL_OR_THEM: Final = Prepared(_for_all_or_them, **_OF_API, user_id=UUID)
