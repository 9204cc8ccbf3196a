"""The directory's tables."""

from tidegate.directory.models.application import Application, Credential, Grant, ServicePrincipal
from tidegate.directory.models.group import Group, GroupMembership
from tidegate.directory.models.invitation import Invitation
from tidegate.directory.models.role import Role, RoleAssignment
from tidegate.directory.models.stop import EmergencyStop
from tidegate.directory.models.tenant import Domain, Tenant
from tidegate.directory.models.user import User

__all__ = [
    "Application",
    "Credential",
    "Domain",
    "EmergencyStop",
    "Grant",
    "Group",
    "GroupMembership",
    "Invitation",
    "Role",
    "RoleAssignment",
    "ServicePrincipal",
    "Tenant",
    "User",
]
