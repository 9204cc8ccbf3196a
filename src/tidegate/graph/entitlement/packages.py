"""`/accessPackages`: bundles on offer, what they give, and what may not be held together."""

from typing import Final

from django.http import HttpResponseBase

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.entitlements.actions.packages import (
    create_package,
    keep_apart,
    let_together,
    remove_package,
    update_package,
)
from tidegate.entitlements.actions.resources import add_resource, remove_resource
from tidegate.entitlements.catalog_queries import get_package, list_packages, list_resource_roles
from tidegate.entitlements.listing import kept_apart_of
from tidegate.entitlements.models import AccessPackage
from tidegate.entitlements.offers import offered_packages
from tidegate.graph.answers import answer_list, answer_no_content, answer_object
from tidegate.graph.bodies import Body, read_reference
from tidegate.graph.entitlement.persons import scope_of_person
from tidegate.graph.entitlement.rendering import package_renderer, render_catalogs, render_role_scope
from tidegate.graph.entitlement.resources import CATALOGS, OFFERED, PACKAGES, ROLE_SCOPES
from tidegate.graph.keys import read_key
from tidegate.graph.lists import read_query
from tidegate.graph.objects import Document, answer_number, answer_objects, answer_one
from tidegate.oauth.endpoint import Call
from tidegate.odata.query import Query

ROOT: Final = "identityGovernance/entitlementManagement"
PATH: Final = f"{ROOT}/accessPackages"
_MEMBERS: Final = frozenset(
    {"displayName", "description", "isHidden", "isRoleScopesVisible", "catalog", "catalogId"}
)
_GROUPS, _DEVICE_GROUPS = "aadgroup", "tidegatedevicegroup"


def list_all(call: Call) -> HttpResponseBase:
    """The tenant's access packages."""
    return answer_objects(call, PATH, list_packages(call.scope), PACKAGES, package_renderer(call.scope))


def count_all(call: Call) -> HttpResponseBase:
    """How many there are."""
    return answer_number(call, list_packages(call.scope), PACKAGES)


def list_offered(call: Call, on: str) -> HttpResponseBase:
    """What is offered to the person acted for; hidden packages are in no list."""
    if on.lower() != "allowedrequestor":
        raise InvalidInput(fields={"on": "must be allowedRequestor"})
    scope = scope_of_person(call, Permission.ENTITLEMENT_READ)
    # Whom a package is offered to learns what it is, not how it is put together.
    rows = offered_packages(scope)
    return answer_objects(call, PATH, rows, OFFERED, package_renderer(scope))


def show(call: Call, key: str) -> HttpResponseBase:
    """One of the packages."""
    package = get_package(call.scope, read_key(key))
    return answer_one(call, PATH, package, PACKAGES, package_renderer(call.scope))


def show_catalog(call: Call, key: str) -> HttpResponseBase:
    """The catalog in which a package stands."""
    package = get_package(call.scope, read_key(key))
    return answer_one(call, f"{ROOT}/catalogs", package.catalog, CATALOGS, render_catalogs)


def create(call: Call) -> HttpResponseBase:
    """Make an empty package."""
    body = Body(call.read_json())
    body.check_members(_MEMBERS)
    catalog_id = body.reference("catalog") or body.guid("catalogId")
    if catalog_id is None:
        raise InvalidInput(fields={"catalog/id": "is needed"})
    package = create_package(
        call.scope,
        catalog_id=catalog_id,
        display_name=body.text("displayName"),
        description=body.text("description"),
        is_hidden=body.flag("isHidden", default=False),
    )
    made = get_package(call.scope, package.id)
    return answer_one(call, PATH, made, PACKAGES, package_renderer(call.scope), status=201)


def change(call: Call, key: str) -> HttpResponseBase:
    """Change what the body names."""
    body = Body(call.read_json())
    body.check_members(_MEMBERS)
    package = get_package(call.scope, read_key(key))
    update_package(
        call.scope,
        package.id,
        catalog_id=body.reference("catalog") or body.guid("catalogId") or package.catalog_id,
        display_name=body.text("displayName", package.display_name),
        description=body.text("description", package.description),
        is_hidden=body.flag("isHidden", default=package.is_hidden),
    )
    return answer_no_content()


def remove(call: Call, key: str) -> HttpResponseBase:
    """Take a package away, unless somebody holds it."""
    remove_package(call.scope, read_key(key))
    return answer_no_content()


def list_apart(call: Call, key: str) -> HttpResponseBase:
    """The packages that this one names as not to be held with it."""
    package = get_package(call.scope, read_key(key))
    pairs = kept_apart_of(call.scope, [package])
    return _list_others(call, [pair.other for pair in pairs if pair.package_id == package.id])


def list_apart_from(call: Call, key: str) -> HttpResponseBase:
    """The packages that name this one as not to be held with them."""
    package = get_package(call.scope, read_key(key))
    pairs = kept_apart_of(call.scope, [package])
    return _list_others(call, [pair.package for pair in pairs if pair.other_id == package.id])


def add_apart(call: Call, key: str) -> HttpResponseBase:
    """Let nobody hold another package with this one."""
    body = Body(call.read_json())
    keep_apart(call.scope, read_key(key), read_reference(body.text("@odata.id"), "@odata.id"))
    return answer_no_content()


def take_apart(call: Call, key: str, other: str) -> HttpResponseBase:
    """Take that back."""
    let_together(call.scope, read_key(key), read_key(other))
    return answer_no_content()


def list_given(call: Call, key: str) -> HttpResponseBase:
    """What a package gives."""
    package = get_package(call.scope, read_key(key))
    query = read_query(call, ROLE_SCOPES.one_object())
    rows = list_resource_roles(call.scope, package.id)
    return answer_list(call, f"{PATH}/resourceRoleScopes", [render_role_scope(row, query) for row in rows])


def give(call: Call, key: str) -> HttpResponseBase:
    """Let a package give a group, or sight of a device group; who holds it gets that at once."""
    body = Body(call.read_json())
    named = body.inner("scope")
    origin = named if "originId" in named else body.inner("role").inner("resource")
    given_id, system = origin.guid("originId"), origin.text("originSystem", "AadGroup").lower()
    if given_id is None or system not in {_GROUPS, _DEVICE_GROUPS}:
        reason = "must name a group (AadGroup) or a device group (TidegateDeviceGroup) by its id"
        raise InvalidInput(fields={"scope/originId": reason})
    is_group = system == _GROUPS
    resource = add_resource(
        call.scope,
        read_key(key),
        group_id=given_id if is_group else None,
        device_group_id=None if is_group else given_id,
    )
    document = render_role_scope(resource, Query())
    return answer_object(call, f"{PATH}/resourceRoleScopes", document, status=201)


def give_no_more(call: Call, key: str, given: str) -> HttpResponseBase:
    """Take something out of a package; who holds it loses that at once."""
    remove_resource(call.scope, read_key(key), read_key(given))
    return answer_no_content()


def _list_others(call: Call, others: list[AccessPackage]) -> HttpResponseBase:
    query = read_query(call, PACKAGES.one_object())
    documents: list[Document] = list(package_renderer(call.scope)(others, query))
    return answer_list(call, PATH, documents)
