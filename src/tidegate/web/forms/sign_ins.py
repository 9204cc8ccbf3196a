"""What is asked of the sign-in log, read from the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.core.errors import InvalidInput
from tidegate.oauth.models import SignIn
from tidegate.oauth.sign_in_log import SignInFilter
from tidegate.web.forms.audit import start_of_day
from tidegate.web.forms.fields import offer_choices
from tidegate.web.sign_ins import GRANT_WORDS

_DATE = {"type": "date"}


class SignInFilterForm(forms.Form):
    """Every field may be empty."""

    application = forms.CharField(label=_("Application"), required=False, max_length=128)
    user = forms.CharField(label=_("User"), required=False, max_length=256)
    result = forms.ChoiceField(label=_("Result"), required=False)
    grant = forms.ChoiceField(label=_("How"), required=False)
    since = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput(_DATE, "%Y-%m-%d"))
    until = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(_DATE, "%Y-%m-%d"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input input-28"
        offer_choices(self, "result", _("Any"), [("success", _("Token given")), ("failure", _("Refused"))])
        offer_choices(self, "grant", _("Any"), [(str(one), GRANT_WORDS[one]) for one in SignIn.Grant.values])

    def read_filter(self) -> SignInFilter:
        """The filter, with days in the reader's time zone. Raises InvalidInput naming each bad field."""
        if not self.is_valid():
            raise InvalidInput(
                fields={name: " ".join(map(str, texts)) for name, texts in self.errors.items()}
            )
        values = self.cleaned_data
        return SignInFilter(
            application=values["application"],
            user=values["user"],
            is_success=None if not values["result"] else values["result"] == "success",
            grant=values["grant"],
            since=start_of_day(values["since"], 0),
            until=start_of_day(values["until"], 1),
        )
