"""Forms about access from outside and its end."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.directory.models import User
from tidegate.web.forms.fields import offer_choices


class ReasonForm(forms.Form):
    """Why; it is kept with what was done."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the audit log, in your words."),
        widget=forms.TextInput({"autocomplete": "off", "maxlength": "1024"}),
    )


class HandOverForm(forms.Form):
    """To whom open work goes, and why."""

    to = forms.TypedChoiceField(label=_("To"), coerce=uuid.UUID)
    justification = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the audit log, in your words."),
        widget=forms.TextInput({"autocomplete": "off", "maxlength": "1024"}),
    )

    def __init__(self, *args: Any, people: list[User], **options: Any) -> None:
        super().__init__(*args, **options)
        offer_choices(self, "to", _("Choose"), [(str(one.id), one.display_name) for one in people])
