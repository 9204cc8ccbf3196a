"""The properties of a tenant that its administrators may change."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PropertiesForm(forms.Form):
    """Named as the tenant's fields are; the action says what is fit for each."""

    display_name = forms.CharField(label=_("Name"))
    country = forms.CharField(
        label=_("Country"), required=False, help_text=_("Two letters (ISO 3166-1), like NL.")
    )
    data_location = forms.CharField(label=_("Data location"), required=False)
    technical_contact = forms.CharField(label=_("Technical contact"), required=False)
    privacy_contact = forms.CharField(label=_("Privacy contact"), required=False)
    privacy_statement_url = forms.CharField(
        label=_("Privacy statement"), required=False, help_text=_("An address that begins with https://")
    )
    is_discoverable = forms.BooleanField(
        label=_("Let others find this organization"),
        required=False,
        help_text=_(
            "Its name is shown to an administrator of another organization who types its Directory ID"
            " or one of its domains. Otherwise nobody is told that it is here."
        ),
    )
