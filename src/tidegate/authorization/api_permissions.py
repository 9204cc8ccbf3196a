"""What an application can be permitted: the permissions of the APIs, in Microsoft's own names.

A `Resource` is an API that tokens are for. Each `ApiPermission` of it is granted to an application
itself (an app role) or to an application acting for a person (a delegated scope), and opens some of
the product's own permissions; nothing else in the product knows which.
"""

import uuid
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from tidegate.authorization.permissions import EVERYONE_INSIDE, Permission

_P = Permission


class Resource(StrEnum):
    """An API. Its value stands in tables; its names on the wire are in `IDENTIFIERS`."""

    GRAPH = "graph"
    DEFENDER = "defender"
    DEFENDER_XDR = "defender_xdr"
    SIEM = "siem"


class GrantKind(StrEnum):
    """To whom a permission is granted: the application itself, or one that acts for a person."""

    APPLICATION = "application"
    DELEGATED = "delegated"


@dataclass(frozen=True, slots=True)
class ApiPermission:
    """One permission of an API. `needs_administrator`: a person may not consent to it for themselves."""

    resource: Resource
    kind: GrantKind
    value: str
    opens: frozenset[Permission]
    needs_administrator: bool = True


@dataclass(frozen=True, slots=True)
class Identifier:
    """How an API is named on the wire: its application id, its name, and every address clients use."""

    app_id: uuid.UUID
    display_name: str
    uris: tuple[str, ...]


IDENTIFIERS: Final = MappingProxyType(
    {
        Resource.GRAPH: Identifier(
            uuid.UUID("00000003-0000-0000-c000-000000000000"),
            "Microsoft Graph",
            ("https://graph.microsoft.com",),
        ),
        Resource.DEFENDER: Identifier(
            uuid.UUID("fc780465-2017-40d4-a0c5-307022471b92"),
            "WindowsDefenderATP",
            (
                "https://api.securitycenter.microsoft.com",
                "https://api.securitycenter.windows.com",
                "https://securitycenter.onmicrosoft.com/windowsatpservice",
            ),
        ),
        Resource.DEFENDER_XDR: Identifier(
            uuid.UUID("8ee8fdad-f234-4243-8f3b-15c294843740"),
            "Microsoft Threat Protection",
            (
                "https://security.microsoft.com/mtp",
                "https://security.microsoft.com",
                "https://api.security.microsoft.com",
            ),
        ),
        Resource.SIEM: Identifier(
            uuid.UUID("00000002-0000-0000-c000-000000000000"),
            "SIEM alerts",
            ("https://graph.windows.net", "https://wdatpalertexport.seville.onmicrosoft.com"),
        ),
    }
)

_READ_ALERTS: Final = frozenset({_P.ALERT_READ})
_WORK_ALERTS: Final = _READ_ALERTS | {_P.ALERT_UPDATE, _P.ALERT_ASSIGN, _P.ALERT_CLASSIFY, _P.ALERT_COMMENT}
# An incident's alerts are part of it wherever it is asked for.
_READ_INCIDENTS: Final = frozenset({_P.INCIDENT_READ, _P.ALERT_READ})
_WORK_INCIDENTS: Final = _READ_INCIDENTS | {
    _P.INCIDENT_UPDATE,
    _P.INCIDENT_ASSIGN,
    _P.INCIDENT_CLASSIFY,
    _P.INCIDENT_TAG,
    _P.INCIDENT_COMMENT,
}
_READ_DIRECTORY: Final = frozenset({_P.USER_READ, _P.GROUP_READ, _P.ROLE_READ})
_READ_ENTITLEMENTS: Final = _READ_DIRECTORY | {_P.ENTITLEMENT_READ}
# What manages access packages makes guests and puts them into groups.
_MANAGE_ENTITLEMENTS: Final = _READ_ENTITLEMENTS | {_P.ENTITLEMENT_MANAGE}

_BOTH: Final = (GrantKind.APPLICATION, GrantKind.DELEGATED)
_APP: Final = (GrantKind.APPLICATION,)
_DELEGATED: Final = (GrantKind.DELEGATED,)

type Row = tuple[Resource, str, tuple[GrantKind, ...], frozenset[Permission]]

