"""Forms of asking for access, of keeping it longer, and of deciding about it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.entitlements.rules import Question
from tidegate.web.spans import say_span, shorter_than

OFFERED_SPANS: Final = 6
SEGMENTS: Final = 3
ANSWER: Final = "answer_"


def read_span(text: str) -> timedelta:
    """Seconds as they stand in a form's choice."""
    return timedelta(seconds=int(text))


class SpanField(forms.TypedChoiceField):
    """How long access is to last; the first choice is the longest there is, and is sent as nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=read_span, empty_value=None, **options)

    def validate(self, value: Any) -> None:
        """Nothing is the longest, so nothing is missing."""
        if value not in self.empty_values:
            super().validate(value)

    def offer(self, longest: str, spans: Sequence[timedelta]) -> None:
        """Fill in what may be chosen: the longest, in words, then the shorter ones."""
        shorter = [(str(int(span.total_seconds())), say_span(span)) for span in spans]
        self.choices = [("", longest), *shorter]
        self.words = [longest, *(words for _value, words in shorter)]


class ReasonField(forms.CharField):
    """Why: for who decides, and for the audit log."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea({"rows": 3, "maxlength": 2000})
        super().__init__(widget=widget, max_length=2000, **options)


class ExtensionForm(forms.Form):
    """How much longer, and why."""

    duration = SpanField(label=_("For how long"))
    justification = ReasonField(label=_("Why do you still need it?"))

    def __init__(
        self, *args: Any, longest: str, spans: Sequence[timedelta], needs_reason: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["justification"].required = needs_reason
        cast("SpanField", self.fields["duration"]).offer(longest, spans)
        if not spans:
            del self.fields["duration"]


class AskForm(ExtensionForm):
    """What is asked for: for how long, from when, why; and the policy's own questions."""

    starts_at = forms.DateTimeField(
        label=_("Beginning"),
        required=False,
        help_text=_("Empty: as soon as it is approved."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("must be a date and a time, like 2027-01-31T18:00")},
    )

    field_order = ("justification", "duration", "starts_at")

    def __init__(
        self, *args: Any, questions: Sequence[Question], may_begin_later: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["justification"].label = _("Why do you need it?")
        if not may_begin_later:
            del self.fields["starts_at"]
        for question in questions:
            self.fields[f"{ANSWER}{question.id}"] = _answer_field(question)

    @property
    def answers(self) -> dict[str, str]:
        """What was answered, by the id of its question."""
        names = [name for name in self.fields if name.startswith(ANSWER)]
        return {name.removeprefix(ANSWER): self.cleaned_data[name] for name in names}


class DecisionForm(forms.Form):
    """An approver's reason, and a shorter time than was asked for."""

    duration = SpanField(label=_("Access for"), widget=forms.RadioSelect)
    justification = ReasonField(label=_("Your reason"), required=False)

    def __init__(self, *args: Any, longest: timedelta | None, **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast("SpanField", self.fields["duration"])
        field.offer(say_span(longest), shorter_than(longest, SEGMENTS - 1))
        self.fields["justification"].widget.attrs["rows"] = 2

    @property
    def span_words(self) -> list[str]:
        """The lengths that may be chosen, in words, in their order."""
        return cast("SpanField", self.fields["duration"]).words


class BulkDecisionForm(forms.Form):
    """One reason for several decisions."""

    justification = ReasonField(label=_("Your reason"))


class GiveUpForm(forms.Form):
    """Why somebody gives up what they hold; it may stay empty."""

    justification = ReasonField(label=_("Reason"), required=False)


def _answer_field(question: Question) -> forms.Field:
    if question.choices:
        choices = [("", _("Choose")), *((one, one) for one in question.choices)]
        return forms.ChoiceField(label=question.text, required=question.is_required, choices=choices)
    widget = forms.Textarea({"rows": 3}) if question.is_long else forms.TextInput()
    return forms.CharField(label=question.text, required=question.is_required, max_length=2000, widget=widget)
