"""The form of a policy: the policy itself, its stages and its questions, each a form of its own.

Stages and questions are added and taken away by buttons that show the page again, so that it works
without JavaScript: how many there are is what the form says, and what was typed stays.
"""

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tidegate.core.errors import InvalidInput
from tidegate.entitlements.rules import MOST_STAGES
from tidegate.entitlements.terms import MONTHS, MOST_QUESTIONS
from tidegate.entitlements.words import ApproverKind, ExpirationType, TargetScope
from tidegate.web.policy_words import KIND_WORDS, TARGET_WORDS, WITHOUT_ANSWER_WORDS
from tidegate.web.visit import say_reason

_FIELD: Final = re.compile(r"(stage|question)_(\d+)_(\w+)")
_EXPIRATION_WORDS: Final = (
    (ExpirationType.AFTER_DURATION.value, _("After a time")),
    (ExpirationType.AFTER_DATE_TIME.value, _("On a date")),
    (ExpirationType.NO_EXPIRATION.value, _("Never")),
)
_EVERY: Final = (
    pgettext_lazy("every", "month"),
    pgettext_lazy("every", "quarter"),
    pgettext_lazy("every", "half year"),
    pgettext_lazy("every", "year"),
)
_MONTH_WORDS: Final = dict(zip(MONTHS, _EVERY, strict=True))
_KINDS: Final = (ApproverKind.INTERNAL_SPONSORS, ApproverKind.EXTERNAL_SPONSORS, ApproverKind.MANAGER)
_CHECKBOXES: Final = forms.CheckboxSelectMultiple

type Choices = Iterable[tuple[str, str]]


class PeopleField(forms.CharField):
    """Users by user principal name or address, one a line."""

    def __init__(self, label: Any, help_text: Any = "", *, required: bool = False) -> None:
        hint = help_text or _("User principal names or email addresses, one a line.")
        widget = forms.Textarea({"rows": 2, "spellcheck": "false", "autocomplete": "off"})
        super().__init__(label=label, required=required, help_text=hint, widget=widget, max_length=20_000)

    def clean(self, value: Any) -> list[str]:
        """The names, each once, in the order typed."""
        text = super().clean(value)
        return list(dict.fromkeys(name for part in re.split(r"[\n,;]", text) if (name := part.strip())))


class _Part(forms.Form):
    """A part of the form. One that is only shown again holds nothing wrong yet."""

    is_draft = False

    def full_clean(self) -> None:
        """Find out what is wrong, unless it is still being written."""
        if self.is_draft:
            self._errors = ErrorDict()
            return
        super().full_clean()


