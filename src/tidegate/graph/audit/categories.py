"""Which part of a directory an event belongs to, in Graph's words where it has one."""

from types import MappingProxyType
from typing import Final

_WORDS: Final = {
    "UserManagement": ("user", "users", "invitation", "account", "outside_access"),
    "GroupManagement": ("group", "groups"),
    "RoleManagement": ("role", "roles", "eligibility", "activation"),
    "ApplicationManagement": (
        "application", "applications", "consent", "service_principal", "credential", "subscription",
    ),
    "DirectoryManagement": ("tenant", "domain", "customer", "tenant_group", "service_level", "list"),
    "EntitlementManagement": (
        "access_package", "access_packages", "access_request", "access_requests", "access_review",
        "access_reviews", "approval", "assignment", "catalog", "connected_organization", "policy",
        "policies", "write_up",
    ),
    "Device": ("device", "devices", "device_group"),
    "SecurityOperations": ("alert", "alerts", "correlation", "incident", "incidents", "import"),
    "AuditLog": ("audit", "sign_ins"),
}  # fmt: skip
_BY_PREFIX: Final = MappingProxyType(
    {prefix: category for category, prefixes in _WORDS.items() for prefix in prefixes}
)


def category_of(tag: str) -> str:
    """The category of an event's tag; `Other` for what belongs nowhere."""
    return _BY_PREFIX.get(tag.partition(".")[0], "Other")
