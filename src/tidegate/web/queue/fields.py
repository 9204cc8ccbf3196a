"""The form that adds a filter to a list: its fields, what each offers, and what is chosen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tidegate.connectors.graph_words import ServiceSource
from tidegate.incidents.filters import MINE, UNASSIGNED
from tidegate.incidents.words import AlertStatus, IncidentStatus
from tidegate.web.categories import category_label
from tidegate.web.inert import show_inert
from tidegate.web.products import product_label
from tidegate.web.queue.chips import DUE_WORDS, SPAN_WORDS
from tidegate.web.queue.choices import Choice, status_choices
from tidegate.web.queue.state import ANY, ListState

type Option = tuple[str, str]

_STATUSES: Final[Mapping[str, type[IncidentStatus | AlertStatus]]] = {
    "incidents": IncidentStatus,
    "alerts": AlertStatus,
}
_SOURCES: Final = [
    (source.value, show_inert(product_label(source.value)))
    for source in ServiceSource
    if source != ServiceSource.UNKNOWN
]


@dataclass(frozen=True, slots=True)
class FilterField:
    """One field: its parameter's name, its label, values with their words, and the value in force."""

    name: str
    label: str
    options: Sequence[Option]
    chosen: str


def filter_fields(
    state: ListState, owners: Iterable[Choice], categories: Iterable[str]
) -> Iterator[FilterField]:
    """All of them, in order. `owners` are those who may have been given something, beside the reader."""
    chosen, words = state.chosen, _fixed_options(state.page, get_language())
    yield FilterField("status", _("Status"), words.statuses, state.status)
    anybody = [("", _("Anybody")), (MINE, _("Me")), (UNASSIGNED, _("Nobody"))]
    yield FilterField("assigned", _("Assigned to"), [*anybody, *_options(owners)], chosen.assigned)
    named = [(category, show_inert(category_label(category))) for category in categories]
    yield FilterField("category", _("Category"), [("", _("Any")), *named], chosen.category)
    yield FilterField("source", _("Source"), words.sources, chosen.source)
    yield FilterField("since", _("Last activity"), words.spans, chosen.span)
    if state.page == "incidents":
        yield FilterField("due", _("Due"), words.dues, chosen.due)


@dataclass(frozen=True, slots=True)
class _Fixed:
    """What fields offer to everybody who reads a language."""

    statuses: tuple[Option, ...]
    sources: tuple[Option, ...]
    spans: tuple[Option, ...]
    dues: tuple[Option, ...]


@cache
def _fixed_options(page: str, _language: str | None) -> _Fixed:
    any_time = ("", _("Any time"))
    return _Fixed(
        (("", _("Open")), (ANY, _("Any")), *_options(status_choices(_STATUSES[page]))),
        (("", _("Any")), *_SOURCES),
        (any_time, *_spelled(SPAN_WORDS)),
        (any_time, *_spelled(DUE_WORDS)),
    )


def _options(choices: Iterable[Choice]) -> list[Option]:
    return [(choice.value, show_inert(choice.label)) for choice in choices]


def _spelled(words: Mapping[str, Promise]) -> list[Option]:
    return [(value, capfirst(str(word))) for value, word in words.items()]
