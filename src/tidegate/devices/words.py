"""The words of device groups, as their table keeps them."""

from enum import StrEnum


class RemediationLevel(StrEnum):
    """What may be done to a group's devices without asking (Microsoft, "Create and manage device groups")."""

    NONE = "noAutomatedResponse"
    SEMI_ALL_FOLDERS = "semiAllFolders"
    SEMI_NON_TEMPORARY_FOLDERS = "semiNonTemporaryFolders"
    SEMI_SYSTEM_FOLDERS = "semiSystemFolders"
    FULL = "fullRemediation"


class RuleProperty(StrEnum):
    """What of a device a rule looks at."""

    NAME = "name"
    DOMAIN = "domain"
    TAG = "tag"
    OS_PLATFORM = "osPlatform"


class RuleOperator(StrEnum):
    """How a rule compares."""

    EQUALS = "equals"
    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    CONTAINS = "contains"
