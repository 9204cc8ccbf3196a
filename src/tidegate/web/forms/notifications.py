"""The form of a notification rule: what it tells, when, and whom, one recipient a row.

Rows are added by a button that shows the page again, so that it works without JavaScript: how many there
are is what the form says, and what was typed stays.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.conf import settings
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from tidegate.connectors.graph_words import ServiceSource
from tidegate.incidents.words import Severity
from tidegate.notifications.drafts import RECIPIENTS_AT_MOST, STEPS_AT_MOST, RecipientDraft, RuleDraft
from tidegate.notifications.words import About, Cadence, Reach
from tidegate.web.categories import KNOWN_CATEGORIES, category_label
from tidegate.web.forms.zones import ZoneInput
from tidegate.web.products import product_label

SPARE_ROWS: Final = 2
TO_ADDRESS: Final = "mail"
_BOXES: Final = forms.CheckboxSelectMultiple
_SOURCES: Final = tuple(one.value for one in ServiceSource if one != ServiceSource.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be chosen in a tenant: pairs of a value and words. `tenants` is None for who is a guest.

    `tenant_groups` has them by what they are to their reader: shared, or their own.
    """

    device_groups: list[tuple[str, str]] = field(default_factory=list)
    recipients: list[tuple[str, str]] = field(default_factory=list)
    tenants: list[tuple[str, str]] | None = None
    has_more_tenants: bool = False
    tenant_groups: list[tuple[str, str]] = field(default_factory=list)


class _Drafted(forms.Form):
    """A form that may be shown again while it is still being written; nothing in it is wrong yet."""

    is_draft = False

    def full_clean(self) -> None:
        """Find out what is wrong, unless it is still being written."""
        if self.is_draft:
            self._errors = ErrorDict()
            return
        super().full_clean()


