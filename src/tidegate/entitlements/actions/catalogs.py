"""Catalogs: collections of packages, open to requests or not, open to people from outside or not."""

import uuid

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict
from tidegate.core.text import clean_line
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.catalog_queries import get_catalog, list_catalogs
from tidegate.entitlements.models import Catalog
from tidegate.entitlements.words import CatalogState


def create_catalog(
    scope: Scope,
    *,
    display_name: str,
    description: str = "",
    is_published: bool = True,
    is_externally_visible: bool = True,
) -> Catalog:
    """Make a catalog. Raises Forbidden, InvalidInput, Conflict when the name is taken."""
    require(scope, Permission.ENTITLEMENT_MANAGE)
    name, words = _clean(display_name, description)
    with transaction.atomic():
        lock_directory(scope)
        _check_name_free(scope, name, None)
        catalog = Catalog.rows.create(
            tenant_id=scope.tenant_id,
            display_name=name,
            description=words,
            state=_state(is_published=is_published),
            is_externally_visible=is_externally_visible,
            created_at=clock.now(),
        )
        record(scope, "catalog.created", _target(catalog), details=_kept(catalog))
    return catalog


def update_catalog(
    scope: Scope,
    catalog_id: uuid.UUID,
    *,
    display_name: str,
    description: str,
    is_published: bool,
    is_externally_visible: bool,
) -> Catalog:
    """Change a catalog; from an unpublished one nothing can be requested, what is held is kept.

    Raises Forbidden, NotFound, InvalidInput, Conflict when the name is taken.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    name, words = _clean(display_name, description)
    with transaction.atomic():
        lock_directory(scope)
        catalog = get_catalog(scope, catalog_id)
        _check_name_free(scope, name, catalog_id)
        before = _kept(catalog)
        catalog.display_name, catalog.description = name, words
        catalog.state = _state(is_published=is_published)
        catalog.is_externally_visible = is_externally_visible
        catalog.save()
        after = _kept(catalog)
        changed = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
        if changed:
            record(scope, "catalog.updated", _target(catalog), details={"changed": changed})
    return catalog


def _clean(display_name: str, description: str) -> tuple[str, str]:
    name = clean_line(display_name, "display_name", longest=256)
    return name, clean_line(description, "description", longest=1024, required=False)


def _state(*, is_published: bool) -> CatalogState:
    return CatalogState.PUBLISHED if is_published else CatalogState.UNPUBLISHED


def _check_name_free(scope: Scope, name: str, own_id: uuid.UUID | None) -> None:
    same = list_catalogs(scope).filter(display_name__iexact=name)
    if (same.exclude(id=own_id) if own_id else same).exists():
        raise Conflict("A catalog with this name exists already.")


def _kept(catalog: Catalog) -> dict[str, object]:
    return {
        "display_name": catalog.display_name,
        "description": catalog.description,
        "state": str(catalog.state),
        "is_externally_visible": catalog.is_externally_visible,
    }


def _target(catalog: Catalog) -> Target:
    return Target("catalog", str(catalog.id), catalog.display_name)
