"""Saved views beside a list: each an address over the tenants that it names, or over those that are open."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet

from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.core.prepared import INSTANT, UUID, PreparedObjects
from tidegate.directory.models import User
from tidegate.gate.reach import EnterableTenants
from tidegate.gate.several import names_several
from tidegate.incidents.models import SavedView
from tidegate.incidents.saved_views import SHARES_VIEWS, list_saved_views
from tidegate.web.links import tenant_link


@dataclass(frozen=True, slots=True)
class SavedLink:
    """One view as the menu shows it."""

    view: SavedView
    url: str
    current: bool


def describe_saved(actor: Actor, page: str, tid: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The template's variables of the menu of views. Two statements."""
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
        "may_share_views": _may_share(actor),
        "saved_page": page,
        "saved_query": urlencode(dict(given)),
        "saved_tid": tid if names_several(tid) else "",
    }


def _may_share(actor: Actor) -> bool:
    """Whether a view that they save may be all their colleagues'."""
    if actor.account_id is None or actor.home_tenant_id is None:
        return False
    return bool(_SHARING.all(account_id=actor.account_id, home_id=actor.home_tenant_id, at=clock.now()))


def _sharing(account_id: uuid.UUID, home_id: uuid.UUID, at: datetime) -> QuerySet[User]:
    return EnterableTenants(account_id, SHARES_VIEWS, at).users().filter(tenant_id=home_id)


_SHARING: Final = PreparedObjects(_sharing, account_id=UUID, home_id=UUID, at=INSTANT)