class RecipientRow(_Drafted):
    """Somebody to be told; a row for an address that has none counts for nothing."""

    to = forms.ChoiceField(label=_("Tell"))
    email = forms.CharField(
        label=_("Address"),
        required=False,
        widget=forms.EmailInput(
            {"autocomplete": "off", "maxlength": "254", "placeholder": "soc@host.example"}
        ),
    )
    step = forms.TypedChoiceField(label=_("When"), coerce=int)

    def __init__(self, *args: Any, recipients: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        steps = [
            (0, _("At once")),
            *((n, _("Step %(number)s") % {"number": n}) for n in range(1, STEPS_AT_MOST + 1)),
        ]
        self.fields["to"].choices = [(TO_ADDRESS, _("A mail address")), *recipients]  # type: ignore[attr-defined]
        self.fields["step"].choices = steps  # type: ignore[attr-defined]

    def read(self) -> RecipientDraft | None:
        """Whom the row names, if it names somebody."""
        values = self.cleaned_data
        kind, _colon, name = values["to"].partition(":")
        if kind == TO_ADDRESS:
            email = values["email"].strip()
            return RecipientDraft(email=email, step=values["step"]) if email else None
        named: dict[str, Any] = {f"{kind}_id": uuid.UUID(name)}
        return RecipientDraft(step=values["step"], **named)


class RuleForm(_Drafted):
    """A rule as the fields of `RuleDraft`; `rows` are its recipients."""

    display_name = forms.CharField(label=_("Name"))
    description = forms.CharField(label=_("Description"), required=False)
    about = forms.ChoiceField(label=_("Tell of"), choices=About.choices, widget=forms.RadioSelect)
    is_once_per_incident = forms.BooleanField(
        label=_("Only one notification per incident"), required=False, help_text=_("For incidents.")
    )
    reach = forms.ChoiceField(label=_("Where"), choices=Reach.choices)
    tenant_group_id = forms.TypedChoiceField(
        label=_("Tenant group"),
        coerce=uuid.UUID,
        empty_value=None,
        required=False,
        help_text=_(
            "With “A tenant group”: what the group takes when something happens, of what you may enter then."
        ),
    )
    tenant_ids = forms.TypedMultipleChoiceField(
        label=_("Organizations"),
        coerce=uuid.UUID,
        required=False,
        widget=_BOXES,
        help_text=_("The chosen ones; with all organizations or a tenant group, those that are left out."),
    )
    severities = forms.TypedMultipleChoiceField(
        label=_("Severities"),
        coerce=int,
        required=False,
        widget=_BOXES,
        choices=[(one.value, one.label) for one in reversed(Severity)],
        help_text=_("None chosen: every severity."),
    )
    categories = forms.MultipleChoiceField(
        label=_("Categories"), required=False, widget=_BOXES, help_text=_("None chosen: every category.")
    )
    sources = forms.MultipleChoiceField(
        label=_("Sources"), required=False, widget=_BOXES, help_text=_("None chosen: every product.")
    )
    device_group_ids = forms.TypedMultipleChoiceField(
        label=_("Device groups"),
        coerce=uuid.UUID,
        required=False,
        widget=_BOXES,
        help_text=_("None chosen: all devices, and what is about no device."),
    )
    includes_organization_name = forms.BooleanField(label=_("Include organization name"), required=False)
    includes_tenant_link = forms.BooleanField(label=_("Include tenant-specific portal link"), required=False)
    includes_devices = forms.BooleanField(label=_("Include device information"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    cadence = forms.ChoiceField(label=_("How often"), choices=Cadence.choices)
    digest_minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=1)
    digest_at = forms.TimeField(
        label=_("Time of the day"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        widget=ZoneInput,
        help_text=_("Of these times and of those in mails, like Europe/Amsterdam."),
    )
    escalate_after = forms.CharField(
        label=_("Escalate after minutes"),
        required=False,
        help_text=_(
            "While nobody takes up what is of high severity, the recipients of step 1 are told after the "
            "first number, those of step 2 after the second: 15, 45."
        ),
    )

    def __init__(
        self, data: Any = None, *, offered: Offered, recipients: Sequence[RecipientDraft] = (), **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.is_draft = bool(data and data.get("do"))
        initial = options.get("initial") or {}
        self.rows = _make_rows(data, offered.recipients, recipients, is_draft=self.is_draft)
        self._offer("device_group_ids", offered.device_groups)
        self._offer("categories", _words(KNOWN_CATEGORIES, initial.get("categories"), category_label))
        self._offer("sources", _words(_SOURCES, initial.get("sources"), product_label))
        self._offer("language", [("", _("Of each reader")), *settings.LANGUAGES])
        if offered.tenants is None:
            del self.fields["reach"], self.fields["tenant_group_id"], self.fields["tenant_ids"]
        else:
            self._offer("tenant_group_id", [("", _("None")), *offered.tenant_groups])
            self._offer("tenant_ids", offered.tenants)
            if offered.has_more_tenants:
                self.fields["tenant_ids"].help_text = _("The first of many; a tenant group holds any number.")

    def clean_escalate_after(self) -> list[int]:
        """The minutes of each step."""
        parts = [part for part in re.split(r"[\s,;]+", self.cleaned_data["escalate_after"]) if part]
        if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
            raise forms.ValidationError(_("must be whole numbers of minutes, like 15, 45"))
        return [int(part) for part in parts]

    def clean(self) -> dict[str, Any]:
        """The fields of a draft, with the recipients that the rows name."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        valid = [row.is_valid() for row in self.rows]
        if not all(valid):
            raise forms.ValidationError(_("A recipient is not one that this page offers."))
        said = (row.read() for row in self.rows)
        return {**values, "recipients": [one for one in said if one]}

    def _offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]


def initial_of(draft: RuleDraft) -> dict[str, Any]:
    """What the form of a draft begins with."""
    values = {name: getattr(draft, name) for name in RuleForm.base_fields}
    values |= {name: [str(one) for one in values[name]] for name in ("tenant_ids", "device_group_ids")}
    values["escalate_after"] = ", ".join(map(str, draft.escalate_after))
    return values


def to_value(draft: RecipientDraft) -> str:
    """The choice that a recipient is."""
    for kind, named in (("user", draft.user_id), ("channel", draft.channel_id), ("rota", draft.rota_id)):
        if named is not None:
            return f"{kind}:{named}"
    return TO_ADDRESS


def _make_rows(
    data: Any,
    offered: Sequence[tuple[str, str]],
    recipients: Sequence[RecipientDraft],
    *,
    is_draft: bool,
) -> list[RecipientRow]:
    if data is None:
        filled: list[Mapping[str, object]] = [
            {"to": to_value(one), "email": one.email, "step": one.step} for one in recipients
        ]
        return [
            RecipientRow(prefix=f"to{n}", recipients=offered, initial=one)
            for n, one in enumerate([*filled, *[{}] * SPARE_ROWS])
        ]
    count = min(_read_count(data.get("rows", "")) + (SPARE_ROWS if is_draft else 0), RECIPIENTS_AT_MOST)
    rows = [
        RecipientRow(_complete(data, f"to{n}"), prefix=f"to{n}", recipients=offered) for n in range(count)
    ]
    for row in rows:
        row.is_draft = is_draft
    return rows


def _complete(data: Any, prefix: str) -> Any:
    """What was sent, where a row that was not sent is an empty one."""
    return data if f"{prefix}-to" in data else {f"{prefix}-to": TO_ADDRESS, f"{prefix}-step": "0"}


def _read_count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _words(known: Sequence[str], chosen: Sequence[str] | None, label: Any) -> list[tuple[str, str]]:
    """What is known, and what is chosen already, in words."""
    spelled = {word.casefold() for word in chosen or ()}
    kept = [word for word in known if word.casefold() not in spelled]
    return sorted(((word, label(word)) for word in [*kept, *(chosen or ())]), key=lambda pair: pair[1])
