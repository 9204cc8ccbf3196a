"""What is asked of the audit log, read from the address."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tidegate.audit.models import Result
from tidegate.audit.queries import EventFilter
from tidegate.core.errors import InvalidInput
from tidegate.web.forms.fields import offer_choices
from tidegate.web.words import RESULT_WORDS

_DATE = {"type": "date"}


class EventFilterForm(forms.Form):
    """Every field may be empty."""

    actor = forms.CharField(label=_("Who"), required=False, max_length=256)
    tag = forms.RegexField(
        r"^[a-z_.]*$",
        label=_("What begins with"),
        required=False,
        max_length=64,
        error_messages={"invalid": _("must be the beginning of a tag, like incident.")},
    )
    target = forms.CharField(label=_("Target"), required=False, max_length=512)
    result = forms.ChoiceField(label=_("Result"), required=False)
    since = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput(_DATE, "%Y-%m-%d"))
    until = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(_DATE, "%Y-%m-%d"))
    outside = forms.BooleanField(label=_("From outside only"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        results = [(str(value), RESULT_WORDS[value]) for value in Result.values]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "checkbox" if name == "outside" else "input input-28"
        offer_choices(self, "result", _("Any"), results)

    def read_filter(self) -> EventFilter:
        """The filter, with days in the reader's time zone. Raises InvalidInput naming each bad field."""
        if not self.is_valid():
            raise InvalidInput(
                fields={name: " ".join(map(str, texts)) for name, texts in self.errors.items()}
            )
        values = dict(self.cleaned_data)
        values["since"] = start_of_day(values["since"], 0)
        values["until"] = start_of_day(values["until"], 1)
        return EventFilter(**values)


def start_of_day(day: date | None, later: int) -> datetime | None:
    """When a day begins for the reader, or one so many days later. Raises InvalidInput past the calendar."""
    if day is None:
        return None
    try:
        return timezone.make_aware(datetime.combine(day + timedelta(days=later), time.min))
    except OverflowError:
        raise InvalidInput(fields={"until": "must lie within the calendar"}) from None
