"""Packages that nobody may hold together (separation of duties)."""

import uuid

from django.db.models import Q, QuerySet

from tidegate.entitlements.models import Assignment, Incompatibility


def find_incompatible(tenant_id: uuid.UUID, package_id: uuid.UUID, held: QuerySet[Assignment]) -> str:
    """The name of a package among those held that may not be held with this one; empty for none."""
    packages = held.order_by().values("package_id")
    pairs = Incompatibility.objects.of_tenant(tenant_id).filter(
        Q(package_id=package_id, other_id__in=packages) | Q(other_id=package_id, package_id__in=packages)
    )
    pair = pairs.select_related("package", "other").first()
    if pair is None:
        return ""
    return (pair.other if pair.package_id == package_id else pair.package).display_name
