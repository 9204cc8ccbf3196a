"""The tags that the home tenant's people put on customers, as far as somebody may enter those."""

import uuid
from collections.abc import Collection

from django.db.models import Max

from tidegate.authorization.scope import Scope
from tidegate.core.scoped import Reach
from tidegate.customers.members import require_member
from tidegate.customers.models import TenantTag


def tags_by_tenant(
    scope: Scope, reach: Reach, among: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, list[str]]:
    """The tags of each customer within reach, or of each of these, by their letters; none for those without.

    One statement. Raises NotFound for who is no member of the home tenant.
    """
    require_member(scope)
    rows = TenantTag.objects.in_scope(scope).filter(reach.restrict("about_tenant_id")).order_by("tag_key")
    if among is not None:
        rows = rows.filter(about_tenant_id__in=among)
    found: dict[uuid.UUID, list[str]] = {}
    for tenant_id, tag in rows.values_list("about_tenant_id", "tag"):
        found.setdefault(tenant_id, []).append(tag)
    return found


def tag_names(scope: Scope, reach: Reach) -> list[str]:
    """Each tag of the customers within reach once, by its letters. One statement. Raises as above."""
    require_member(scope)
    rows = TenantTag.objects.in_scope(scope).filter(reach.restrict("about_tenant_id")).order_by("tag_key")
    spelled = rows.values("tag_key").annotate(spelled=Max("tag"))
    return [row["spelled"] for row in spelled]


def tenants_tagged(scope: Scope, reach: Reach, tag_key: str) -> set[uuid.UUID]:
    """The customers within reach that carry a tag. One statement. Raises as above."""
    require_member(scope)
    rows = TenantTag.objects.in_scope(scope).filter(reach.restrict("about_tenant_id"), tag_key=tag_key)
    return set(rows.values_list("about_tenant_id", flat=True))
