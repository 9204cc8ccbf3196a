"""Customers as a document names them: by id or by domain, whichever they are."""

import uuid
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from tidegate.core.errors import NotFound
from tidegate.directory.models import Tenant
from tidegate.gate.opening import read_tid


@dataclass(frozen=True, slots=True)
class EveryTenant:
    """What the operator may name (a `core.scoped.Reach`): it gives nobody access."""

    def restrict(self, tenant_column: str) -> Q:
        """Rows of any tenant."""
        return Q(**{f"{tenant_column}__isnull": False})


EVERY_TENANT: Final = EveryTenant()


def find_customer(text: str) -> Tenant:
    """The tenant of this id or verified domain. Raises InvalidInput, NotFound."""
    asked = read_tid(text.strip())
    named = Q(domains__name=asked.domain, domains__verified_at__isnull=False)
    found = Tenant.objects.filter(Q(id=asked.tenant_id) if asked.tenant_id else named).first()
    if found is None:
        message = f'there is no tenant "{text}"'
        raise NotFound(message)
    return found


def name_customers(tenant_ids: frozenset[uuid.UUID] | set[uuid.UUID]) -> list[str]:
    """How a document names these: by their ids, in order."""
    return sorted(map(str, tenant_ids))
