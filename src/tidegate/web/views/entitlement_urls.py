"""Addresses of the pages about connected organizations and access packages."""

from django.urls import URLPattern, path

from tidegate.web.views import (
    access_packages,
    assignments,
    catalogs,
    connected_organizations,
    package_requests,
    package_resources,
    policies,
    provider_setup,
)

_ORGANIZATION = "connected-organizations/<uuid:organization_id>"
_PACKAGE = "access-packages/<uuid:package_id>"
_POLICY = f"{_PACKAGE}/policies/<uuid:policy_id>"
_REQUEST = f"{_PACKAGE}/requests/<uuid:request_id>"

urlpatterns: list[URLPattern] = [
    path("connected-organizations", connected_organizations.list_all, name="connected_organizations"),
    path(
        "connected-organizations/connect",
        connected_organizations.connect,
        name="connected_organization_connect",
    ),
    path(_ORGANIZATION, connected_organizations.show, name="connected_organization"),
    path(f"{_ORGANIZATION}/edit", connected_organizations.edit, name="connected_organization_edit"),
    path(f"{_ORGANIZATION}/remove", connected_organizations.remove, name="connected_organization_remove"),
    path(f"{_ORGANIZATION}/sponsors", connected_organizations.sponsor, name="connected_organization_sponsor"),
    path(
        f"{_ORGANIZATION}/sponsors/<uuid:sponsor_id>/remove",
        connected_organizations.unsponsor,
        name="connected_organization_unsponsor",
    ),
    path("catalogs/create", catalogs.create, name="catalog_create"),
    path("catalogs/<uuid:catalog_id>/edit", catalogs.edit, name="catalog_edit"),
    path("catalogs/<uuid:catalog_id>/links", provider_setup.show_links, name="provider_links"),
    path("access-packages", access_packages.list_all, name="access_packages"),
    path("access-packages/create", access_packages.create, name="access_package_create"),
    path("access-packages/set-up", provider_setup.set_up, name="provider_setup"),
    path(_PACKAGE, access_packages.show, name="access_package"),
    path(f"{_PACKAGE}/edit", access_packages.edit, name="access_package_edit"),
    path(f"{_PACKAGE}/remove", access_packages.remove, name="access_package_remove"),
    path(f"{_PACKAGE}/resources", package_resources.add, name="package_resource_add"),
    path(
        f"{_PACKAGE}/resources/<uuid:resource_id>/remove",
        package_resources.take_out,
        name="package_resource_remove",
    ),
    path(f"{_PACKAGE}/apart", package_resources.separate, name="package_separate"),
    path(f"{_PACKAGE}/apart/<uuid:other_id>/remove", package_resources.join, name="package_join"),
    path(f"{_PACKAGE}/policies/create", policies.create, name="policy_create"),
    path(f"{_POLICY}/edit", policies.edit, name="policy_edit"),
    path(f"{_POLICY}/switch", policies.switch, name="policy_switch"),
    path(f"{_POLICY}/remove", policies.remove, name="policy_remove"),
    path(f"{_PACKAGE}/assignments", assignments.list_all, name="package_assignments"),
    path(f"{_PACKAGE}/assignments/assign", assignments.assign, name="package_assign"),
    path(f"{_PACKAGE}/assignments/export", assignments.export, name="package_assignments_export"),
    path(
        f"{_PACKAGE}/assignments/<uuid:assignment_id>/end",
        assignments.take_away,
        name="package_assignment_end",
    ),
    path(f"{_PACKAGE}/requests", package_requests.list_all, name="package_requests"),
    path(f"{_PACKAGE}/requests/export", package_requests.export, name="package_requests_export"),
    path(_REQUEST, package_requests.show, name="package_request"),
    path(f"{_REQUEST}/retry", package_requests.retry, name="package_request_retry"),
]
