"""Device groups."""

from typing import Annotated

from msgspec import Meta

from tidegate.devices.words import RemediationLevel, RuleOperator, RuleProperty
from tidegate.manifest.forms.base import UNSET, Form, State, UnsetType


class DeviceRuleForm(Form):
    """One condition on a device: a property compares to one of the values."""

    property: RuleProperty
    operator: RuleOperator
    values: list[str]


class DeviceGroupForm(Form):
    """Devices gathered by rules, and who sees them."""

    display_name: str
    description: str | UnsetType = UNSET
    rank: Annotated[int, Meta(ge=1, description="1 is asked first.")] | UnsetType = UNSET
    remediation_level: RemediationLevel | UnsetType = UNSET
    rules: list[DeviceRuleForm] | UnsetType = UNSET
    is_restricted: (
        Annotated[bool, Meta(description="Whether only `seen_by`, and whom packages let, see its devices.")]
        | UnsetType
    ) = UNSET
    seen_by: Annotated[list[str], Meta(description="Groups of users.")] | UnsetType = UNSET
    state: State = "present"
