"""What a tenant wants of correlation: by what, within which time, how large."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.incidents.correlation.rules import LARGEST, WINDOW_HOURS, Rules
from tidegate.incidents.models import CorrelationKind

KIND_WORDS: Final[Mapping[CorrelationKind, Promise]] = {
    CorrelationKind.PROCESS: _(
        "the same process: the same file and command line, or one process of a device"
    ),
    CorrelationKind.FILE: _("the same file, by its SHA-1 or SHA-256"),
    CorrelationKind.USER: _("the same user account"),
    CorrelationKind.DEVICE: _("the same device"),
}


class CorrelationForm(forms.Form):
    """The kinds stand in the order of their strength."""

    kinds = forms.MultipleChoiceField(
        label=_("Put together by"),
        choices=[(str(kind), words) for kind, words in KIND_WORDS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The first that fits decides. With none, each alert has an incident of its own."),
    )
    window_hours = forms.IntegerField(
        label=_("Hours apart, at most"),
        min_value=WINDOW_HOURS[0],
        max_value=WINDOW_HOURS[1],
        help_text=_("Between the activity of two alerts, before or after. 24 if never set; a week is 168."),
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    largest = forms.IntegerField(
        label=_("Alerts in an incident, at most"),
        min_value=LARGEST[0],
        max_value=LARGEST[1],
        help_text=_("A full incident takes no more; the next alert begins another. 150 if never set."),
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )


def initial_of(rules: Rules) -> dict[str, Any]:
    """The form's values for rules that hold."""
    kinds = [str(kind) for kind in CorrelationKind if kind in rules.kinds]
    return {"kinds": kinds, "window_hours": rules.window_hours, "largest": rules.largest}
