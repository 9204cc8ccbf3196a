"""Forms about access from outside and its end."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why; it is kept with what was done."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the audit log, in your words."),
        widget=forms.TextInput({"autocomplete": "off", "maxlength": "1024"}),
    )
