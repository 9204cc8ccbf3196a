"""Device groups in words: what their rules take, what may be done to their devices, who sees them."""

import uuid
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.devices.matching import Rule
from tidegate.devices.models import DeviceGroup, DeviceGroupAccess
from tidegate.devices.words import RemediationLevel, RuleOperator, RuleProperty

PROPERTY_WORDS: Final = MappingProxyType[RuleProperty, Promise](
    {
        RuleProperty.NAME: gettext_lazy("Device name"),
        RuleProperty.DOMAIN: gettext_lazy("Domain"),
        RuleProperty.TAG: gettext_lazy("Tag"),
        RuleProperty.OS_PLATFORM: gettext_lazy("Operating system"),
    }
)
OPERATOR_WORDS: Final = MappingProxyType[RuleOperator, Promise](
    {
        RuleOperator.EQUALS: gettext_lazy("equals"),
        RuleOperator.STARTS_WITH: gettext_lazy("starts with"),
        RuleOperator.ENDS_WITH: gettext_lazy("ends with"),
        RuleOperator.CONTAINS: gettext_lazy("contains"),
    }
)
REMEDIATION_WORDS: Final = MappingProxyType[str, Promise](
    {
        RemediationLevel.NONE: gettext_lazy("No automated response"),
        RemediationLevel.SEMI_ALL_FOLDERS: gettext_lazy("Semi: approval for all folders"),
        RemediationLevel.SEMI_NON_TEMPORARY_FOLDERS: gettext_lazy("Semi: approval outside temporary folders"),
        RemediationLevel.SEMI_SYSTEM_FOLDERS: gettext_lazy("Semi: approval for system folders"),
        RemediationLevel.FULL: gettext_lazy("Full remediation"),
    }
)


def describe_rules(rules: Iterable[Rule]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Each rule as property, operator and values, those of one property side by side."""
    order = list(RuleProperty)
    found = sorted(rules, key=lambda rule: order.index(rule.property))
    return [
        (str(PROPERTY_WORDS[rule.property]), str(OPERATOR_WORDS[rule.operator]), rule.values)
        for rule in found
    ]


def names_by_group(access: Iterable[DeviceGroupAccess]) -> dict[uuid.UUID, list[str]]:
    """Who sees each device group, by name."""
    names: dict[uuid.UUID, list[str]] = {}
    for one in access:
        names.setdefault(one.device_group_id, []).append(name_holder(one))
    return names


def name_holder(access: DeviceGroupAccess) -> str:
    """The user group or the user that sees a device group."""
    named = access.group or access.user
    return named.display_name if named else ""


def describe_access(group: DeviceGroup, names: Iterable[str]) -> str:
    """Who sees a device group, in a sentence without its dot."""
    if not group.is_restricted:
        return _("everyone who may see devices")
    return ", ".join(names) or _("administrators only")


def describe_remediation(level: str) -> Promise | str:
    """What may be done to a group's devices without asking; a level that we don't know as it is."""
    return REMEDIATION_WORDS.get(level, level)
