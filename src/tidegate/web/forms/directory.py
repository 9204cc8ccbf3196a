"""Forms about groups, roles and domains."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.directory.models import Group, Role
from tidegate.web.forms.fields import EndField, offer_choices


class GroupForm(forms.Form):
    """What a group is called, and what it is for."""

    display_name = forms.CharField(label=_("Name"))
    description = forms.CharField(label=_("Description"), required=False)


class PersonField(forms.CharField):
    """A user named by user principal name or e-mail address; the page offers the first of them."""

    def __init__(self, *, required: bool = True) -> None:
        attributes = {
            "list": "people",
            "autocomplete": "off",
            "spellcheck": "false",
            "placeholder": _("Name or email address"),
        }
        super().__init__(
            label=_("User"),
            required=required,
            widget=forms.TextInput(attributes),
        )


class MemberForm(forms.Form):
    """Who is put in a group, and until when."""

    user = PersonField()
    ends_at = EndField(label=_("Until"))


class AssignRoleForm(forms.Form):
    """Which role is given to which group or user, and until when."""

    role = forms.TypedChoiceField(label=_("Role"), coerce=uuid.UUID)
    group = forms.TypedChoiceField(
        label=_("To the group"), coerce=uuid.UUID, required=False, empty_value=None
    )
    user = PersonField(required=False)
    ends_at = EndField(label=_("Until"))

    def __init__(self, *args: Any, roles: list[Role], groups: list[Group], **options: Any) -> None:
        super().__init__(*args, **options)
        offer_choices(self, "role", _("Choose"), [(str(role.id), role.display_name) for role in roles])
        offer_choices(self, "group", _("Choose"), [(str(group.id), group.display_name) for group in groups])


class DomainForm(forms.Form):
    """A domain to be claimed."""

    domain = forms.CharField(
        label=_("Domain"),
        widget=forms.TextInput({"placeholder": "organization.example", "autocomplete": "off"}),
    )
