"""Saved views are made and deleted: one's own by any member of the home tenant, shared ones by managers."""

import uuid
from collections.abc import Mapping
from typing import Final

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.core.ids import uuid7
from tidegate.core.text import clean_line
from tidegate.directory.policy import lock_directory
from tidegate.incidents.models import SavedView
from tidegate.incidents.saved_views import SHARES_VIEWS, get_saved_view, own_saved_views

PAGES: Final = ("incidents", "alerts", "devices")
AT_MOST: Final = 50
LONGEST_NAME: Final = 64
_LONGEST_VALUE: Final = 2_000


def save_view(
    scope: Scope, *, page: str, name: str, params: Mapping[str, str], tid: str = "", is_shared: bool = False
) -> SavedView:
    """Keep a list's address under a name. Whoever made one of that name themselves replaces it.

    Raises NotFound for who is no member, Forbidden for a shared one, InvalidInput, Conflict when there are
    too many. The parameters are the caller's, who has read them as the list does.
    """
    own = own_saved_views(scope)
    if is_shared:
        require(scope, SHARES_VIEWS)
    line = clean_line(name, "name", longest=LONGEST_NAME)
    if page not in PAGES:
        raise InvalidInput(fields={"page": f"must be one of: {', '.join(PAGES)}"})
    if any(len(value) > _LONGEST_VALUE for value in params.values()) or len(tid) > 80:
        raise InvalidInput(fields={"params": "must be those of the list"})
    owner_id = None if is_shared else scope.entry.user_id
    with transaction.atomic():
        lock_directory(scope)
        view = own.filter(owner_user_id=owner_id, page=page, name_key=line.casefold()).first()
        if view is None and own.filter(owner_user_id=owner_id, page=page).count() >= AT_MOST:
            raise Conflict("There are fifty views already; delete one first.")
        view = view or SavedView(id=uuid7(), tenant_id=scope.tenant_id, owner_user_id=owner_id, page=page)
        view.name, view.name_key = line, line.casefold()
        view.tid, view.params, view.created_at = tid, dict(params), clock.now()
        view.save()
        record(scope, "saved_view.saved", _target(view), details=_describe(view))
    return view


def delete_view(scope: Scope, view_id: uuid.UUID) -> None:
    """Delete a view. Raises NotFound, Forbidden for a shared one."""
    with transaction.atomic():
        lock_directory(scope)
        view = get_saved_view(scope, view_id)
        if view.owner_user_id is None:
            require(scope, SHARES_VIEWS)
        record(scope, "saved_view.deleted", _target(view), details=_describe(view))
        view.delete()


def _target(view: SavedView) -> Target:
    return Target("saved_view", str(view.id), view.name)


def _describe(view: SavedView) -> dict[str, object]:
    shared = view.owner_user_id is None
    return {"page": view.page, "tid": view.tid, "params": view.params, "is_shared": shared}
