"""Catalogs and the access packages in them."""

from tidegate.authorization.scope import Scope
from tidegate.entitlements.actions.catalogs import create_catalog, update_catalog
from tidegate.entitlements.catalog_queries import list_catalogs, list_packages
from tidegate.entitlements.models import Catalog
from tidegate.entitlements.words import CatalogState
from tidegate.manifest.desk import Desk, find_named, given
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.forms.offers import CatalogForm
from tidegate.manifest.sections.packages import (
    clear_package,
    describe_package,
    settle_incompatible,
    settle_package,
)


def settle_catalog(desk: Desk, form: CatalogForm) -> None:
    """Make it, or change it; then what is in it."""
    catalog = find_named(list_catalogs(desk.scope), form.display_name)
    catalog = _create(desk, form) if catalog is None else _change(desk, form, catalog)
    desk.each("access_packages", form.access_packages, lambda at, one: settle_package(at, one, catalog))


def settle_kept_apart(desk: Desk, form: CatalogForm) -> None:
    """Keep packages apart, once all of them are there."""
    desk.each("access_packages", form.access_packages, settle_incompatible)


def clear_catalog(desk: Desk, form: CatalogForm) -> None:
    """Remove packages, and what is to go of others."""
    desk.each("access_packages", form.access_packages, clear_package)


def describe_catalogs(scope: Scope) -> list[CatalogForm]:
    """All of them, with their packages."""
    packages = list(list_packages(scope))
    return [
        CatalogForm(
            display_name=catalog.display_name,
            description=catalog.description,
            is_published=catalog.state == CatalogState.PUBLISHED,
            is_externally_visible=catalog.is_externally_visible,
            access_packages=[
                describe_package(scope, one) for one in packages if one.catalog_id == catalog.id
            ],
        )
        for catalog in list_catalogs(scope)
    ]


def _create(desk: Desk, form: CatalogForm) -> Catalog:
    catalog = create_catalog(
        desk.scope,
        display_name=form.display_name,
        description="" if form.description is UNSET else form.description,
        is_published=form.is_published is UNSET or form.is_published,
        is_externally_visible=form.is_externally_visible is UNSET or form.is_externally_visible,
    )
    desk.note(f"create catalog {catalog.display_name} in {desk.tenant_name}")
    return catalog


def _change(desk: Desk, form: CatalogForm, catalog: Catalog) -> Catalog:
    before = {
        "display_name": catalog.display_name,
        "description": catalog.description,
        "is_published": catalog.state == CatalogState.PUBLISHED,
        "is_externally_visible": catalog.is_externally_visible,
    }
    wanted = {
        **before,
        **given(
            display_name=form.display_name,
            description=form.description,
            is_published=form.is_published,
            is_externally_visible=form.is_externally_visible,
        ),
    }
    if wanted != before:
        update_catalog(
            desk.scope,
            catalog.id,
            display_name=str(wanted["display_name"]),
            description=str(wanted["description"]),
            is_published=bool(wanted["is_published"]),
            is_externally_visible=bool(wanted["is_externally_visible"]),
        )
        desk.note_changes(f"catalog {catalog.display_name} in {desk.tenant_name}", before, wanted)
    return catalog
