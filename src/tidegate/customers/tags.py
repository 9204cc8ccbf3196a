"""The tags that the home tenant's people put on customers, as far as somebody may enter those."""

import uuid

from tidegate.authorization.scope import Scope
from tidegate.core.scoped import Reach
from tidegate.customers.members import require_member
from tidegate.customers.models import TenantTag


def tags_by_tenant(scope: Scope, reach: Reach) -> dict[uuid.UUID, list[str]]:
    """The tags of each customer within reach, by their letters; those without are not in it.

    One statement. Raises NotFound for who is no member of the home tenant.
    """
    require_member(scope)
    rows = TenantTag.objects.in_scope(scope).filter(reach.restrict("about_tenant_id")).order_by("tag_key")
    found: dict[uuid.UUID, list[str]] = {}
    for tenant_id, tag in rows.values_list("about_tenant_id", "tag"):
        found.setdefault(tenant_id, []).append(tag)
    return found