class BasicPolicyForm(_Part):
    """What every policy says: what it is called, and who may ask."""

    display_name = forms.CharField(label=_("Name"))
    description = forms.CharField(label=_("Description"), required=False)
    target_scope = forms.ChoiceField(label=_("Who may ask"))
    organizations = forms.TypedMultipleChoiceField(
        label=_("Connected organizations"), coerce=uuid.UUID, required=False, widget=_CHECKBOXES
    )

    def __init__(
        self, *args: Any, organizations: Choices, scopes: Iterable[TargetScope], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["target_scope"].choices = [(one.value, TARGET_WORDS[one]) for one in scopes]  # type: ignore[attr-defined]
        _offer(self, "organizations", organizations)


class PolicyForm(BasicPolicyForm):
    """The rest of it."""

    users = PeopleField(_("Users"), _("For users and groups named here. One a line."))
    groups = forms.TypedMultipleChoiceField(
        label=_("Groups"), coerce=uuid.UUID, required=False, widget=_CHECKBOXES
    )
    is_justification_required = forms.BooleanField(label=_("Who asks must say why"), required=False)
    expiration = forms.ChoiceField(label=_("Access ends"), choices=_EXPIRATION_WORDS)
    days = forms.IntegerField(
        label=_("Days"), required=False, min_value=0, help_text=_("0 days are taken together with hours.")
    )
    hours = forms.IntegerField(label=_("Hours"), required=False, min_value=0, max_value=23)
    ends_at = forms.DateTimeField(
        label=pgettext_lazy("date", "On"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("must be a date and a time, like 2027-01-31T18:00")},
    )
    reason = forms.CharField(label=_("Why never"), required=False, help_text=_("Kept with the policy."))
    allows_custom_duration = forms.BooleanField(
        label=_("Who asks may choose a shorter time and a start"), required=False
    )
    allows_extension = forms.BooleanField(label=_("May be extended"), required=False)
    extension_needs_approval = forms.BooleanField(label=_("Extending needs approval"), required=False)
    is_reviewed = forms.BooleanField(label=_("Ask regularly whether it is still needed"), required=False)
    review_every = forms.TypedChoiceField(
        label=_("Every"), coerce=int, required=False, choices=list(_MONTH_WORDS.items())
    )
    review_starts_at = forms.DateTimeField(
        label=_("First review"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("must be a date and a time, like 2027-01-31T18:00")},
    )
    review_days = forms.IntegerField(label=_("Days to answer"), required=False, min_value=1, max_value=350)
    reviewers = PeopleField(_("Reviewers"), _("Without any, people answer for themselves. One a line."))
    reviewer_groups = forms.TypedMultipleChoiceField(
        label=_("Groups of reviewers"), coerce=uuid.UUID, required=False, widget=_CHECKBOXES
    )
    without_answer = forms.ChoiceField(
        label=_("Without an answer"), required=False, choices=list(WITHOUT_ANSWER_WORDS.items())
    )

    def __init__(self, *args: Any, groups: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = list(groups)
        for name in ("groups", "reviewer_groups"):
            _offer(self, name, offered)


class StageForm(_Part):
    """One approval stage: who decides, how soon, who may decide instead."""

    users = PeopleField(_("Approvers"))
    groups = forms.TypedMultipleChoiceField(
        label=_("Groups of approvers"), coerce=uuid.UUID, required=False, widget=_CHECKBOXES
    )
    kinds = forms.MultipleChoiceField(
        label=_("Also"),
        required=False,
        widget=_CHECKBOXES,
        choices=[(one.value, KIND_WORDS[one]) for one in _KINDS],
    )
    limit_days = forms.IntegerField(label=_("Decide within days"), required=False, min_value=0, max_value=30)
    limit_hours = forms.IntegerField(label=_("and hours"), required=False, min_value=0, max_value=23)
    is_justification_required = forms.BooleanField(label=_("Whoever decides must say why"), required=False)
    alternates = PeopleField(_("Alternates"), _("They may decide too when nobody has by then. One a line."))
    alternate_groups = forms.TypedMultipleChoiceField(
        label=_("Groups of alternates"), coerce=uuid.UUID, required=False, widget=_CHECKBOXES
    )
    escalate_days = forms.IntegerField(
        label=_("Alternates after days"), required=False, min_value=1, max_value=30
    )

    def __init__(self, *args: Any, groups: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = list(groups)
        for name in ("groups", "alternate_groups"):
            _offer(self, name, offered)


class QuestionForm(_Part):
    """Something that who asks must answer."""

    question_id = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    text = forms.CharField(label=_("Question"), required=False)
    kind = forms.ChoiceField(
        label=_("Answered by"),
        choices=[
            ("short", _("a line")),
            ("long", _("several lines")),
            ("choice", _("choosing one of these")),
        ],
    )
    choices = forms.CharField(
        label=_("Choices"), required=False, help_text=_("One a line."), widget=forms.Textarea({"rows": 2})
    )
    is_required = forms.BooleanField(label=_("Must be answered"), required=False)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the choices of the form offer."""

    organizations: list[tuple[str, str]]
    groups: list[tuple[str, str]]


@dataclass(slots=True)
class PolicyForms:
    """The whole form. Of an emergency package only the basic part is asked."""

    policy: BasicPolicyForm
    stages: list[StageForm]
    questions: list[QuestionForm]

    @property
    def errors(self) -> bool:
        """Whether anything was refused."""
        return any(form.errors for form in self.all())

    def all(self) -> list[_Part]:
        """Every form of it."""
        return [self.policy, *self.stages, *self.questions]

    def is_valid(self) -> bool:
        """Whether each of them is."""
        # Each is asked, so that each says what is wrong.
        answers = [form.is_valid() for form in self.all()]
        return all(answers)

    def take(self, error: InvalidInput) -> None:
        """Put each reason beside its field, in the stage or question that it is about."""
        for name, reason in error.fields.items():
            form, field = self._place(name)
            words = say_reason(reason)
            if field in form.fields:
                form.add_error(field, words)
            else:
                form.add_error(None, f"{name.replace('_', ' ')} {words}")

    def _place(self, name: str) -> tuple[_Part, str]:
        found = _FIELD.fullmatch(name)
        if found is None:
            return self.policy, name
        kind, number, field = found.groups()
        rows: list[Any] = self.stages if kind == "stage" else self.questions
        if int(number) > len(rows):
            return self.policy, name
        return rows[int(number) - 1], _STAGE_FIELDS.get(field, field)


_STAGE_FIELDS: Final[Mapping[str, str]] = {
    "approvers": "users",
    "time_limit": "limit_days",
    "escalate_after": "escalate_days",
}


_NEW: Final[Mapping[str, Mapping[str, str]]] = {
    "stage": {"limit_days": "14", "is_justification_required": "on"},
    "question": {"kind": "short"},
}


@dataclass(frozen=True, slots=True)
class Initial:
    """What the form begins with."""

    policy: Mapping[str, Any]
    stages: list[Mapping[str, Any]]
    questions: list[Mapping[str, Any]]


def fill_forms(initial: Initial, offered: Offered, *, is_break_glass: bool) -> PolicyForms:
    """The form before anything was typed."""
    if is_break_glass:
        return PolicyForms(_basic(None, offered, initial.policy), [], [])
    return PolicyForms(
        PolicyForm(
            initial=initial.policy,
            organizations=offered.organizations,
            scopes=TargetScope,
            groups=offered.groups,
        ),
        [
            StageForm(initial=one, groups=offered.groups, prefix=f"stage{index}")
            for index, one in enumerate(initial.stages)
        ],
        [QuestionForm(initial=dict(one), prefix=f"question{i}") for i, one in enumerate(initial.questions)],
    )


def read_forms(data: Any, offered: Offered, *, is_break_glass: bool) -> PolicyForms:
    """The form as it was sent. A button `do` has added or taken away a stage or a question."""
    if is_break_glass:
        return PolicyForms(_basic(data, offered, {}), [], [])
    is_draft, data, groups = is_rearranged(data), _rearrange(data), offered.groups
    read = PolicyForms(
        PolicyForm(data, organizations=offered.organizations, scopes=TargetScope, groups=groups),
        [
            StageForm(data, groups=groups, prefix=f"stage{i}")
            for i in range(_count(data, "stages", MOST_STAGES))
        ],
        [QuestionForm(data, prefix=f"question{i}") for i in range(_count(data, "questions", MOST_QUESTIONS))],
    )
    for part in read.all():
        part.is_draft = is_draft
    return read


def is_rearranged(data: Mapping[str, Any]) -> bool:
    """Whether a button was pressed that only shows the form again."""
    return bool(data.get("do"))


def read_length(values: Mapping[str, Any], days: str, hours: str) -> timedelta:
    """Days and hours as one length of time."""
    return timedelta(days=values.get(days) or 0, hours=values.get(hours) or 0)


def _basic(data: Any, offered: Offered, initial: Mapping[str, Any]) -> BasicPolicyForm:
    scopes = (TargetScope.SPECIFIC_ORGANIZATIONS, TargetScope.ALL_ORGANIZATIONS)
    return BasicPolicyForm(data, initial=initial, organizations=offered.organizations, scopes=scopes)


def _rearrange(data: Any) -> Any:
    """What was sent, after the button: `add_stage`, `add_question`, `remove_stage:1`, `remove_question:0`."""
    what, _colon, place = data.get("do", "").partition(":")
    changed = data.copy()
    for kind, most in (("stage", MOST_STAGES), ("question", MOST_QUESTIONS)):
        count = _count(data, f"{kind}s", most)
        if what == f"add_{kind}" and count < most:
            for field, value in _NEW[kind].items():
                changed[f"{kind}{count}-{field}"] = value
            count += 1
        elif what == f"remove_{kind}" and place.isascii() and place.isdigit() and int(place) < count:
            _take_out(changed, kind, int(place), count)
            count -= 1
        changed[f"{kind}s"] = str(count)
    return changed


def _take_out(data: Any, kind: str, place: int, count: int) -> None:
    """Move what stands after it one place up."""
    names = [name for name in data if re.match(rf"{kind}\d+-", name)]
    kept = {name: data.getlist(name) for name in names}
    for name in names:
        del data[name]
    for name, values in kept.items():
        number, field = name[len(kind) :].split("-", 1)
        index = int(number)
        if index != place and index < count:
            data.setlist(f"{kind}{index - (index > place)}-{field}", values)


def _count(data: Mapping[str, Any], name: str, most: int) -> int:
    text = data.get(name, "0")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]
