"""Forms about tenant groups: the group with its rule, a copy of one, the tags of a customer."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.customers.rules import LONGEST_NAME, LONGEST_TAG, GroupRule, Selection, name_key

SIDES: Final = ("include", "exclude")
_PRIVATE: Final = "private"
_SHARED: Final = "shared"
_LABELS: Final = {
    "tenants": _("Customers"),
    "tags": _("Tags"),
    "countries": _("Countries"),
    "levels": _("Service levels"),
    "groups": _("Tenant groups"),
}

type Choices = Sequence[tuple[str, Promise | str]]


@dataclass(frozen=True, slots=True)
class Offered:
    """What a rule may choose from: for each kind the values with their words."""

    tenants: Choices = ()
    tags: Choices = ()
    countries: Choices = ()
    levels: Choices = ()
    groups: Choices = ()

    def of(self, kind: str) -> Choices:
        """The choices of one kind."""
        found: Choices = getattr(self, kind)
        return found


class NameField(forms.CharField):
    """What a tenant group is called."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Name"),
            help_text=_("Letters, digits, spaces, -, _ and . only: it stands in the address."),
            widget=forms.TextInput({"maxlength": str(LONGEST_NAME), "autocomplete": "off"}),
        )


class SharingField(forms.TypedChoiceField):
    """Whether a group is private; True unless somebody who may share chose otherwise."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Who uses it"),
            coerce=lambda value: value == _PRIVATE,
            choices=[(_PRIVATE, _("only you")), (_SHARED, _("every member of your organization"))],
            widget=forms.RadioSelect,
            initial=_PRIVATE,
        )


class TenantGroupForm(forms.Form):
    """A group and its rule: on each side one list of choices for each kind that has any."""

    name = NameField()
    is_private = SharingField()
    takes_all = forms.BooleanField(
        label=_("All customers"),
        required=False,
        help_text=_("Everything you may enter, also what comes later. Then only what is left out counts."),
    )

    def __init__(
        self, data: Any = None, *, offered: Offered, may_share: bool, is_new: bool = True, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self._is_new = is_new
        if not is_new or not may_share:
            del self.fields["is_private"]
        for side in SIDES:
            for kind, label in _LABELS.items():
                if choices := offered.of(kind):
                    self.fields[f"{side}_{kind}"] = forms.MultipleChoiceField(
                        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
                    )
            self.fields[f"{side}_more_tags"] = forms.CharField(
                label=_("Other tags"), required=False, help_text=_("Between commas.")
            )

    def side_fields(self) -> list[tuple[str, list[BoundField]]]:
        """The fields of each side: "include" and "exclude"."""
        return [(side, [self[name] for name in self.fields if name.startswith(f"{side}_")]) for side in SIDES]

    def rule(self) -> GroupRule:
        """The rule that was chosen, once the form is valid."""
        include, exclude = (self._selection(side) for side in SIDES)
        return GroupRule(self.cleaned_data["takes_all"], include, exclude)

    def clean(self) -> dict[str, Any]:
        """The action's arguments."""
        super().clean()
        values: dict[str, Any] = {"name": self.cleaned_data.get("name", ""), "rule": self.rule()}
        if self._is_new:
            values["is_private"] = self.cleaned_data.get("is_private", True)
        self.cleaned_data["takes"] = values
        return self.cleaned_data

    def _selection(self, side: str) -> Selection:
        def chosen(kind: str) -> list[str]:
            return self.cleaned_data.get(f"{side}_{kind}") or []

        more = re.split(r"[\n,]", self.cleaned_data.get(f"{side}_more_tags", ""))
        return Selection(
            frozenset(map(uuid.UUID, chosen("tenants"))),
            frozenset([*chosen("tags"), *(tag.strip() for tag in more if tag.strip())]),
            frozenset(chosen("countries")),
            frozenset(map(uuid.UUID, chosen("levels"))),
            frozenset(map(uuid.UUID, chosen("groups"))),
        )


def initial_of(name: str, rule: GroupRule, offered: Offered) -> dict[str, Any]:
    """What a form shows of a group that there is."""
    shown: dict[str, Any] = {"name": name, "takes_all": rule.takes_all}
    spelled = {name_key(value): value for value, _words in offered.tags}
    for side, selection in (("include", rule.include), ("exclude", rule.exclude)):
        shown |= {
            f"{side}_tenants": list(map(str, selection.tenant_ids)),
            f"{side}_tags": [spelled.get(name_key(tag), tag) for tag in selection.tags],
            f"{side}_countries": list(selection.countries),
            f"{side}_levels": list(map(str, selection.level_ids)),
            f"{side}_groups": list(map(str, selection.group_ids)),
        }
    return shown


class CopyForm(forms.Form):
    """Another name for the same rule."""

    name = NameField()
    is_private = SharingField()

    def __init__(self, *args: Any, may_share: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_share:
            del self.fields["is_private"]


class TagForm(forms.Form):
    """A tag to put on a customer."""

    tag = forms.CharField(
        label=_("New tag"), widget=forms.TextInput({"maxlength": str(LONGEST_TAG), "autocomplete": "off"})
    )
