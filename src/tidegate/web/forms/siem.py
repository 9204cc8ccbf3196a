"""Forms of Settings > SIEM."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.web.forms.applications import TermForm
from tidegate.web.forms.fields import GuidField


class AuthorizeForm(TermForm):
    """Which application of which provider may fetch this tenant's alerts, and until when."""

    client_id = GuidField(label=_("Application ID"))
    home_tenant_id = GuidField(
        label=_("Tenant ID of the provider"), help_text=_("Its Directory ID, as its Properties show it.")
    )
    field_order = ("client_id", "home_tenant_id", "ends_at", "reason")


class ReplayForm(forms.Form):
    """From when an application is to fetch once more."""

    since = forms.DateTimeField(
        label=_("Fetch again from"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("must be a date and a time, like 2027-01-31T18:00")},
    )
