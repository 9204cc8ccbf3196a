"""The rows of the Customers page: where one is a guest, until when, and what waits there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.directory.models import User
from tidegate.directory.queries import list_guest_users
from tidegate.directory.stops import read_kept_out, with_kept_out
from tidegate.gate.opening import open_many
from tidegate.gate.roles import role_names_by_tenant
from tidegate.incidents.statistics import last_alerts, oldest_unassigned
from tidegate.web import frame as fr
from tidegate.web.asking import Asked, extend_urls
from tidegate.web.customer_ranks import Ranked
from tidegate.web.framing import portal_link
from tidegate.web.links import tenant_link
from tidegate.web.plots.model import SeverityCounts

SOON: Final = timedelta(days=7)


class Hindrance(StrEnum):
    """Why a tenant in the list cannot be entered at this instant."""

    ENDED = "ended"
    NOT_BEGUN = "not_begun"
    BLOCKED = "blocked"
    STOPPED = "stopped"
    LEFT_HOME = "left_home"


REASONS: Final[Mapping[Hindrance, Promise]] = {
    Hindrance.ENDED: _("Your access has ended."),
    Hindrance.NOT_BEGUN: _("Your access has not begun."),
    Hindrance.BLOCKED: _("An administrator of this tenant has blocked you."),
    Hindrance.STOPPED: _("This tenant has stopped access from outside."),
    Hindrance.LEFT_HOME: _("Your own organization no longer lets you in."),
}


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One tenant of the list. `counts` is None where incidents may not be read or it cannot be entered."""

    badge: fr.TenantBadge
    portal_link: str
    role_names: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None
    ends_soon: bool
    hindrance: Hindrance | None
    reason: str
    counts: SeverityCounts | None
    oldest_unassigned: datetime | None
    last_alert: datetime | None
    extend_url: str = ""
    pending: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def list_customers(
    actor: Actor,
    ranked: Sequence[Ranked],
    asked: list[Asked],
    tags: Mapping[UUID, list[str]] = MappingProxyType({}),
) -> list[CustomerRow]:
    """The rows of these tenants, in their order.

    `asked` are the actor's requests that wait, `tags` those of the tenants that they see tags of.
    The same number of statements, however many tenants.
    """
    if actor.account_id is None:
        return []
    ids = [one.tenant_id for one in ranked]
    readable, now = open_many(actor, Permission.INCIDENT_READ), clock.now()
    may_read = set(readable.reach.tenant_ids().filter(tenant_id__in=ids).values_list("tenant_id", flat=True))
    last, oldest = last_alerts(readable, ids), oldest_unassigned(readable, ids)
    roles, extending = role_names_by_tenant(actor.account_id, now, ids), extend_urls(actor, among=ids)
    pending = _group_by_tenant(asked)
    guests = list_guest_users(actor.account_id).filter(tenant_id__in=ids)
    users = {user.tenant_id: user for user in with_kept_out(guests, now)}
    rows = [
        _make_row(
            users[one.tenant_id],
            tuple(roles.get(one.tenant_id, ())),
            one.counts if one.tenant_id in may_read else None,
            oldest.get(one.tenant_id),
            last.get(one.tenant_id),
            extending.get(one.tenant_id, ""),
            pending.get(one.tenant_id, ()),
        )
        for one in ranked
        if one.tenant_id in users
    ]
    return [replace(row, tags=tuple(tags.get(UUID(row.badge.tenant_id), ()))) for row in rows]


CSV_HEAD: Final = (
    "name",
    "directory_id",
    "link",
    "roles",
    "access_begins",
    "access_ends",
    "hindrance",
    "open_high",
    "open_medium",
    "open_low",
    "open_informational",
    "oldest_unassigned",
    "last_alert",
    "tags",
    "pending_requests",
)


def as_csv_row(row: CustomerRow) -> list[object]:
    """One row of the list as a file, as `CSV_HEAD` names its columns; times in ISO 8601."""
    counts = row.counts
    numbers = (counts.high, counts.medium, counts.low, counts.informational) if counts else (None,) * 4
    return [
        row.badge.display_name,
        row.badge.tenant_id,
        row.portal_link,
        "; ".join(row.role_names),
        *_iso(row.starts_at, row.ends_at),
        row.hindrance,
        *numbers,
        *_iso(row.oldest_unassigned, row.last_alert),
        "; ".join(row.tags),
        "; ".join(row.pending),
    ]


def _iso(*times: datetime | None) -> list[str]:
    return [at.isoformat() if at else "" for at in times]


def _make_row(
    user: User,
    roles: tuple[str, ...],
    counts: SeverityCounts | None,
    oldest: datetime | None,
    last: datetime | None,
    extending: str,
    pending: tuple[str, ...],
) -> CustomerRow:
    now, tid = clock.now(), str(user.tenant_id)
    hindrance = _hindrance(user, now)
    url = "" if hindrance else tenant_link("overview", tid)
    return CustomerRow(
        badge=fr.tenant_badge(tid, user.tenant.display_name, fr.Relation.GUEST, url),
        portal_link=portal_link(tid),
        role_names=roles,
        starts_at=user.starts_at,
        ends_at=user.ends_at,
        ends_soon=user.ends_at is not None and now < user.ends_at <= now + SOON,
        hindrance=hindrance,
        reason=str(REASONS[hindrance]) if hindrance else "",
        counts=None if hindrance else counts,
        oldest_unassigned=oldest,
        last_alert=last,
        extend_url=extending,
        pending=pending,
    )


def _hindrance(user: User, now: datetime) -> Hindrance | None:
    if user.blocked_at:
        return Hindrance.BLOCKED
    if user.starts_at > now:
        return Hindrance.NOT_BEGUN
    if user.ends_at is not None and user.ends_at <= now:
        return Hindrance.ENDED
    kept_out = read_kept_out(user)
    return Hindrance(kept_out) if kept_out else None


def _group_by_tenant(asked: list[Asked]) -> dict[UUID, tuple[str, ...]]:
    names: dict[UUID, tuple[str, ...]] = {}
    for one in asked:
        tenant_id = one.request.tenant_id
        names[tenant_id] = (*names.get(tenant_id, ()), one.request.package.display_name)
    return names
