"""Forms about roles: what one holds, and to whom it is given."""

import uuid
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.directory.models import Group, Role
from tidegate.web.forms.directory import PersonField
from tidegate.web.forms.fields import EndField, offer_choices
from tidegate.web.role_table import TableSection, read_table


class RoleForm(forms.Form):
    """A role of the tenant's own: its name, what it is for, and the lines it holds."""

    display_name = forms.CharField(label=_("Name"))
    description = forms.CharField(label=_("Description"), required=False)
    lines = forms.TypedMultipleChoiceField(
        label=_("Permissions"),
        coerce=RolePermission,
        choices=[(line, line) for line in RolePermission],
        error_messages={"required": _("must hold at least one permission")},
    )

    def table(self, own: Collection[Permission]) -> list[TableSection]:
        """The table with what is ticked now, for somebody with these permissions."""
        ticked = self["lines"].value() or ()
        return read_table({RolePermission(line) for line in ticked if line in RolePermission}, own)


class GiveRoleForm(forms.Form):
    """To which group or user a role is given, and until when."""

    group = forms.TypedChoiceField(
        label=_("To the group"), coerce=uuid.UUID, required=False, empty_value=None
    )
    user = PersonField(required=False)
    ends_at = EndField(label=_("Until"))

    def __init__(self, *args: Any, groups: list[Group], **options: Any) -> None:
        super().__init__(*args, **options)
        offer_choices(self, "group", _("Choose"), [(str(group.id), group.display_name) for group in groups])


class AssignRoleForm(GiveRoleForm):
    """Which role is given to which group or user, and until when."""

    role = forms.TypedChoiceField(label=_("Role"), coerce=uuid.UUID)
    field_order = ("role", "group", "user", "ends_at")

    def __init__(self, *args: Any, roles: list[Role], groups: list[Group], **options: Any) -> None:
        super().__init__(*args, groups=groups, **options)
        offer_choices(self, "role", _("Choose"), [(str(role.id), role.display_name) for role in roles])
