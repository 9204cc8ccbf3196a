"""Addresses of this part, below the version."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import URLPattern, path, re_path

from tidegate.graph.api import GOVERNANCE_API
from tidegate.graph.entitlement import (
    approvals,
    assignments,
    catalogs,
    organizations,
    packages,
    policies,
    requests,
    settings,
)

ROOT = "identityGovernance/entitlementManagement"
_serve = GOVERNANCE_API.serve


def _own(collection: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
    """The part of a set that is a person's own: `.../filterByCurrentUser(on='target')`."""
    pattern = rf"^{ROOT}/{collection}/(?:microsoft\.graph\.)?filterByCurrentUser\(on='(?P<on>[^']*)'\)$"
    return re_path(pattern, view)


_PACKAGE = f"{ROOT}/accessPackages/<str:key>"
_APPROVAL = f"{ROOT}/accessPackageAssignmentApprovals/<str:key>"
_REQUEST = f"{ROOT}/assignmentRequests/<str:key>"
_ASSIGNMENT = f"{ROOT}/assignments/<str:key>"
_ORGANIZATION = f"{ROOT}/connectedOrganizations/<str:key>"
_SPONSORS = rf"^{ROOT}/connectedOrganizations/(?P<key>[^/]+)/(?P<side>internalSponsors|externalSponsors)"

urlpatterns: list[URLPattern] = [
    path(f"{ROOT}/settings", _serve(get=settings.show)),
    path(f"{ROOT}/catalogs", _serve(get=catalogs.list_all, post=catalogs.create)),
    path(f"{ROOT}/catalogs/$count", _serve(get=catalogs.count_all)),
    path(f"{ROOT}/catalogs/<str:key>", _serve(get=catalogs.show, patch=catalogs.change)),
    path(f"{ROOT}/catalogs/<str:key>/accessPackages", _serve(get=catalogs.list_within)),
    path(f"{ROOT}/accessPackages", _serve(get=packages.list_all, post=packages.create)),
    path(f"{ROOT}/accessPackages/$count", _serve(get=packages.count_all)),
    _own("accessPackages", _serve(get=packages.list_offered)),
    path(_PACKAGE, _serve(get=packages.show, patch=packages.change, delete=packages.remove)),
    path(f"{_PACKAGE}/catalog", _serve(get=packages.show_catalog)),
    path(f"{_PACKAGE}/assignmentPolicies", _serve(get=policies.list_of_package)),
    path(f"{_PACKAGE}/incompatibleAccessPackages", _serve(get=packages.list_apart)),
    path(f"{_PACKAGE}/incompatibleAccessPackages/$ref", _serve(post=packages.add_apart)),
    path(f"{_PACKAGE}/incompatibleAccessPackages/<str:other>/$ref", _serve(delete=packages.take_apart)),
    path(f"{_PACKAGE}/accessPackagesIncompatibleWith", _serve(get=packages.list_apart_from)),
    path(f"{_PACKAGE}/resourceRoleScopes", _serve(get=packages.list_given, post=packages.give)),
    path(f"{_PACKAGE}/resourceRoleScopes/<str:given>", _serve(delete=packages.give_no_more)),
    path(f"{ROOT}/assignmentPolicies", _serve(get=policies.list_all, post=policies.create)),
    path(f"{ROOT}/assignmentPolicies/$count", _serve(get=policies.count_all)),
    path(
        f"{ROOT}/assignmentPolicies/<str:key>",
        _serve(get=policies.show, put=policies.replace_whole, delete=policies.remove),
    ),
    path(f"{ROOT}/assignmentPolicies/<str:key>/accessPackage", _serve(get=policies.show_package)),
    path(f"{ROOT}/assignmentRequests", _serve(get=requests.list_all, post=requests.create)),
    path(f"{ROOT}/assignmentRequests/$count", _serve(get=requests.count_all)),
    _own("assignmentRequests", _serve(get=requests.list_own)),
    path(_REQUEST, _serve(get=requests.show)),
    path(f"{_REQUEST}/accessPackage", _serve(get=requests.show_package)),
    path(f"{_REQUEST}/cancel", _serve(post=requests.cancel)),
    path(f"{_REQUEST}/reprocess", _serve(post=requests.reprocess)),
    path(f"{ROOT}/assignments", _serve(get=assignments.list_all)),
    path(f"{ROOT}/assignments/$count", _serve(get=assignments.count_all)),
    _own("assignments", _serve(get=assignments.list_own)),
    path(_ASSIGNMENT, _serve(get=assignments.show)),
    path(f"{_ASSIGNMENT}/accessPackage", _serve(get=assignments.show_package)),
    path(f"{_ASSIGNMENT}/assignmentPolicy", _serve(get=assignments.show_policy)),
    path(f"{ROOT}/accessPackageAssignmentApprovals", _serve(get=approvals.list_all)),
    path(f"{ROOT}/accessPackageAssignmentApprovals/$count", _serve(get=approvals.count_all)),
    _own("accessPackageAssignmentApprovals", _serve(get=approvals.list_awaiting)),
    path(_APPROVAL, _serve(get=approvals.show)),
    path(f"{_APPROVAL}/stages", _serve(get=approvals.list_stages)),
    path(
        f"{_APPROVAL}/stages/<str:stage>",
        _serve(get=approvals.show_stage, patch=approvals.decide_stage),
    ),
    path(f"{ROOT}/connectedOrganizations", _serve(get=organizations.list_all, post=organizations.create)),
    path(f"{ROOT}/connectedOrganizations/$count", _serve(get=organizations.count_all)),
    path(
        _ORGANIZATION,
        _serve(get=organizations.show, patch=organizations.change, delete=organizations.remove),
    ),
    re_path(rf"{_SPONSORS}$", _serve(get=organizations.list_who_answers)),
    re_path(
        rf"{_SPONSORS}/\$ref$",
        _serve(post=organizations.let_answer, delete=organizations.let_answer_no_more),
    ),
    re_path(rf"{_SPONSORS}/(?P<user>[^/]+)/\$ref$", _serve(delete=organizations.let_answer_no_more)),
]