_TABLE: Final[tuple[Row, ...]] = (
    (Resource.GRAPH, "SecurityAlert.Read.All", _BOTH, _READ_ALERTS),
    (Resource.GRAPH, "SecurityAlert.ReadWrite.All", _BOTH, _WORK_ALERTS),
    # Ours: a source of alerts sends them in, and reads none.
    (Resource.GRAPH, "SecurityAlert.Create.All", _APP, frozenset({_P.ALERT_IMPORT})),
    (Resource.GRAPH, "SecurityIncident.Read.All", _BOTH, _READ_INCIDENTS),
    (Resource.GRAPH, "SecurityIncident.ReadWrite.All", _BOTH, _WORK_INCIDENTS),
    (Resource.GRAPH, "ThreatHunting.Read.All", _BOTH, frozenset({_P.HUNTING_READ})),
    (Resource.GRAPH, "Organization.Read.All", _BOTH, EVERYONE_INSIDE),
    (Resource.GRAPH, "User.Read", _DELEGATED, EVERYONE_INSIDE),
    (Resource.GRAPH, "User.ReadBasic.All", _BOTH, frozenset({_P.USER_READ})),
    (Resource.GRAPH, "User.Read.All", _BOTH, frozenset({_P.USER_READ})),
    (Resource.GRAPH, "User.Invite.All", _BOTH, frozenset({_P.USER_READ, _P.USER_INVITE})),
    (Resource.GRAPH, "User.ReadWrite.All", _BOTH, frozenset({_P.USER_READ, _P.USER_UPDATE, _P.USER_REMOVE})),
    (Resource.GRAPH, "Group.Read.All", _BOTH, frozenset({_P.GROUP_READ})),
    (Resource.GRAPH, "GroupMember.Read.All", _BOTH, frozenset({_P.GROUP_READ})),
    (
        Resource.GRAPH,
        "GroupMember.ReadWrite.All",
        _BOTH,
        frozenset({_P.GROUP_READ, _P.GROUP_MANAGE, _P.USER_READ}),
    ),
    (Resource.GRAPH, "Directory.Read.All", _BOTH, _READ_DIRECTORY | {_P.APPLICATION_READ, _P.TENANT_READ}),
    (Resource.GRAPH, "Application.Read.All", _BOTH, frozenset({_P.APPLICATION_READ})),
    (Resource.GRAPH, "AuditLog.Read.All", _BOTH, frozenset({_P.AUDIT_READ})),
    (Resource.GRAPH, "EntitlementManagement.Read.All", _BOTH, _READ_ENTITLEMENTS),
    (Resource.GRAPH, "EntitlementManagement.ReadWrite.All", _BOTH, _MANAGE_ENTITLEMENTS),
    (Resource.GRAPH, "CrossTenantInformation.ReadBasic.All", _BOTH, EVERYONE_INSIDE),
    (Resource.DEFENDER, "Alert.Read.All", _APP, _READ_ALERTS | {_P.DEVICE_READ}),
    (Resource.DEFENDER, "Alert.ReadWrite.All", _APP, _WORK_ALERTS | {_P.DEVICE_READ}),
    (Resource.DEFENDER, "Alert.Read", _DELEGATED, _READ_ALERTS | {_P.DEVICE_READ}),
    (Resource.DEFENDER, "Alert.ReadWrite", _DELEGATED, _WORK_ALERTS | {_P.DEVICE_READ}),
    (Resource.DEFENDER, "Machine.Read.All", _APP, frozenset({_P.DEVICE_READ})),
    (Resource.DEFENDER, "Machine.ReadWrite.All", _APP, frozenset({_P.DEVICE_READ, _P.DEVICE_TAG})),
    (Resource.DEFENDER, "Machine.Read", _DELEGATED, frozenset({_P.DEVICE_READ})),
    (Resource.DEFENDER, "Machine.ReadWrite", _DELEGATED, frozenset({_P.DEVICE_READ, _P.DEVICE_TAG})),
    (Resource.DEFENDER_XDR, "Incident.Read.All", _APP, _READ_INCIDENTS | {_P.DEVICE_READ}),
    (Resource.DEFENDER_XDR, "Incident.ReadWrite.All", _APP, _WORK_INCIDENTS | {_P.DEVICE_READ}),
    (Resource.DEFENDER_XDR, "Incident.Read", _DELEGATED, _READ_INCIDENTS | {_P.DEVICE_READ}),
    (Resource.DEFENDER_XDR, "Incident.ReadWrite", _DELEGATED, _WORK_INCIDENTS | {_P.DEVICE_READ}),
    (Resource.SIEM, "Alerts.Fetch.All", _APP, _READ_ALERTS),
    (Resource.SIEM, "Alerts.Fetch", _DELEGATED, _READ_ALERTS),
)
# What tells an application no more than the person could see of themselves.
_HARMLESS: Final = frozenset({"User.Read"})

OPENID_SCOPES: Final = frozenset({"openid", "profile", "email", "offline_access"})
"""Scopes of OpenID Connect: they belong to no API and ask for no grant."""

API_PERMISSIONS: Final = tuple(
    ApiPermission(resource, kind, value, opens, value not in _HARMLESS)
    for resource, value, kinds, opens in _TABLE
    for kind in kinds
)


@cache
def find_api_permission(resource: Resource, kind: GrantKind, value: str) -> ApiPermission | None:
    """The permission of that name, in any case as Microsoft reads it; None where there is none."""
    wanted = value.casefold()
    return next(
        (
            permission
            for permission in API_PERMISSIONS
            if (permission.resource, permission.kind) == (resource, kind)
            and permission.value.casefold() == wanted
        ),
        None,
    )


def permissions_of_api(resource: Resource, kind: GrantKind, values: frozenset[str]) -> frozenset[Permission]:
    """Everything that these values open; unknown values open nothing.

    A program has nothing by being let in: not even what everyone inside may read of the tenant.
    """
    found = (find_api_permission(resource, kind, value) for value in values)
    return frozenset[Permission]().union(*(permission.opens for permission in found if permission))


def find_resource(name: str) -> Resource | None:
    """The API that an address or application id names, with or without a slash at its end."""
    return _BY_NAME.get(name.casefold().rstrip("/"))


_BY_NAME: Final = MappingProxyType(
    {str(identifier.app_id): resource for resource, identifier in IDENTIFIERS.items()}
    | {uri: resource for resource, identifier in IDENTIFIERS.items() for uri in identifier.uris}
)
