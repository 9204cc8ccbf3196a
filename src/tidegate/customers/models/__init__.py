"""The room's tables."""

from tidegate.customers.models.service_level import LevelChange, ServiceLevel, ServiceLevelAssignment
from tidegate.customers.models.tenant_group import TenantGroup, TenantGroupMember, TenantTag

__all__ = [
    "LevelChange",
    "ServiceLevel",
    "ServiceLevelAssignment",
    "TenantGroup",
    "TenantGroupMember",
    "TenantTag",
]
