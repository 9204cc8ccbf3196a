"""A trial tenant needs only a name."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TrialForm(forms.Form):
    """What the organization is called."""

    display_name = forms.CharField(
        label=_("Name of the organization"), widget=forms.TextInput({"autocomplete": "organization"})
    )
