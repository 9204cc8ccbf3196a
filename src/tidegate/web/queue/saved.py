"""Saved views beside a list: each an address over the tenants that it names, or over those that are open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tidegate.authorization.scope import Actor
from tidegate.gate.several import names_several
from tidegate.incidents.models import SavedView
from tidegate.incidents.saved_views import list_saved_views
from tidegate.web.links import tenant_link


@dataclass(frozen=True, slots=True)
class SavedLink:
    """One view as the menu shows it."""

    view: SavedView
    url: str
    current: bool


def describe_saved(actor: Actor, page: str, tid: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The template's variables of the menu of views. One statement."""
    views = list_saved_views(actor.account_id, actor.home_tenant_id, page)
    return {
        "saved_views": [
            SavedLink(
                view,
                tenant_link(page, view.tid or tid, **dict(sorted(view.params.items()))),
                current=view.params == dict(given) and view.tid in {"", tid},
            )
            for view in views
        ],
        "saved_page": page,
        "saved_query": urlencode(dict(given)),
        "saved_tid": tid if names_several(tid) else "",
    }
