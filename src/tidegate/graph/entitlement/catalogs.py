"""`/catalogs`: collections of access packages."""

from django.http import HttpResponseBase

from tidegate.core.errors import InvalidInput
from tidegate.entitlements.actions.catalogs import create_catalog, update_catalog
from tidegate.entitlements.catalog_queries import get_catalog, list_catalogs, list_packages
from tidegate.entitlements.words import CatalogState
from tidegate.graph.answers import answer_no_content
from tidegate.graph.bodies import Body
from tidegate.graph.entitlement.rendering import package_renderer, render_catalogs
from tidegate.graph.entitlement.resources import CATALOGS, PACKAGES
from tidegate.graph.keys import read_key
from tidegate.graph.objects import answer_number, answer_objects, answer_one
from tidegate.oauth.endpoint import Call

PATH = "identityGovernance/entitlementManagement/catalogs"
_MEMBERS = frozenset({"displayName", "description", "state", "catalogStatus", "isExternallyVisible"})


def list_all(call: Call) -> HttpResponseBase:
    """The tenant's catalogs."""
    return answer_objects(call, PATH, list_catalogs(call.scope), CATALOGS, render_catalogs)


def count_all(call: Call) -> HttpResponseBase:
    """How many there are."""
    return answer_number(call, list_catalogs(call.scope), CATALOGS)


def show(call: Call, key: str) -> HttpResponseBase:
    """One of them."""
    catalog = get_catalog(call.scope, read_key(key))
    return answer_one(call, PATH, catalog, CATALOGS, render_catalogs)


def create(call: Call) -> HttpResponseBase:
    """Make a catalog; published and open to people from outside unless the body says otherwise."""
    body = Body(call.read_json())
    body.check_members(_MEMBERS)
    catalog = create_catalog(
        call.scope,
        display_name=body.text("displayName"),
        description=body.text("description"),
        is_published=_read_state(body, default=CatalogState.PUBLISHED) == CatalogState.PUBLISHED,
        is_externally_visible=body.flag("isExternallyVisible", default=True),
    )
    return answer_one(call, PATH, catalog, CATALOGS, render_catalogs, status=201)


def change(call: Call, key: str) -> HttpResponseBase:
    """Change what the body names."""
    body = Body(call.read_json())
    body.check_members(_MEMBERS)
    catalog = get_catalog(call.scope, read_key(key))
    update_catalog(
        call.scope,
        catalog.id,
        display_name=body.text("displayName", catalog.display_name),
        description=body.text("description", catalog.description),
        is_published=_read_state(body, default=catalog.state) == CatalogState.PUBLISHED,
        is_externally_visible=body.flag("isExternallyVisible", default=catalog.is_externally_visible),
    )
    return answer_no_content()


def list_within(call: Call, key: str) -> HttpResponseBase:
    """The access packages of a catalog."""
    catalog = get_catalog(call.scope, read_key(key))
    rows = list_packages(call.scope).filter(catalog_id=catalog.id)
    path = "identityGovernance/entitlementManagement/accessPackages"
    return answer_objects(call, path, rows, PACKAGES, package_renderer(call.scope))


def _read_state(body: Body, *, default: str) -> str:
    word = body.text("state", body.text("catalogStatus", default)).lower()
    if word not in CatalogState.values:
        raise InvalidInput(fields={"state": "must be published or unpublished"})
    return word
