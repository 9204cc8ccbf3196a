"""What a token opens beyond the tenant that it was made in: one other tenant, or every one that consented.

Only a token of home does: an application's own tenant, or the own tenant of the person for whom it acts. One
that was made in a customer's tenant may be seen there, so it opens that tenant and no other.
"""

from dataclasses import replace

from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, ActorKind, ManyScope, Scope
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.directory.models import Domain
from tidegate.gate.applications import Claim, open_for_claim, open_many_for_claim
from tidegate.gate.opening import Asked, find_entering


def open_elsewhere(claim: Claim, resource: Resource, asked: Asked, origin: Actor) -> Scope:
    """Open the tenant asked for with a token of home, exactly as one of its own tokens would.

    What the token says is the most that it opens there. Raises NotFound, the same in every case.
    """
    home = _open_home(claim, resource, origin)
    there = _claim_there(claim, asked, home.actor)
    return home if there.tenant_id == home.tenant_id else open_for_claim(there, resource, origin)


def open_everywhere(claim: Claim, resource: Resource, permission: Permission, origin: Actor) -> ManyScope:
    """Every tenant that lets a token of home do this now. Raises NotFound as `open_elsewhere`."""
    _open_home(claim, resource, origin)
    return open_many_for_claim(claim, resource, permission, origin)


def _open_home(claim: Claim, resource: Resource, origin: Actor) -> Scope:
    scope = open_for_claim(claim, resource, origin)
    if scope.actor.home_tenant_id != scope.tenant_id:
        raise _gone()
    return scope


def _claim_there(claim: Claim, asked: Asked, actor: Actor) -> Claim:
    """What the token would say had it been made there: the same values, the person's user object there."""
    if actor.kind == ActorKind.PERSON:
        user = find_entering(actor, asked, clock.now()).first()
        if user is None:
            raise _gone()
        return replace(claim, tenant_id=user.tenant_id, object_id=user.id)
    if asked.tenant_id:
        return replace(claim, tenant_id=asked.tenant_id)
    named = Domain.objects.filter(name=asked.domain, verified_at__isnull=False).first()
    if named is None:
        raise _gone()
    return replace(claim, tenant_id=named.tenant_id)


def _gone() -> NotFound:
    return NotFound("There is no such directory, or this application may not enter it.")
