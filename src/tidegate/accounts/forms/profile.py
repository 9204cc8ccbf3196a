"""What a person says about themselves: name, language, theme, time zone."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tidegate.accounts.forms.sign_up import LONGEST_NAME, clean_name
from tidegate.accounts.models import Account
from tidegate.core.zones import known_zones

THEMES = (
    (Account.Theme.SYSTEM.value, _("As the device")),
    (Account.Theme.LIGHT.value, _("Light")),
    (Account.Theme.DARK.value, _("Dark")),
)


def list_time_zones() -> list[tuple[str, str]]:
    """Names of the IANA time zone database that mean a place, and UTC."""
    names = {name for name in known_zones() if "/" in name and not name.startswith("Etc/")}
    return [(name, name.replace("_", " ")) for name in ["UTC", *sorted(names)]]


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has no ModelForm[...] when running
    """The whole of it, on the profile page."""

    display_name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput({"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=list_time_zones)

    class Meta:
        model = Account
        fields = ("display_name", "language", "theme", "time_zone")

    def clean_display_name(self) -> str:
        """One line that can be shown."""
        return clean_name(self.cleaned_data["display_name"])


class PreferencesForm(forms.Form):
    """Language or theme or both, from the menus that are on every page."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES, required=False)

    def chosen(self) -> dict[str, Any]:
        """What was chosen; what was not sent stays as it is."""
        return {name: value for name, value in self.cleaned_data.items() if value}
