"""Access packages: made, changed, hidden, removed, kept apart from others."""

import uuid

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, NotFound
from tidegate.core.text import clean_line
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.actions.organizations import end_all
from tidegate.entitlements.catalog_queries import get_catalog, get_package, list_incompatible, list_packages
from tidegate.entitlements.models import AccessPackage, Incompatibility
from tidegate.entitlements.organizations import Ending, ending_with_package


def create_package(
    scope: Scope,
    *,
    catalog_id: uuid.UUID,
    display_name: str,
    description: str = "",
    is_hidden: bool = False,
    is_break_glass: bool = False,
) -> AccessPackage:
    """Make an empty package. What breaks the glass is decided here for good.

    Raises Forbidden, NotFound, InvalidInput, Conflict when the name is taken.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    name, words = _clean(display_name, description)
    with transaction.atomic():
        lock_directory(scope)
        catalog = get_catalog(scope, catalog_id)
        _check_name_free(scope, name, None)
        package = AccessPackage.rows.create(
            tenant_id=scope.tenant_id,
            catalog_id=catalog.id,
            display_name=name,
            description=words,
            is_hidden=is_hidden,
            is_break_glass=is_break_glass,
            created_at=clock.now(),
        )
        record(scope, "access_package.created", package_target(package), details=_kept(package))
    return package


def update_package(
    scope: Scope,
    package_id: uuid.UUID,
    *,
    catalog_id: uuid.UUID,
    display_name: str,
    description: str,
    is_hidden: bool,
) -> AccessPackage:
    """Change what a package is called, where it stands and whether it is listed.

    Raises Forbidden, NotFound, InvalidInput, Conflict when the name is taken.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    name, words = _clean(display_name, description)
    with transaction.atomic():
        lock_directory(scope)
        package, catalog = get_package(scope, package_id), get_catalog(scope, catalog_id)
        _check_name_free(scope, name, package_id)
        before = _kept(package)
        package.display_name, package.description, package.is_hidden = name, words, is_hidden
        package.catalog_id = catalog.id
        package.save(update_fields=["display_name", "description", "is_hidden", "catalog_id"])
        after = _kept(package)
        changed = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
        if changed:
            record(scope, "access_package.updated", package_target(package), details={"changed": changed})
    return package


def remove_package(scope: Scope, package_id: uuid.UUID, *, ends_assignments: bool = False) -> Ending:
    """Take a package away; its open requests are canceled. Returns what ended.

    Raises Forbidden, NotFound, and Conflict while somebody holds it, unless that is to end with it.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        package = get_package(scope, package_id)
        ending = ending_with_package(scope, package_id)
        if ending.assignments and not ends_assignments:
            raise Conflict(
                "Somebody holds this package. Removing it would end their access: say so to do it."
            )
        package.removed_at = clock.now()
        package.save(update_fields=["removed_at"])
        details = {"ended": len(ending.assignments), "canceled": len(ending.requests)}
        record(scope, "access_package.removed", package_target(package), details=details)
        end_all(scope, ending, because=f"The access package {package.display_name} was removed.")
    return ending


def keep_apart(scope: Scope, package_id: uuid.UUID, other_id: uuid.UUID) -> Incompatibility:
    """Let nobody ask for one of two packages who holds the other; who holds both keeps them.

    Raises Forbidden, NotFound, Conflict for a package with itself and for two that are apart already.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        package, other = get_package(scope, package_id), get_package(scope, other_id)
        if package.id == other.id:
            raise Conflict("A package cannot be kept apart from itself.")
        if list_incompatible(scope, package_id).filter(id=other_id).exists():
            raise Conflict("These packages are kept apart already.")
        row = Incompatibility.rows.create(tenant_id=scope.tenant_id, package_id=package.id, other_id=other.id)
        details = {"other": other.display_name, "other_id": other.id}
        record(scope, "access_package.kept_apart", package_target(package), details=details)
    return row


def let_together(scope: Scope, package_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Take back that two packages are kept apart. Raises Forbidden, NotFound."""
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        package, other = get_package(scope, package_id), get_package(scope, other_id)
        pairs = Incompatibility.objects.in_scope(scope)
        rows = pairs.filter(package_id__in=(package_id, other_id), other_id__in=(package_id, other_id))
        if not rows.exists():
            raise NotFound("These packages are not kept apart.")
        rows.delete()
        details = {"other": other.display_name, "other_id": other.id}
        record(scope, "access_package.let_together", package_target(package), details=details)


def package_target(package: AccessPackage) -> Target:
    """How the audit log names a package."""
    return Target("access_package", str(package.id), package.display_name)


def _clean(display_name: str, description: str) -> tuple[str, str]:
    name = clean_line(display_name, "display_name", longest=256)
    return name, clean_line(description, "description", longest=1024, required=False)


def _check_name_free(scope: Scope, name: str, own_id: uuid.UUID | None) -> None:
    same = list_packages(scope).filter(display_name__iexact=name)
    if (same.exclude(id=own_id) if own_id else same).exists():
        raise Conflict("An access package with this name exists already.")


def _kept(package: AccessPackage) -> dict[str, object]:
    return {
        "display_name": package.display_name,
        "description": package.description,
        "catalog_id": str(package.catalog_id),
        "is_hidden": package.is_hidden,
        "is_break_glass": package.is_break_glass,
    }
