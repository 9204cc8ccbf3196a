"""Forms about users, guests and their invitations."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.directory.models import Group
from tidegate.web.forms.directory import PersonField
from tidegate.web.forms.fields import EndField, offer_choices

_EMAIL = {"inputmode": "email", "autocomplete": "off", "placeholder": "name@organization.example"}


def _require_reason_for_no_end(form: forms.Form) -> None:
    """Access from outside ends, unless somebody says in words why it does not."""
    values = form.cleaned_data
    if "ends_at" in values and not values["ends_at"] and not values.get("endless_reason"):
        form.add_error("endless_reason", _("is needed when access from outside has no end"))


class EndlessReasonField(forms.CharField):
    """Why access has no end."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Reason for no end"),
            required=False,
            help_text=_("Only needed without an end; kept in the audit log."),
            widget=forms.TextInput({"autocomplete": "off", "maxlength": "1024"}),
        )


class InviteGuestForm(forms.Form):
    """Somebody from outside: an address, and how long they may come."""

    email = forms.CharField(label=_("Email address"), widget=forms.TextInput(_EMAIL))
    display_name = forms.CharField(label=_("Name"), required=False)
    ends_at = EndField()
    endless_reason = EndlessReasonField()
    group = forms.TypedChoiceField(
        label=_("Put in group"), required=False, coerce=uuid.UUID, empty_value=None, choices=()
    )

    def __init__(self, *args: Any, groups: list[Group], **options: Any) -> None:
        super().__init__(*args, **options)
        offer_choices(self, "group", _("No group"), [(str(group.id), group.display_name) for group in groups])

    def clean(self) -> None:
        """A guest's access ends, or there is a reason."""
        _require_reason_for_no_end(self)


class CreateMemberForm(forms.Form):
    """Somebody of this organization: an address under one of its verified domains."""

    email = forms.CharField(label=_("Email address"), widget=forms.TextInput(_EMAIL))
    display_name = forms.CharField(label=_("Name"))


class EndForm(forms.Form):
    """When a user's access ends."""

    ends_at = EndField(help_text=_("Leave it empty for no end."))


class GuestEndForm(EndForm):
    """When a guest's access ends, or why it does not."""

    endless_reason = EndlessReasonField()

    def clean(self) -> None:
        """A guest's access ends, or there is a reason."""
        _require_reason_for_no_end(self)


class ManagerForm(forms.Form):
    """Who decides as a member's manager."""

    manager = PersonField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["manager"].label = _("Manager")
        self.fields["manager"].help_text = _("Approves what this member asks for. Leave it empty for nobody.")
