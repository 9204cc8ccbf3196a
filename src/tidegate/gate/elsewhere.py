"""What a token opens beyond the tenant that it was made in: one other tenant, or every one that consented.

Only a token of home does: an application's own tenant, or the own tenant of the person for whom it acts. One
that was made in a customer's tenant may be seen there, so it opens that tenant and no other.
"""

from dataclasses import replace

from django.db.models import Exists, OuterRef, Q

from tidegate.authorization.api_permissions import API_PERMISSIONS, Resource
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, ActorKind, ManyScope, Scope
from tidegate.core import clock
from tidegate.core.errors import Forbidden, NotFound
from tidegate.directory.models import Domain, ServicePrincipal
from tidegate.gate.applications import Claim, open_for_claim, open_many_for_claim, permissions_lent
from tidegate.gate.opening import Asked, find_entering


def open_elsewhere(claim: Claim, resource: Resource, asked: Asked, origin: Actor) -> Scope:
    """Open the tenant asked for with a token of home, as a token that was made there would.

    What is permitted by the token, at home and there by whatever names, is permitted. Raises NotFound, the
    same in every case.
    """
    home = _open_home(claim, resource, origin)
    there = _claim_there(claim, asked, home.actor)
    if there.tenant_id == home.tenant_id:
        return home
    scope = open_for_claim(replace(there, values=_every_value(claim, resource)), resource, origin)
    may = scope.entry.permissions & permissions_lent(claim, resource)
    return Scope(scope.actor, replace(scope.entry, permissions=may))


def open_everywhere(claim: Claim, resource: Resource, permission: Permission, origin: Actor) -> ManyScope:
    """Every tenant that lets a token of home do this now.

    Raises NotFound as `open_elsewhere`, Forbidden where the token itself does not permit it.
    """
    _open_home(claim, resource, origin)
    if permission not in permissions_lent(claim, resource):
        message = f"This needs the permission {permission}."
        raise Forbidden(message, permission=permission)
    everything = replace(claim, values=_every_value(claim, resource))
    return open_many_for_claim(everything, resource, permission, origin)


def _open_home(claim: Claim, resource: Resource, origin: Actor) -> Scope:
    scope = open_for_claim(claim, resource, origin)
    if scope.actor.home_tenant_id != scope.tenant_id:
        raise _gone()
    return scope


def _every_value(claim: Claim, resource: Resource) -> frozenset[str]:
    """Another tenant may have granted more than the token says, or less, under other names."""
    own = (each for each in API_PERMISSIONS if (each.resource, each.kind) == (resource, claim.kind))
    return frozenset(each.value for each in own)


def _claim_there(claim: Claim, asked: Asked, actor: Actor) -> Claim:
    """What the token would say had it been made there: of the person, their user object there.

    One statement, whether there is such a tenant or not.
    """
    if actor.kind == ActorKind.PERSON:
        user = find_entering(actor, asked, clock.now())
        if user is None:
            raise _gone()
        return replace(claim, tenant_id=user.tenant_id, object_id=user.id)
    named = Domain.objects.filter(
        tenant_id=OuterRef("tenant_id"), name=asked.domain, verified_at__isnull=False
    )
    which = Q(tenant_id=asked.tenant_id) if asked.tenant_id else Q(Exists(named))
    principals = ServicePrincipal.objects.across_tenants().entering()
    principal = principals.filter(which, client_id=claim.client_id).first()
    if principal is None:
        raise _gone()
    return replace(claim, tenant_id=principal.tenant_id)


def _gone() -> NotFound:
    return NotFound("There is no such directory, or this application may not enter it.")
