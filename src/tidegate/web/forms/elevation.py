"""Forms about elevation and broken glass."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.directory.models import Group, Role
from tidegate.web.forms.directory import PersonField
from tidegate.web.forms.fields import EndField, offer_choices
from tidegate.web.spans import say_span

SPANS: Final = tuple(timedelta(minutes=count) for count in (15, 30, 60, 120, 240, 480, 720, 1440))
LONGEST_REASON: Final = 2000


def read_span(text: str) -> timedelta:
    """Seconds, as a choice carries them."""
    return timedelta(seconds=int(text))


class SpanField(forms.TypedChoiceField):
    """A length of time out of a few."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=read_span, **options)

    def offer(self, spans: Sequence[timedelta]) -> None:
        """Fill in what may be chosen."""
        self.choices = [(str(int(span.total_seconds())), say_span(span)) for span in spans]


def _reason(label: Any, **options: Any) -> forms.CharField:
    widget = forms.Textarea({"rows": 3, "maxlength": LONGEST_REASON})
    return forms.CharField(label=label, widget=widget, max_length=LONGEST_REASON, **options)


class ActivateForm(forms.Form):
    """For how long a role is taken up, and why."""

    duration = SpanField(label=_("For how long"))
    justification = _reason(_("Why do you need it?"))

    def __init__(self, *args: Any, longest: timedelta, **options: Any) -> None:
        super().__init__(*args, **options)
        spans = sorted({span for span in SPANS if span < longest} | {longest})
        cast("SpanField", self.fields["duration"]).offer(spans)
        self.initial.setdefault("duration", str(int(min(longest, timedelta(hours=1)).total_seconds())))


class DecideActivationForm(forms.Form):
    """What an approver says; the button says which way."""

    justification = _reason(_("Your reason"))


class EligibilityForm(forms.Form):
    """Who may take up which role, for how long at most, and with whose leave."""

    role = forms.TypedChoiceField(label=_("Role"), coerce=uuid.UUID)
    group = forms.TypedChoiceField(
        label=_("For the group"), coerce=uuid.UUID, required=False, empty_value=None
    )
    user = PersonField(required=False)
    longest = SpanField(label=_("At most, each time"), initial=str(8 * 3600))
    people = forms.CharField(
        label=_("People who approve"),
        required=False,
        help_text=_("One name or email address on each line. Without approvers nobody is asked."),
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
    )
    groups = forms.TypedMultipleChoiceField(
        label=_("Groups who approve"),
        required=False,
        coerce=uuid.UUID,
        widget=forms.CheckboxSelectMultiple,
    )
    ends_at = EndField(label=_("Eligible until"))

    def __init__(self, *args: Any, roles: list[Role], groups: list[Group], **options: Any) -> None:
        super().__init__(*args, **options)
        named = [(str(group.id), group.display_name) for group in groups]
        offer_choices(self, "role", _("Choose"), [(str(role.id), role.display_name) for role in roles])
        offer_choices(self, "group", _("Choose"), named)
        cast("forms.MultipleChoiceField", self.fields["groups"]).choices = named
        cast("SpanField", self.fields["longest"]).offer(SPANS)
        if not named:
            del self.fields["groups"]


class WriteUpForm(forms.Form):
    """What somebody says who broke the glass."""

    text = forms.CharField(
        label=_("What happened"),
        help_text=_("Why you went in, what you saw and what you did. At least 40 characters."),
        widget=forms.Textarea({"rows": 12, "maxlength": 20_000}),
    )
