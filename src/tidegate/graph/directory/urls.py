"""Addresses of this part, below the version."""

from django.urls import URLPattern, path, re_path

from tidegate.graph.api import DIRECTORY_API
from tidegate.graph.directory import (
    groups,
    invitations,
    organization,
    programs,
    tenant_relationships,
    users,
)

_serve = DIRECTORY_API.serve

urlpatterns: list[URLPattern] = [
    path("organization", _serve(get=organization.list_own)),
    path("organization/$count", _serve(get=organization.count_own)),
    path("organization/<str:key>", _serve(get=organization.show)),
    path("me", _serve(get=users.show_me)),
    path("me/memberOf", _serve(get=users.list_my_groups)),
    path("users", _serve(get=users.list_all)),
    path("users/$count", _serve(get=users.count_all)),
    path("users/<str:key>", _serve(get=users.show, patch=users.change, delete=users.remove)),
    path("users/<str:key>/memberOf", _serve(get=users.list_member_of)),
    path("groups", _serve(get=groups.list_all)),
    path("groups/$count", _serve(get=groups.count_all)),
    path("groups/<str:key>", _serve(get=groups.show)),
    path("groups/<str:key>/members", _serve(get=groups.list_people)),
    path("groups/<str:key>/members/$count", _serve(get=groups.count_people)),
    path("groups/<str:key>/members/$ref", _serve(post=groups.add)),
    path("groups/<str:key>/members/<str:member>/$ref", _serve(delete=groups.take_away)),
    path("invitations", _serve(post=invitations.create)),
    path("applications", _serve(get=programs.list_registered)),
    path("applications/$count", _serve(get=programs.count_registered)),
    re_path(r"^applications\(appId='(?P<key>[^']*)'\)$", _serve(get=programs.show_registered)),
    path("applications/<str:key>", _serve(get=programs.show_registered)),
    path("servicePrincipals", _serve(get=programs.list_let_in)),
    path("servicePrincipals/$count", _serve(get=programs.count_let_in)),
    re_path(r"^servicePrincipals\(appId='(?P<key>[^']*)'\)$", _serve(get=programs.show_let_in)),
    path("servicePrincipals/<str:key>", _serve(get=programs.show_let_in)),
    re_path(
        r"^tenantRelationships/(?:microsoft\.graph\.)?"
        r"findTenantInformationByTenantId\(tenantId='(?P<tenant_id>[^']*)'\)$",
        _serve(get=tenant_relationships.find_by_tenant_id),
    ),
    re_path(
        r"^tenantRelationships/(?:microsoft\.graph\.)?"
        r"findTenantInformationByDomainName\(domainName='(?P<domain_name>[^']*)'\)$",
        _serve(get=tenant_relationships.find_by_domain_name),
    ),
]
