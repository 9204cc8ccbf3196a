"""Forms about service levels: what one says, and which customers get it."""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tidegate.core.errors import InvalidInput
from tidegate.core.zones import known_zones
from tidegate.customers.clocks import MINUTES_OF_DAY, SEVERITIES, WARN_PERCENT, Span, Target
from tidegate.customers.levels import LONGEST_NAME, LevelDraft, clean_draft
from tidegate.web.forms.fields import offer_choices
from tidegate.web.visit import say_reason

SEVERITY_WORDS: Final[Mapping[str, Promise]] = {
    "high": _("High"),
    "medium": _("Medium"),
    "low": _("Low"),
    "informational": _("Info"),
}
WEEKDAYS: Final = (
    ("monday", _("Monday")),
    ("tuesday", _("Tuesday")),
    ("wednesday", _("Wednesday")),
    ("thursday", _("Thursday")),
    ("friday", _("Friday")),
    ("saturday", _("Saturday")),
    ("sunday", _("Sunday")),
)
_WORKDAYS: Final = 5
_ALWAYS: Final = "always"
_WEEK: Final = "week"
_SPAN: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


class HoursField(forms.CharField):
    """The spans of one weekday: "09:00-12:30, 13:00-17:00", or nothing for a day off."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.TextInput({"autocomplete": "off"}), **options)

    def clean(self, value: Any) -> Any:
        """The spans in minutes of the day."""
        parts = [part for part in re.split(r"[,;]", super().clean(value)) if part.strip()]
        return tuple(_read_span(part.strip()) for part in parts)


class HolidaysField(forms.CharField):
    """Days off, one a line: the date, then its name."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Holidays"),
            required=False,
            help_text=_("One a line, the date first: 2026-12-25 Christmas Day."),
            widget=forms.Textarea({"rows": 5, "spellcheck": "false"}),
        )

    def clean(self, value: Any) -> Any:
        """The names of the days by date."""
        found: dict[date, str] = {}
        for line in super().clean(value).splitlines():
            day, _space, name = line.strip().partition(" ")
            if not day:
                continue
            try:
                found[date.fromisoformat(day)] = name.strip()
            except ValueError:
                message = gettext("%(line)s does not begin with a date like 2026-12-25")
                raise forms.ValidationError(message, params={"line": line.strip()[:40]}) from None
        return found


