"""What can be permitted, twice: in the exact words code asks for, and in the bundles a role holds.

Code asks for a `Permission` ("incident.assign"). A role holds `RolePermission`s: Defender for
Endpoint's permission list (Microsoft, "Create and manage roles for role-based access control")
and, beside it, what a directory administrator holds. `GRANTS` says which opens which; nothing
else in the product knows.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Permission(StrEnum):
    """One thing that code may ask leave for."""

    TENANT_READ = "tenant.read"
    TENANT_UPDATE = "tenant.update"
    DOMAIN_MANAGE = "domain.manage"
    USER_READ = "user.read"
    USER_INVITE = "user.invite"
    USER_UPDATE = "user.update"
    USER_REMOVE = "user.remove"
    GROUP_READ = "group.read"
    GROUP_MANAGE = "group.manage"
    ROLE_READ = "role.read"
    ROLE_ASSIGN = "role.assign"
    ROLE_MANAGE = "role.manage"
    APPLICATION_READ = "application.read"
    APPLICATION_MANAGE = "application.manage"
    CONSENT_GRANT = "consent.grant"
    ENTITLEMENT_READ = "entitlement.read"
    ENTITLEMENT_MANAGE = "entitlement.manage"
    OUTSIDE_ACCESS_STOP = "outside_access.stop"
    COVERAGE_READ = "coverage.read"
    ACCESS_EXPLAIN = "access.explain"
    AUDIT_READ = "audit.read"
    ALERT_READ = "alert.read"
    ALERT_UPDATE = "alert.update"
    ALERT_ASSIGN = "alert.assign"
    ALERT_CLASSIFY = "alert.classify"
    ALERT_COMMENT = "alert.comment"
    ALERT_IMPORT = "alert.import"
    INCIDENT_READ = "incident.read"
    INCIDENT_UPDATE = "incident.update"
    INCIDENT_ASSIGN = "incident.assign"
    INCIDENT_CLASSIFY = "incident.classify"
    INCIDENT_TAG = "incident.tag"
    INCIDENT_COMMENT = "incident.comment"
    DEVICE_READ = "device.read"
    DEVICE_TAG = "device.tag"
    DEVICE_GROUP_READ = "device_group.read"
    DEVICE_GROUP_MANAGE = "device_group.manage"
    HUNTING_READ = "hunting.read"
    VULNERABILITY_READ = "vulnerability.read"
    VULNERABILITY_EXCEPT = "vulnerability.except"
    VULNERABILITY_REMEDIATE = "vulnerability.remediate"
    APPLICATION_BLOCK = "application.block"
    BASELINE_MANAGE = "baseline.manage"
    RESPONSE_ACT = "response.act"
    LIVE_RESPONSE_BASIC = "live_response.basic"
    LIVE_RESPONSE_ADVANCED = "live_response.advanced"
    SECURITY_SETTING_MANAGE = "security_setting.manage"
    PORTAL_SETTING_MANAGE = "portal_setting.manage"
    TENANT_GROUP_MANAGE = "tenant_group.manage"
    SERVICE_LEVEL_MANAGE = "service_level.manage"


class RolePermission(StrEnum):
    """One line of the table in which a role is made."""

    VIEW_DATA = "view_data.security_operations"
    VIEW_VULNERABILITIES = "view_data.vulnerability_management"
    REMEDIATE = "active_remediation.security_operations"
    EXCEPT_VULNERABILITIES = "active_remediation.exception_handling"
    REMEDIATE_VULNERABILITIES = "active_remediation.remediation_handling"
    HANDLE_APPLICATIONS = "active_remediation.application_handling"
    MANAGE_BASELINES = "security_baselines.manage_assessment_profiles"
    INVESTIGATE_ALERTS = "alerts_investigation"
    MANAGE_PORTAL_SETTINGS = "manage_portal_system_settings"
    MANAGE_SECURITY_SETTINGS = "manage_security_settings"
    LIVE_RESPONSE_BASIC = "live_response.basic"
    LIVE_RESPONSE_ADVANCED = "live_response.advanced"
    READ_DIRECTORY = "directory.read"
    READ_AUDIT_LOG = "directory.read_audit_log"
    MANAGE_DIRECTORY = "directory.manage"


_P = Permission

_READ_DIRECTORY: Final = frozenset(
    {
        _P.USER_READ,
        _P.GROUP_READ,
        _P.ROLE_READ,
        _P.APPLICATION_READ,
        _P.ENTITLEMENT_READ,
        _P.DEVICE_GROUP_READ,
        _P.COVERAGE_READ,
    }
)

# What a provider keeps about its customers is set up by whoever sets up its portal or its directory.
_ARRANGE_CUSTOMERS: Final = frozenset({_P.TENANT_GROUP_MANAGE, _P.SERVICE_LEVEL_MANAGE})

GRANTS: Final = MappingProxyType(
    {
        RolePermission.VIEW_DATA: frozenset(
            {_P.ALERT_READ, _P.INCIDENT_READ, _P.DEVICE_READ, _P.HUNTING_READ}
        ),
        RolePermission.VIEW_VULNERABILITIES: frozenset({_P.VULNERABILITY_READ}),
        RolePermission.REMEDIATE: frozenset({_P.RESPONSE_ACT}),
        RolePermission.EXCEPT_VULNERABILITIES: frozenset({_P.VULNERABILITY_EXCEPT}),
        RolePermission.REMEDIATE_VULNERABILITIES: frozenset({_P.VULNERABILITY_REMEDIATE}),
        RolePermission.HANDLE_APPLICATIONS: frozenset({_P.APPLICATION_BLOCK}),
        RolePermission.MANAGE_BASELINES: frozenset({_P.BASELINE_MANAGE}),
        RolePermission.INVESTIGATE_ALERTS: frozenset(
            {
                _P.ALERT_UPDATE,
                _P.ALERT_ASSIGN,
                _P.ALERT_CLASSIFY,
                _P.ALERT_COMMENT,
                _P.INCIDENT_UPDATE,
                _P.INCIDENT_ASSIGN,
                _P.INCIDENT_CLASSIFY,
                _P.INCIDENT_TAG,
                _P.INCIDENT_COMMENT,
                _P.DEVICE_TAG,
            }
        ),
        RolePermission.MANAGE_PORTAL_SETTINGS: _ARRANGE_CUSTOMERS
        | frozenset(
            {
                _P.PORTAL_SETTING_MANAGE,
                _P.ALERT_IMPORT,
                _P.DEVICE_GROUP_READ,
                _P.DEVICE_GROUP_MANAGE,
                _P.GROUP_READ,
                _P.APPLICATION_READ,
            }
        ),
        RolePermission.MANAGE_SECURITY_SETTINGS: frozenset({_P.SECURITY_SETTING_MANAGE}),
        RolePermission.LIVE_RESPONSE_BASIC: frozenset({_P.LIVE_RESPONSE_BASIC}),
        RolePermission.LIVE_RESPONSE_ADVANCED: frozenset({_P.LIVE_RESPONSE_BASIC, _P.LIVE_RESPONSE_ADVANCED}),
        RolePermission.READ_DIRECTORY: _READ_DIRECTORY,
        RolePermission.READ_AUDIT_LOG: frozenset({_P.AUDIT_READ}),
        # Who manages reads: every page that changes the directory shows what it changes.
        RolePermission.MANAGE_DIRECTORY: _READ_DIRECTORY
        | _ARRANGE_CUSTOMERS
        | frozenset(
            {
                _P.TENANT_UPDATE,
                _P.DOMAIN_MANAGE,
                _P.USER_INVITE,
                _P.USER_UPDATE,
                _P.USER_REMOVE,
                _P.GROUP_MANAGE,
                _P.ROLE_ASSIGN,
                _P.ROLE_MANAGE,
                _P.APPLICATION_MANAGE,
                _P.CONSENT_GRANT,
                _P.ENTITLEMENT_MANAGE,
                _P.OUTSIDE_ACCESS_STOP,
                _P.ACCESS_EXPLAIN,
            }
        ),
    }
)

EVERYONE_INSIDE: Final = frozenset({Permission.TENANT_READ})
"""What anyone who may enter a tenant may do there, guest or member, with no role at all."""


def permissions_of(
    role_permissions: frozenset[RolePermission],
) -> frozenset[Permission]:
    """Everything that these lines of a role open, with what everyone inside has."""
    return EVERYONE_INSIDE.union(*(GRANTS[line] for line in role_permissions))


def lines_granting(permission: Permission) -> frozenset[RolePermission]:
    """The lines of the role table that open a permission."""
    return frozenset(line for line, granted in GRANTS.items() if permission in granted)
