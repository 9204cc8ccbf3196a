"""Fields that several forms have."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.core.ids import parse_uuid

type Choice = tuple[str, Promise | str]


class EndField(forms.DateTimeField):
    """When something ends, in the time zone of who types it; empty is no end."""

    def __init__(self, **options: Any) -> None:
        given = {
            "label": _("Access ends"),
            "required": False,
            "widget": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "error_messages": {"invalid": _("must be a date and a time, like 2027-01-31T18:00")},
        }
        super().__init__(**{**given, **options})


class GuidField(forms.CharField):
    """An id as others hand it on."""

    def __init__(self, **options: Any) -> None:
        attributes = {"autocomplete": "off", "spellcheck": "false", "maxlength": "36"}
        super().__init__(widget=forms.TextInput(attributes), **options)

    def clean(self, value: Any) -> Any:
        """The id; only in the form in which it is written everywhere."""
        found = parse_uuid(super().clean(value))
        if found is None:
            raise forms.ValidationError(_("must be a GUID, as you were given it"))
        return found


def offer_choices(form: forms.Form, name: str, empty: Promise | str, choices: Iterable[Choice]) -> None:
    """Fill a choice field of one form with what may be chosen now, after its empty choice."""
    cast("forms.ChoiceField", form.fields[name]).choices = [("", empty), *choices]
