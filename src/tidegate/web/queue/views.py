"""Saved views and orders of the queue: segments and links, each one an address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.incidents.queue import ViewCounts
from tidegate.web.queue.chips import NOT_MERGED
from tidegate.web.queue.state import ListState

SORT_WORDS: Final[Mapping[str, tuple[Promise, Promise]]] = {
    "age": (gettext_lazy("Newest first"), gettext_lazy("Sorted by age, newest first")),
    "oldest": (gettext_lazy("Oldest first"), gettext_lazy("Sorted by age, oldest first")),
    "activity": (gettext_lazy("Latest activity"), gettext_lazy("Sorted by activity, latest first")),
    "due": (gettext_lazy("Due first"), gettext_lazy("Sorted by what falls due first")),
    "severity": (gettext_lazy("Most severe first"), gettext_lazy("Sorted by severity, High first")),
}


@dataclass(frozen=True, slots=True)
class Segment:
    """One view. `count` is None where it is not worth counting; `note` says so where it might be missed."""

    label: str
    url: str
    count: int | None
    current: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head: what it sorts by, and which way it is sorted now."""

    url: str
    sort: str


def incident_segments(state: ListState, counts: ViewCounts) -> list[Segment]:
    """The views of incidents."""
    return [
        _segment(state, _("All open"), None),
        _segment(state, _("Mine"), counts.mine, assigned="me"),
        _segment(state, _("Unassigned"), counts.unassigned, assigned="none"),
        replace(
            _segment(state, _("Last 24 hours"), counts.recent, status=NOT_MERGED, since="24h"),
            # An index would have to be asked in each of ten thousand tenants.
            note=_("Not counted over several tenants") if counts.recent is None else "",
        ),
        _segment(state, _("High only"), counts.high, severity="high"),
    ]


def alert_segments(state: ListState) -> list[Segment]:
    """The views of alerts."""
    return [
        _segment(state, _("All open"), None),
        _segment(state, _("Mine"), None, assigned="me"),
        _segment(state, _("Unassigned"), None, assigned="none"),
        _segment(state, _("Last 24 hours"), None, status="any", since="24h"),
        _segment(state, _("High only"), None, severity="high"),
    ]


def sort_columns(state: ListState) -> dict[str, Column]:
    """Heads of the columns that sort; age turns round when it is pressed again."""
    order = state.chosen.order
    directions = {"age": "descending", "oldest": "ascending"}
    return {
        "severity": Column(state.link(sort="severity"), "descending" if order == "severity" else ""),
        "age": Column(state.link(sort="oldest" if order == "age" else ""), directions.get(order, "")),
        "activity": Column(state.link(sort="activity"), "descending" if order == "activity" else ""),
        "due": Column(
            state.link(sort="" if order == "due" else "due"), "ascending" if order == "due" else ""
        ),
    }


def sort_choices(state: ListState) -> list[tuple[Promise, str, bool]]:
    """Every order: its words, its address, whether it is the one in force."""
    return [
        (words, state.link(sort=order), order == state.chosen.order)
        for order, (words, _sentence) in SORT_WORDS.items()
        if order != "due" or state.page == "incidents"
    ]


def _segment(state: ListState, label: str, count: int | None, **params: str) -> Segment:
    asked = {name: value for name, value in state.given.items() if name != "sort"}
    if asked.get("status") == "open":
        del asked["status"]
    sort = state.given.get("sort", "")
    return Segment(label, state.bare_link(**params, sort=sort), count, asked == params)
