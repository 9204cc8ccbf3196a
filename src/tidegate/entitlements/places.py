"""A tenant as somebody names it who need not be inside: whether they have anything to do with it.

Nothing here is told apart by a statement more or less: an absent tenant costs what a silent one does.
"""

import uuid
from typing import Final

from tidegate.authorization.scope import Actor
from tidegate.directory.models import Domain
from tidegate.entitlements.offers import list_offers
from tidegate.entitlements.own import own_assignments, own_requests
from tidegate.gate.opening import Asked

NOWHERE: Final = uuid.UUID(int=0)


def find_place(asked: Asked) -> uuid.UUID:
    """The id of the tenant that a `tid` names; `NOWHERE` for a domain that no tenant has verified."""
    if asked.tenant_id is not None:
        return asked.tenant_id
    named = Domain.objects.filter(name=asked.domain, verified_at__isnull=False)
    return named.values_list("tenant_id", flat=True).first() or NOWHERE


def has_business(actor: Actor, tenant_id: uuid.UUID) -> bool:
    """Whether a tenant offers somebody anything, or they have asked for or held anything there."""
    has_asked = own_requests(actor, tenant_id).exists()
    has_held = own_assignments(actor, tenant_id).exists()
    return bool(list_offers(actor, tenant_id)) or has_asked or has_held
