"""Looking at saved views: one's own, and those that the home tenant shares."""

import uuid
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, F, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.core.prepared import INSTANT, TEXT, UUID, Prepared, PreparedObjects
from tidegate.core.scoped import ScopedQuerySet
from tidegate.customers.members import members_in_force, require_member
from tidegate.incidents.models import SavedView

SHARES_VIEWS: Final = Permission.TENANT_GROUP_MANAGE
"""What one must hold at home to make or delete a view of everybody's there."""


def list_saved_views(
    account_id: uuid.UUID | None, home_tenant_id: uuid.UUID | None, page: str
) -> list[SavedView]:
    """The views of one list that a person may use, by name; none unless they are a member at home now.

    One statement where nobody there has kept any, else two.
    """
    if account_id is None or home_tenant_id is None or not _ANY.rows(home_id=home_tenant_id, page=page):
        return []
    return _USABLE.all(account_id=account_id, home_id=home_tenant_id, at=clock.now(), page=page)


def _usable(account_id: uuid.UUID, home_id: uuid.UUID, at: datetime, page: str) -> QuerySet[SavedView]:
    members = members_in_force(account_id, home_id, at)
    shared = Q(Exists(members), owner_user_id__isnull=True)
    rows = SavedView.objects.of_tenant(home_id).filter(
        shared | Q(owner_user_id__in=members.values("id")), page=page
    )
    return rows.order_by("name_key", F("owner_user_id").asc(nulls_last=True))


def _any(home_id: uuid.UUID, page: str) -> QuerySet[SavedView, Any]:
    return SavedView.objects.of_tenant(home_id).filter(page=page).values_list("id")[:1]


_ANY: Final = Prepared(_any, home_id=UUID, page=TEXT)
_USABLE: Final = PreparedObjects(_usable, account_id=UUID, home_id=UUID, at=INSTANT, page=TEXT)


def own_saved_views(scope: Scope) -> ScopedQuerySet[SavedView]:
    """Those that the actor may see in the home tenant that is open. Raises NotFound for who is no member."""
    require_member(scope)
    seen = Q(owner_user_id__isnull=True)
    if scope.entry.user_id is not None:
        seen |= Q(owner_user_id=scope.entry.user_id)
    rows: ScopedQuerySet[SavedView] = SavedView.objects.in_scope(scope)
    return rows.filter(seen)


def get_saved_view(scope: Scope, view_id: uuid.UUID) -> SavedView:
    """One of them. Raises NotFound, the same for one that is absent and one of others."""
    view = own_saved_views(scope).filter(id=view_id).first()
    if view is None:
        raise NotFound("There is no such view.")
    return view
