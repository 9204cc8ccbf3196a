"""Access packages: what they give, under which policies, what they are kept apart from."""

from typing import TypedDict
from uuid import UUID

from django.db.models import QuerySet

from tidegate.authorization.scope import Scope
from tidegate.core.errors import InvalidInput
from tidegate.devices.groups import list_device_groups
from tidegate.directory.queries import list_groups
from tidegate.entitlements.actions.packages import (
    create_package,
    keep_apart,
    let_together,
    remove_package,
    update_package,
)
from tidegate.entitlements.actions.resources import add_resource, remove_resource, resource_name
from tidegate.entitlements.catalog_queries import list_incompatible, list_packages, list_resource_roles
from tidegate.entitlements.models import AccessPackage, Catalog, ResourceRole
from tidegate.manifest.desk import Desk, find_named, get_named, given
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.forms.offers import IncompatibleForm, PackageForm, ResourceForm
from tidegate.manifest.sections.policies import clear_policy, describe_policies, settle_policy

type NamedPackage = str | IncompatibleForm


def settle_package(desk: Desk, form: PackageForm, catalog: Catalog) -> None:
    """Make it, or change it; put things in it, and offer it under its policies."""
    if form.state == "absent":
        return
    package = find_named(list_packages(desk.scope), form.display_name)
    if package is None:
        package = _create(desk, form, catalog)
    else:
        _change(desk, form, package, catalog)
    desk.each("resources", form.resources, lambda at, one: _settle_resource(at, one, package))
    desk.each("policies", form.policies, lambda at, one: settle_policy(at, one, package))


def settle_incompatible(desk: Desk, form: PackageForm) -> None:
    """Keep it apart from others."""
    if form.state == "absent" or form.incompatible_with is UNSET:
        return
    package = get_named(list_packages(desk.scope), "access package", form.display_name)
    desk.each("incompatible_with", form.incompatible_with, lambda at, one: _keep_apart(at, one, package))


def clear_package(desk: Desk, form: PackageForm) -> None:
    """Remove it, or some of what it gives and is offered under."""
    package = find_named(list_packages(desk.scope), form.display_name)
    if package is None:
        return
    if form.state == "absent":
        remove_package(desk.scope, package.id, ends_assignments=form.ends_assignments)
        desk.note(f"remove access package {package.display_name} in {desk.tenant_name}")
        return
    desk.each("incompatible_with", form.incompatible_with, lambda at, one: _let_together(at, one, package))
    desk.each("policies", form.policies, lambda at, one: clear_policy(at, one, package))
    desk.each("resources", form.resources, lambda at, one: _clear_resource(at, one, package))


def describe_package(scope: Scope, package: AccessPackage) -> PackageForm:
    """A package as it is."""
    return PackageForm(
        display_name=package.display_name,
        description=package.description,
        is_hidden=package.is_hidden,
        is_break_glass=package.is_break_glass,
        resources=[
            ResourceForm(group=one.group.display_name)
            if one.group
            else ResourceForm(device_group=resource_name(one))
            for one in list_resource_roles(scope, package.id)
        ],
        policies=describe_policies(scope, package),
        incompatible_with=[one.display_name for one in list_incompatible(scope, package.id)],
    )


def _create(desk: Desk, form: PackageForm, catalog: Catalog) -> AccessPackage:
    package = create_package(
        desk.scope,
        catalog_id=catalog.id,
        display_name=form.display_name,
        description="" if form.description is UNSET else form.description,
        is_hidden=form.is_hidden is True,
        is_break_glass=form.is_break_glass is True,
    )
    desk.note(f"create access package {package.display_name} in {desk.tenant_name}")
    return package


def _change(desk: Desk, form: PackageForm, package: AccessPackage, catalog: Catalog) -> None:
    if form.is_break_glass not in {UNSET, package.is_break_glass}:
        raise InvalidInput(fields={"is_break_glass": "is decided for good when a package is made"})
    before = {
        "catalog": package.catalog.display_name,
        "display_name": package.display_name,
        "description": package.description,
        "is_hidden": package.is_hidden,
    }
    wanted = {
        **before,
        "catalog": catalog.display_name,
        **given(
            display_name=form.display_name,
            description=form.description,
            is_hidden=form.is_hidden,
        ),
    }
    if wanted != before:
        update_package(
            desk.scope,
            package.id,
            catalog_id=catalog.id,
            display_name=str(wanted["display_name"]),
            description=str(wanted["description"]),
            is_hidden=bool(wanted["is_hidden"]),
        )
        desk.note_changes(f"access package {package.display_name} in {desk.tenant_name}", before, wanted)


class _Thing(TypedDict):
    """What a package gives: exactly one of the two."""

    group_id: UUID | None
    device_group_id: UUID | None


def _settle_resource(desk: Desk, form: ResourceForm, package: AccessPackage) -> None:
    if form.state == "absent":
        return
    name, thing = _find_thing(desk.scope, form)
    if not _given(desk.scope, package, thing).exists():
        add_resource(desk.scope, package.id, **thing)
        desk.note(f"put {name} in access package {package.display_name} in {desk.tenant_name}")


def _clear_resource(desk: Desk, form: ResourceForm, package: AccessPackage) -> None:
    if form.state != "absent":
        return
    name, thing = _find_thing(desk.scope, form)
    for resource in _given(desk.scope, package, thing):
        remove_resource(desk.scope, package.id, resource.id)
        desk.note(f"take {name} out of access package {package.display_name} in {desk.tenant_name}")


def _find_thing(scope: Scope, form: ResourceForm) -> tuple[str, _Thing]:
    if (form.group is UNSET) == (form.device_group is UNSET):
        raise InvalidInput("a resource is either a group or a device_group")
    if form.group is not UNSET:
        group = get_named(list_groups(scope), "group", form.group)
        return f"group {group.display_name}", {"group_id": group.id, "device_group_id": None}
    device_group = get_named(list_device_groups(scope), "device group", str(form.device_group))
    name = f"device group {device_group.display_name}"
    return name, {"group_id": None, "device_group_id": device_group.id}


def _given(scope: Scope, package: AccessPackage, thing: _Thing) -> QuerySet[ResourceRole]:
    return list_resource_roles(scope, package.id).filter(**thing)


def _keep_apart(desk: Desk, named: NamedPackage, package: AccessPackage) -> None:
    form = _read(named)
    if form.state == "absent":
        return
    other = get_named(list_packages(desk.scope), "access package", form.package)
    if not list_incompatible(desk.scope, package.id).filter(id=other.id).exists():
        keep_apart(desk.scope, package.id, other.id)
        names = f"{package.display_name} and {other.display_name}"
        desk.note(f"keep access packages {names} apart in {desk.tenant_name}")


def _let_together(desk: Desk, named: NamedPackage, package: AccessPackage) -> None:
    form = _read(named)
    if form.state != "absent":
        return
    other = find_named(list_incompatible(desk.scope, package.id), form.package)
    if other is not None:
        let_together(desk.scope, package.id, other.id)
        names = f"{package.display_name} and {other.display_name}"
        desk.note(f"let access packages {names} be held together in {desk.tenant_name}")


def _read(named: NamedPackage) -> IncompatibleForm:
    return IncompatibleForm(package=named) if isinstance(named, str) else named
