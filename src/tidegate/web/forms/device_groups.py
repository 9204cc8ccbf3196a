"""Forms about device groups: the group itself, its rules row by row, who sees it, its rank."""

import re
import uuid
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from tidegate.devices.matching import Rule
from tidegate.devices.words import RuleOperator, RuleProperty
from tidegate.directory.models import Group
from tidegate.web.device_group_words import OPERATOR_WORDS, PROPERTY_WORDS, REMEDIATION_WORDS

# Four properties of ten values each, were every value a row of its own.
ROWS_AT_MOST: Final = 40
SPARE_ROWS: Final = 3


class RuleRow(forms.Form):
    """One condition; a row without values counts for nothing."""

    property = forms.TypedChoiceField(
        label=_("Property"), coerce=RuleProperty, choices=PROPERTY_WORDS.items()
    )
    operator = forms.TypedChoiceField(
        label=_("Operator"), coerce=RuleOperator, choices=OPERATOR_WORDS.items()
    )
    values = forms.CharField(
        label=_("Values"),
        required=False,
        widget=forms.Textarea({"rows": 2, "spellcheck": "false", "autocapitalize": "none"}),
    )

    def rule(self) -> Rule | None:
        """The rule that the row says, if it says one."""
        typed = self.cleaned_data.get("values", "")
        values = tuple(value for value in (part.strip() for part in re.split(r"[\n,]", typed)) if value)
        return Rule(self.cleaned_data["property"], self.cleaned_data["operator"], values) if values else None


RuleRows: "Final[type[BaseFormSet[RuleRow]]]" = formset_factory(
    RuleRow, extra=SPARE_ROWS, max_num=ROWS_AT_MOST, absolute_max=ROWS_AT_MOST
)


class DeviceGroupForm(forms.Form):
    """What a device group is called, which devices it takes, and what may be done to them.

    The default group keeps its name and has no rules: `fixed_name` is that name, empty for others.
    """

    display_name = forms.CharField(label=_("Name"))
    description = forms.CharField(label=_("Description"), required=False)
    remediation_level = forms.ChoiceField(label=_("Remediation level"), choices=REMEDIATION_WORDS.items())

    def __init__(
        self, data: Any = None, *, rules: Iterable[Rule] = (), fixed_name: str = "", **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.fixed_name = fixed_name
        self.rows: BaseFormSet[RuleRow] | None = None
        if fixed_name:
            del self.fields["display_name"]
        else:
            self.rows = RuleRows(data, prefix="rules", initial=[_as_initial(rule) for rule in rules])

    def clean(self) -> dict[str, Any]:
        """The action's arguments, with the rules that the rows say."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.rows is None:
            return {**values, "display_name": self.fixed_name, "rules": ()}
        if not self.rows.is_valid():
            raise forms.ValidationError(_("A condition is not one that this page offers."))
        said = (row.rule() for row in self.rows)
        return {**values, "rules": tuple(rule for rule in said if rule)}


class DeviceAccessForm(forms.Form):
    """Which user groups see a device group; none of them lets everyone see it."""

    group_ids = forms.TypedMultipleChoiceField(
        label=_("User groups that see it"),
        coerce=uuid.UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With none chosen, everyone who may see devices sees it."),
    )
    is_restricted = forms.BooleanField(
        label=_("Keep it closed even when no group is chosen"),
        required=False,
        help_text=_("Then only administrators see it, and whoever gets it with an access package."),
    )

    def __init__(self, *args: Any, groups: list[Group], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["group_ids"].choices = [(str(one.id), one.display_name) for one in groups]  # type: ignore[attr-defined]

    def clean_is_restricted(self) -> bool | None:
        """True to keep it closed; None to let the chosen groups decide."""
        return True if self.cleaned_data["is_restricted"] else None


class RankForm(forms.Form):
    """The rank that a device group gets."""

    rank = forms.IntegerField(label=_("Rank"), min_value=1, max_value=100_000)


def _as_initial(rule: Rule) -> dict[str, str]:
    return {
        "property": rule.property,
        "operator": rule.operator,
        "values": "\n".join(rule.values),
    }
