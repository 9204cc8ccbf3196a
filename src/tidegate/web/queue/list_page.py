"""What stands around the rows of a list: filters, orders, pages, and what came in since."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tidegate.authorization.scope import Scope
from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid
from tidegate.core.paging import Page
from tidegate.directory.models import User
from tidegate.directory.naming import names_of
from tidegate.incidents.queue import open_categories
from tidegate.web.categories import KNOWN_CATEGORIES
from tidegate.web.links import tenant_link
from tidegate.web.many_tenants import tenant_menu
from tidegate.web.many_visit import ManyVisit
from tidegate.web.queue.chips import (
    Chip,
    count_filters,
    make_chips,
    make_toggles,
    severity_value,
)
from tidegate.web.queue.choices import owner_choices
from tidegate.web.queue.fields import filter_fields
from tidegate.web.queue.saved import describe_saved
from tidegate.web.queue.state import ListState
from tidegate.web.queue.views import SORT_WORDS, sort_choices, sort_columns

_KEYS = (("j", "k"), ("x",), ("Enter",))


def describe_list(
    scope: Scope, state: ListState, page: Page[Any], newest: uuid.UUID | None
) -> dict[str, Any]:
    """The template's variables that lists of incidents and of alerts have in common."""
    names = names_of(scope, [parse_uuid(state.chosen.assigned)])
    return {
        **describe_saved(scope.actor, state.page, state.tid, state.given),
        **_describe_filters(state, make_chips(state, names)),
        **_describe_pages(state, page, newest),
        "fields": list(filter_fields(state, owner_choices(scope), open_categories(scope))),
    }


def describe_many(
    visit: ManyVisit,
    state: ListState,
    page: Page[Any],
    newest: uuid.UUID | None,
    shown: Mapping[uuid.UUID, User],
) -> dict[str, Any]:
    """The same of a list over several tenants, with a filter by tenant; owners are the reader or nobody.

    `shown` are the tenants of the rows.
    """
    menu = tenant_menu(visit, shown, state.chosen.tenants, state.link(tenant=""))
    return {
        **describe_saved(visit.actor, state.page, state.tid, state.given),
        **_describe_filters(state, make_chips(state)),
        **_describe_pages(state, page, newest),
        "fields": list(filter_fields(state, [], KNOWN_CATEGORIES)),
        "tenants": menu,
    }


def _describe_filters(state: ListState, chips: list[Chip]) -> dict[str, Any]:
    filters = count_filters(state, chips)
    return {
        "state": state,
        "chips": chips,
        "filters": filters,
        "nothing": _describe_nothing(filters),
        "toggles": make_toggles(state),
        "severity_value": severity_value(state),
        "any_severity_url": state.link(severity=""),
        "columns": sort_columns(state),
        "sorts": sort_choices(state),
        "sorted_by": SORT_WORDS[state.chosen.order][1],
        "clear_url": state.bare_link(status="any"),
    }


def _describe_pages(state: ListState, page: Page[Any], newest: uuid.UUID | None) -> dict[str, Any]:
    return {
        "newer_url": state.cursor_link(page.previous_cursor),
        "older_url": state.cursor_link(page.next_cursor),
        "new_url": _new_url(state, newest),
        "export_forms": export_forms(state.page, state.tid, state.given),
        "hints": list(zip(_KEYS, (_("move"), _("select"), _("open")), strict=True)),
    }


def export_forms(what: str, tid: str, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """Where the whole list is had as a file: the name of each form and its address."""
    return [
        (label, tenant_link("queue_export", tid, what, form, **given))
        for label, form in (("CSV", "csv"), ("NDJSON", "ndjson"))
    ]


def read_after(values: Mapping[str, str]) -> uuid.UUID | None:
    """The id after which a list asks what came in; empty for an empty list. Raises InvalidInput."""
    text = values.get("after", "")
    after = parse_uuid(text)
    if text and after is None:
        raise InvalidInput(fields={"after": "must be the id that the page gave"})
    return after


def _describe_nothing(filters: int) -> str:
    words = ngettext("Nothing matches this filter.", "Nothing matches these %(count)d filters.", filters)
    return words % {"count": filters} if filters > 1 else words


def _new_url(state: ListState, newest: uuid.UUID | None) -> str:
    after = str(newest or "")
    return tenant_link(f"{state.page}_newer", state.tid, **{**state.given, "after": after})