class ServiceLevelForm(forms.Form):
    """A service level: how soon, for which severity, and which hours count."""

    name = forms.CharField(
        label=_("Name"), widget=forms.TextInput({"maxlength": str(LONGEST_NAME), "autocomplete": "off"})
    )
    hours = forms.ChoiceField(
        label=_("Time counts"),
        choices=[(_ALWAYS, _("around the clock")), (_WEEK, _("in business hours"))],
        widget=forms.RadioSelect,
        initial=_ALWAYS,
    )
    time_zone = forms.CharField(
        label=_("Time zone"), initial="UTC", help_text=_("Of the business hours, like Europe/Amsterdam.")
    )
    holidays = HolidaysField()
    always = forms.MultipleChoiceField(
        label=_("Around the clock all the same"),
        choices=list(SEVERITY_WORDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    warn_percent = forms.IntegerField(
        label=_("Warn when so much of a time has passed, in percent"),
        initial=WARN_PERCENT,
        required=False,
        min_value=0,
        max_value=99,
        help_text=_("0 is no warning before it is late."),
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for severity in SEVERITIES:
            for name, label in (("acknowledge", _("Take on within")), ("resolve", _("Resolve within"))):
                self.fields[f"{severity}_{name}"] = forms.IntegerField(
                    label=label,
                    required=False,
                    min_value=1,
                    widget=forms.NumberInput({"inputmode": "numeric"}),
                )
        for day, label in WEEKDAYS:
            self.fields[day] = HoursField(label=label)

    def targets(self) -> list[tuple[str, Promise, list[BoundField]]]:
        """For each severity its word and its two fields."""
        return [
            (severity, words, [self[f"{severity}_acknowledge"], self[f"{severity}_resolve"]])
            for severity, words in SEVERITY_WORDS.items()
        ]

    def days(self) -> list[BoundField]:
        """The fields of the weekdays."""
        return [self[day] for day, _label in WEEKDAYS]

    def clean_time_zone(self) -> str:
        """A zone that there is."""
        zone: str = self.cleaned_data["time_zone"]
        if zone not in known_zones():
            raise forms.ValidationError(_("must be a time zone like Europe/Amsterdam"))
        return zone

    def clean(self) -> dict[str, Any]:
        """The draft, as the action takes it."""
        super().clean()
        if not self.errors:
            try:
                self.cleaned_data["draft"] = clean_draft(self._draft())
            except InvalidInput as error:
                self._take(error)
        return self.cleaned_data

    def _draft(self) -> LevelDraft:
        values = self.cleaned_data
        targets = {
            severity: Target(values[f"{severity}_acknowledge"], values[f"{severity}_resolve"])
            for severity in SEVERITIES
        }
        week = tuple(values[day] for day, _label in WEEKDAYS) if values["hours"] == _WEEK else None
        return LevelDraft(
            values["name"],
            targets,
            values["time_zone"],
            week,
            values["holidays"],
            frozenset(values["always"]),
            WARN_PERCENT if values["warn_percent"] is None else values["warn_percent"],
        )

    def _take(self, error: InvalidInput) -> None:
        places = {"targets": "high_acknowledge", "week": WEEKDAYS[0][0]}
        for name, reason in error.fields.items():
            self.add_error(places.get(name, name), say_reason(reason))


class AssignLevelForm(forms.Form):
    """A service level for customers that are chosen, or for those that a tenant group takes now."""

    level = forms.ChoiceField(label=_("Service level"), required=False)
    group = forms.ChoiceField(label=_("Everyone in a tenant group"), required=False)
    tenants = forms.MultipleChoiceField(
        label=_("Customers"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        levels: Sequence[tuple[str, str]],
        groups: Sequence[tuple[str, str]],
        tenants: Sequence[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        offer_choices(self, "level", _("none"), levels)
        offer_choices(self, "group", _("no tenant group"), groups)
        self.fields["tenants"].choices = tenants  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ids; one of the two ways must say somebody."""
        values = super().clean() or self.cleaned_data
        if bool(values.get("group")) == bool(values.get("tenants")):
            raise forms.ValidationError(_("Choose customers, or one tenant group."))
        return {
            "level_id": uuid.UUID(values["level"]) if values.get("level") else None,
            "group_id": uuid.UUID(values["group"]) if values.get("group") else None,
            "tenant_ids": [uuid.UUID(one) for one in values.get("tenants", ())],
        }


def initial_of(draft: LevelDraft) -> dict[str, Any]:
    """What a form shows of a service level that there is."""
    shown: dict[str, Any] = {
        "name": draft.name,
        "hours": _ALWAYS if draft.week is None else _WEEK,
        "time_zone": draft.time_zone,
        "holidays": "\n".join(f"{day} {name}".strip() for day, name in sorted(draft.holidays.items())),
        "always": sorted(draft.always),
        "warn_percent": draft.warn_percent,
    }
    for severity, target in draft.targets.items():
        shown |= {f"{severity}_acknowledge": target.acknowledge, f"{severity}_resolve": target.resolve}
    for (day, _label), spans in zip(WEEKDAYS, draft.week or (), strict=False):
        shown[day] = ", ".join(map(write_span, spans))
    return shown


def new_initial() -> dict[str, str]:
    """What a form for a new one begins with: nine to five, on workdays."""
    return {day: "09:00-17:00" for day, _label in WEEKDAYS[:_WORKDAYS]}


def write_span(span: Span) -> str:
    """A span as people write it: "09:00-17:00"."""
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)


def _read_span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise forms.ValidationError(_("must be times like 09:00-12:30, 13:00-17:00"))
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    opens, closes = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if from_minute > 59 or to_minute > 59 or not opens < closes <= MINUTES_OF_DAY:
        raise forms.ValidationError(_("must be times of a day, each opening before it closes"))
    return opens, closes
