"""Reading a tenant's sign-in log: filtered, newest first; and when each application last got a token."""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Max, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core.ids import parse_uuid
from tidegate.core.paging import Page, SortKey, take_page
from tidegate.oauth.models import SignIn

ORDER: Final = (SortKey("last_at"), SortKey("id"))
_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class SignInFilter:
    """What is asked of the log. Empty text and None leave a condition out.

    `application` and `user` are an id or part of a name; `is_success` is how it ended; from `since` up to,
    not at, `until`.
    """

    application: str = ""
    user: str = ""
    is_success: bool | None = None
    grant: str = ""
    since: datetime | None = None
    until: datetime | None = None


def list_sign_ins(scope: Scope | ManyScope, chosen: SignInFilter) -> QuerySet[SignIn]:
    """The tenant's sign-ins that a filter leaves, newest first. Raises Forbidden."""
    require(scope, Permission.AUDIT_READ)
    rows = SignIn.objects.in_scope(scope).newest_first()
    if chosen.application:
        rows = rows.filter(_named("client", chosen.application))
    if chosen.user:
        rows = rows.filter(_named("user", chosen.user))
    if chosen.is_success is not None:
        rows = rows.filter(result=0) if chosen.is_success else rows.exclude(result=0)
    if chosen.grant:
        rows = rows.filter(grant=chosen.grant)
    if chosen.since:
        rows = rows.filter(last_at__gte=chosen.since)
    return rows.filter(last_at__lt=chosen.until) if chosen.until else rows


def page_sign_ins(scope: Scope, chosen: SignInFilter, cursor: str) -> Page[SignIn]:
    """One page of them. Raises Forbidden, InvalidInput."""
    return take_page(list_sign_ins(scope, chosen), ORDER, cursor=cursor)


def iterate_sign_ins(scope: Scope, chosen: SignInFilter) -> Iterator[SignIn]:
    """Every sign-in that the filter leaves, newest first, a batch in memory at a time."""
    cursor = ""
    while True:
        page = take_page(list_sign_ins(scope, chosen), ORDER, cursor=cursor, size=_BATCH)
        yield from page.rows
        if not page.next_cursor:
            return
        cursor = page.next_cursor


def last_sign_ins(
    scope: Scope | ManyScope, client_ids: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], datetime]:
    """When each of these applications last got a token, by tenant and application. One statement.

    Raises Forbidden.
    """
    require(scope, Permission.APPLICATION_READ)
    rows = SignIn.objects.in_scope(scope).filter(client_id__in=client_ids, result=0)
    found = rows.order_by().values("tenant_id", "client_id").annotate(at=Max("last_at"))
    return {(row["tenant_id"], row["client_id"]): row["at"] for row in found if row["client_id"]}


def _named(prefix: str, text: str) -> Q:
    found = parse_uuid(text.strip())
    return Q(**{f"{prefix}_id": found}) if found else Q(**{f"{prefix}_name__icontains": text.strip()})
