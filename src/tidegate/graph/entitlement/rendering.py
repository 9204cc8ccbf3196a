"""Catalogs, packages and connected organizations as Graph shows them, with what hangs on them."""

from collections.abc import Callable, Sequence
from typing import Final

from tidegate.authorization.scope import Scope
from tidegate.entitlements.listing import (
    kept_apart_of,
    policies_of,
    resource_roles_of,
    sponsors_of,
)
from tidegate.entitlements.models import AccessPackage, Catalog, ConnectedOrganization, ResourceRole
from tidegate.entitlements.words import SponsorKind
from tidegate.graph.directory.people import render_reference
from tidegate.graph.entitlement.policy_rendering import policy_renderer
from tidegate.graph.objects import Document, Render
from tidegate.incidents.document import format_time
from tidegate.odata.query import Query

_SYSTEMS: Final = {True: "AadGroup", False: "TidegateDeviceGroup"}


def render_catalogs(catalogs: Sequence[Catalog], _query: Query) -> list[Document]:
    """Catalogs as they are listed."""
    return [render_catalog(catalog) for catalog in catalogs]


def render_catalog(catalog: Catalog) -> Document:
    """One catalog."""
    return {
        "id": str(catalog.id),
        "catalogType": "userManaged",
        "createdDateTime": format_time(catalog.created_at),
        "description": catalog.description,
        "displayName": catalog.display_name,
        "isExternallyVisible": catalog.is_externally_visible,
        "modifiedDateTime": None,
        "state": catalog.state,
    }


def render_package(package: AccessPackage) -> dict[str, object]:
    """One package by itself."""
    return {
        "id": str(package.id),
        "createdDateTime": format_time(package.created_at),
        "description": package.description,
        "displayName": package.display_name,
        "isHidden": package.is_hidden,
        "modifiedDateTime": None,
    }


def package_renderer(scope: Scope) -> Render[AccessPackage]:
    """Packages with what was asked to be given with them; a statement for each such kind."""

    def render(packages: Sequence[AccessPackage], query: Query) -> list[Document]:
        documents = [render_package(package) for package in packages]
        for expansion in query.expand:
            found = _EXPANSIONS[expansion.name](scope, packages, expansion.query)
            for package, document in zip(packages, documents, strict=True):
                document[expansion.name] = found(package)
        return [*documents]

    return render


def render_role_scope(resource: ResourceRole, query: Query) -> Document:
    """One thing that a package gives: membership in a group, or sight of a device group."""
    given = resource.group or resource.device_group
    origin = {
        "originId": str(resource.group_id or resource.device_group_id),
        "originSystem": _SYSTEMS[resource.group_id is not None],
    }
    document: dict[str, object] = {"id": str(resource.id), "createdDateTime": None}
    if query.expansion("role"):
        name = "Member" if resource.group_id else "Reader"
        document["role"] = {
            "id": str(resource.id),
            "displayName": name,
            "originId": f"{name}_{origin['originId']}",
            "originSystem": origin["originSystem"],
        }
    if query.expansion("scope"):
        title = given.display_name if given else None
        document["scope"] = {"id": str(resource.id), "displayName": title, "isRootScope": True, **origin}
    return document


def organization_renderer(scope: Scope) -> Render[ConnectedOrganization]:
    """Connected organizations, with sponsors where they are asked for."""

    def render(organizations: Sequence[ConnectedOrganization], query: Query) -> list[Document]:
        documents = [render_organization(organization) for organization in organizations]
        if query.expand:
            sponsors = list(sponsors_of(scope, organizations))
            for organization, document in zip(organizations, documents, strict=True):
                own = [sponsor for sponsor in sponsors if sponsor.organization_id == organization.id]
                for expansion in query.expand:
                    kind = KIND_OF_SPONSORS[expansion.name]
                    users = [sponsor.user for sponsor in own if sponsor.kind == kind]
                    document[expansion.name] = [render_reference(user, whole=True) for user in users]
        return [*documents]

    return render


KIND_OF_SPONSORS: Final = {
    "internalSponsors": SponsorKind.INTERNAL,
    "externalSponsors": SponsorKind.EXTERNAL,
}


def render_organization(organization: ConnectedOrganization) -> dict[str, object]:
    """One connected organization by itself."""
    return {
        "id": str(organization.id),
        "createdDateTime": format_time(organization.created_at),
        "description": organization.description,
        "displayName": organization.display_name,
        "identitySources": [_render_source(organization)],
        "modifiedDateTime": None,
        "state": organization.state,
    }


def _render_source(organization: ConnectedOrganization) -> Document:
    if organization.source_tenant_id:
        return {
            "@odata.type": "#microsoft.graph.azureActiveDirectoryTenant",
            "displayName": organization.display_name,
            "tenantId": str(organization.source_tenant_id),
        }
    return {
        "@odata.type": "#microsoft.graph.domainIdentitySource",
        "displayName": organization.display_name,
        "domainName": organization.source_domain,
    }


type _Find = Callable[[AccessPackage], object]


def _find_catalogs(_scope: Scope, _packages: Sequence[AccessPackage], _query: Query) -> _Find:
    return lambda package: render_catalog(package.catalog)


def _find_policies(scope: Scope, packages: Sequence[AccessPackage], query: Query) -> _Find:
    policies = list(policies_of(scope, packages))
    documents = policy_renderer(scope)(policies, query)
    pairs = [(policy.package_id, document) for policy, document in zip(policies, documents, strict=True)]
    return lambda package: [document for package_id, document in pairs if package_id == package.id]


def _find_apart(scope: Scope, packages: Sequence[AccessPackage], query: Query, *, is_named: bool) -> _Find:
    pairs = list(kept_apart_of(scope, packages))

    def find(package: AccessPackage) -> object:
        others = (
            [pair.other for pair in pairs if pair.package_id == package.id]
            if is_named
            else [pair.package for pair in pairs if pair.other_id == package.id]
        )
        return package_renderer(scope)(others, query)

    return find


def _find_role_scopes(scope: Scope, packages: Sequence[AccessPackage], query: Query) -> _Find:
    rows = list(resource_roles_of(scope, packages))
    return lambda package: [render_role_scope(row, query) for row in rows if row.package_id == package.id]


_EXPANSIONS: Final[dict[str, Callable[[Scope, Sequence[AccessPackage], Query], _Find]]] = {
    "catalog": _find_catalogs,
    "assignmentPolicies": _find_policies,
    "incompatibleAccessPackages": lambda *asked: _find_apart(*asked, is_named=True),
    "accessPackagesIncompatibleWith": lambda *asked: _find_apart(*asked, is_named=False),
    "resourceRoleScopes": _find_role_scopes,
}
