"""The permissions of APIs in words that people read: what an application may do, and for whom it does it."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tidegate.authorization.api_permissions import (
    API_PERMISSIONS,
    ApiPermission,
    GrantKind,
    Resource,
    find_api_permission,
)
from tidegate.directory.models import Application

NAMED_AT_MOST: Final = 2

RESOURCE_WORDS: Final = MappingProxyType[Resource, str](
    {
        Resource.GRAPH: "Microsoft Graph",
        Resource.DEFENDER: "WindowsDefenderATP",
        Resource.DEFENDER_XDR: "Microsoft Threat Protection",
        Resource.SIEM: "SIEM API",
    }
)
KIND_WORDS: Final = MappingProxyType[GrantKind, Promise](
    {
        GrantKind.APPLICATION: _("by itself"),
        GrantKind.DELEGATED: _("for who uses it"),
    }
)
AUDIENCE_WORDS: Final = MappingProxyType[str, Promise](
    {
        Application.Audience.SINGLE_TENANT.value: _("This tenant only"),
        Application.Audience.MULTI_TENANT.value: _("Every tenant that consents"),
    }
)

# By name without ".All", which the same permission has when it is the application's own.
_VALUE_WORDS: Final = MappingProxyType[str, Promise](
    {
        "SecurityAlert.Read": _("Read all alerts"),
        "SecurityAlert.ReadWrite": _("Read and work all alerts"),
        "SecurityAlert.Create": _("Send alerts in, and read none"),
        "SecurityIncident.Read": _("Read all incidents and their alerts"),
        "SecurityIncident.ReadWrite": _("Read and work all incidents"),
        "ThreatHunting.Read": _("Hunt through alerts, devices and identities"),
        "Organization.Read": _("Read the properties of the directory"),
        "User.Read": _("Sign people in and read who they are"),
        "User.ReadBasic": _("Read who the users are"),
        "User.Read.All": _("Read all users"),
        "User.Invite": _("Invite guests"),
        "User.ReadWrite": _("Read, change and remove users"),
        "Group.Read": _("Read all groups"),
        "GroupMember.Read": _("Read who is in which group"),
        "GroupMember.ReadWrite": _("Change who is in which group"),
        "Directory.Read": _("Read users, groups, roles and applications"),
        "Application.Read": _("Read applications and what they may do"),
        "AuditLog.Read": _("Read the audit log"),
        "EntitlementManagement.Read": _("Read access packages and who holds them"),
        "EntitlementManagement.ReadWrite": _("Manage access packages: give and take access"),
        "CrossTenantInformation.ReadBasic": _("Find tenants by their ID or domain"),
        "Alert.Read": _("Read all alerts and devices"),
        "Alert.ReadWrite": _("Read and work all alerts"),
        "Machine.Read": _("Read all devices"),
        "Machine.ReadWrite": _("Read and tag all devices"),
        "Incident.Read": _("Read all incidents, their alerts and devices"),
        "Incident.ReadWrite": _("Read and work all incidents"),
        "Alerts.Fetch": _("Fetch alerts for a SIEM"),
    }
)


def say_permission(value: str) -> str:
    """What a permission of that name lets an application do; a name that we do not know stays as it is."""
    return str(_VALUE_WORDS.get(value) or _VALUE_WORDS.get(value.removesuffix(".All")) or value)


def say_permissions(values: Iterable[str]) -> str:
    """The first few in words, and how many more there are."""
    words = list(dict.fromkeys(map(say_permission, values)))
    named, more = words[:NAMED_AT_MOST], len(words) - NAMED_AT_MOST
    if more > 0:
        named.append(ngettext("%(count)d more", "%(count)d more", more) % {"count": more})
    return " · ".join(named)


def write_key(permission: ApiPermission) -> str:
    """How a permission stands in a form."""
    return f"{permission.resource}/{permission.kind}/{permission.value}"


PERMISSIONS_BY_KEY: Final = MappingProxyType({write_key(each): each for each in API_PERMISSIONS})


def read_required(application: Application) -> list[ApiPermission]:
    """What an application says it needs; what this release does not know is left out."""
    found = (
        find_api_permission(Resource(row["resource"]), GrantKind(row["kind"]), row["value"])
        for row in application.required_permissions
        if row["resource"] in set(Resource) and row["kind"] in set(GrantKind)
    )
    return [permission for permission in found if permission]
