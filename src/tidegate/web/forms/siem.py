"""Forms of Settings > SIEM."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.web.forms.applications import TermForm
from tidegate.web.forms.fields import EndField, GuidField


class AuthorizeForm(TermForm):
    """Which application of which provider may fetch this tenant's alerts, and until when."""

    client_id = GuidField(label=_("Application ID"))
    home_tenant_id = GuidField(
        label=_("Tenant ID of the provider"), help_text=_("Its Directory ID, as its Properties show it.")
    )
    field_order = ("client_id", "home_tenant_id", "ends_at", "reason")


class ReplayForm(forms.Form):
    """From when an application is to fetch once more."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # The action's own word, which Python keeps for itself.
        self.fields["from"] = EndField(label=_("Fetch again from"), required=True)
