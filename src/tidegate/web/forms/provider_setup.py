"""The form of the ready-made set-up of a provider."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.entitlements.actions.template import CATALOG, DAYS
from tidegate.web.forms.policies import PeopleField


class ProviderSetupForm(forms.Form):
    """Which provider, who of us decides, for how long."""

    tid = forms.CharField(
        label=_("The provider's Directory ID or domain"),
        max_length=253,
        help_text=_("As the provider gave it to you."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    provider_name = forms.CharField(label=_("What to call the provider"), required=False)
    approvers = PeopleField(
        _("Who of us decides"),
        _("Members of this directory, one a line. They decide who of the provider approves its analysts."),
        required=True,
    )
    days = forms.IntegerField(label=_("Access lasts for days"), initial=DAYS, min_value=1)
    catalog_name = forms.CharField(label=_("Catalog"), initial=CATALOG)
    label = forms.CharField(
        label=_("Put before each name"),
        required=False,
        max_length=100,
        help_text=_("For a second provider, whose groups and packages need names of their own."),
    )
