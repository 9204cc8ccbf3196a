"""The role table: the built-in roles and what each holds.

The tiers are those of Microsoft's MSSP guide: tier 1 holds everything but live response and
security settings, tier 2 adds live response. Neither touches the customer's directory.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tidegate.authorization.permissions import RolePermission as R


class BuiltInRole(StrEnum):
    """Roles that every tenant has from its first day; their names are shown as they stand."""

    GLOBAL_ADMINISTRATOR = "Global Administrator"
    SECURITY_ADMINISTRATOR = "Security Administrator"
    SECURITY_READER = "Security Reader"
    TIER_1_ANALYST = "Tier 1 Analyst"
    TIER_2_ANALYST = "Tier 2 Analyst"


_TIER_1: Final = frozenset(
    {
        R.VIEW_DATA,
        R.VIEW_VULNERABILITIES,
        R.REMEDIATE,
        R.EXCEPT_VULNERABILITIES,
        R.REMEDIATE_VULNERABILITIES,
        R.HANDLE_APPLICATIONS,
        R.MANAGE_BASELINES,
        R.INVESTIGATE_ALERTS,
    }
)
_TIER_2: Final = _TIER_1 | {R.LIVE_RESPONSE_BASIC, R.LIVE_RESPONSE_ADVANCED}

BUILT_IN_ROLES: Final = MappingProxyType(
    {
        BuiltInRole.GLOBAL_ADMINISTRATOR: frozenset(R),
        BuiltInRole.SECURITY_ADMINISTRATOR: frozenset(R) - {R.MANAGE_DIRECTORY},
        BuiltInRole.SECURITY_READER: frozenset(
            {R.VIEW_DATA, R.VIEW_VULNERABILITIES, R.READ_DIRECTORY, R.READ_AUDIT_LOG}
        ),
        BuiltInRole.TIER_1_ANALYST: _TIER_1,
        BuiltInRole.TIER_2_ANALYST: _TIER_2,
    }
)
