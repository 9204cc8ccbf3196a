"""Filters in force as chips, each with the address that takes it away."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.incidents.filters import MINE, UNASSIGNED
from tidegate.incidents.words import AlertStatus, IncidentStatus, Severity
from tidegate.web.categories import category_label
from tidegate.web.inert import show_inert
from tidegate.web.products import product_label
from tidegate.web.queue.state import ANY, ListState

NOT_MERGED: Final = ",".join(status for status in IncidentStatus if status != IncidentStatus.REDIRECTED)
SPAN_WORDS: Final[Mapping[str, Promise]] = {
    "1h": gettext_lazy("1 hour"),
    "24h": gettext_lazy("24 hours"),
    "7d": gettext_lazy("7 days"),
    "30d": gettext_lazy("30 days"),
}
DUE_WORDS: Final[Mapping[str, Promise]] = {
    "late": gettext_lazy("late"),
    "soon": gettext_lazy("soon"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force."""

    field: str
    value: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Toggle:
    """One severity of the menu: choosing it adds it to the others, or takes it away."""

    word: str
    url: str
    current: bool


def make_chips(state: ListState, names: Mapping[uuid.UUID, str] = MappingProxyType({})) -> list[Chip]:
    """A chip for each filter in force but severity and tenant, which have menus of their own.

    `names` are of users.
    """
    return list(_chips(state, names))


def count_filters(state: ListState, chips: list[Chip]) -> int:
    """How many filters are in force."""
    return len(chips) + bool(state.chosen.severities) + bool(state.chosen.tenants)


def severity_value(state: ListState) -> str:
    """The severities asked for, in words."""
    chosen = state.chosen.severities
    return ", ".join(str(severity.label) for severity in chosen) if chosen else _("any")


def make_toggles(state: ListState) -> list[Toggle]:
    """The menu of severities, the worst first."""
    chosen = [severity.word for severity in state.chosen.severities]
    return [_toggle(state, severity.word, chosen) for severity in reversed(Severity)]


def describe_status(words: str) -> str:
    """Statuses in words: "open", "not merged", "New, In progress"."""
    if words == "open":
        return _("open")
    if words == NOT_MERGED:
        return _("not merged")
    labels = {**dict(AlertStatus.choices), **dict(IncidentStatus.choices)}
    return ", ".join(str(labels.get(word) or _("open")) for word in words.split(",") if word)


def _chips(state: ListState, names: Mapping[uuid.UUID, str]) -> Iterator[Chip]:
    chosen = state.chosen
    if state.status != ANY:
        yield Chip(_("Status"), describe_status(state.status), state.link(status=ANY))
    if chosen.assigned:
        yield Chip(_("Assigned to"), _describe_owner(chosen.assigned, names), state.link(assigned=""))
    if chosen.category:
        yield Chip(_("Category"), show_inert(category_label(chosen.category)), state.link(category=""))
    if chosen.source:
        yield Chip(_("Source"), show_inert(product_label(chosen.source)), state.link(source=""))
    if chosen.span:
        yield Chip(_("Last activity"), str(SPAN_WORDS[chosen.span]), state.link(since=""))
    if chosen.due:
        yield Chip(_("Due"), str(DUE_WORDS[chosen.due]), state.link(due=""))
    if chosen.text:
        yield Chip(_("Text"), show_inert(chosen.text), state.link(q=""))


def _describe_owner(assigned: str, names: Mapping[uuid.UUID, str]) -> str:
    if assigned == MINE:
        return _("me")
    if assigned == UNASSIGNED:
        return _("nobody")
    return names.get(uuid.UUID(assigned)) or assigned


def _toggle(state: ListState, word: str, chosen: list[str]) -> Toggle:
    kept = [one for one in chosen if one != word]
    others = kept if word in chosen else [*chosen, word]
    return Toggle(word, state.link(severity=",".join(others)), word in chosen)
