"""The rows of the Customers page: where one is a guest, until when, and what waits there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.directory.models import User
from tidegate.directory.queries import list_enterable, list_guest_users
from tidegate.gate.opening import open_many
from tidegate.gate.roles import role_names_by_tenant
from tidegate.incidents.queries import count_open_by_tenant
from tidegate.incidents.statistics import last_alerts, oldest_unassigned
from tidegate.web import frame as fr
from tidegate.web.framing import portal_link
from tidegate.web.links import tenant_link
from tidegate.web.overview import to_counts
from tidegate.web.plots.model import SeverityCounts

SOON: Final = timedelta(days=7)


class Hindrance(StrEnum):
    """Why a tenant in the list cannot be entered at this instant."""

    ENDED = "ended"
    NOT_BEGUN = "not_begun"
    BLOCKED = "blocked"


REASONS: Final[Mapping[Hindrance, Promise]] = {
    Hindrance.ENDED: _("Your access has ended."),
    Hindrance.NOT_BEGUN: _("Your access has not begun."),
    Hindrance.BLOCKED: _("An administrator of this tenant has blocked you."),
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


def list_customers(actor: Actor) -> list[CustomerRow]:
    """Every tenant in which the actor is a guest, those with the most severe open incidents first.

    The same number of statements, however many tenants.
    """
    if actor.account_id is None:
        return []
    readable = open_many(actor, Permission.INCIDENT_READ)
    counts = {tid: to_counts(found) for tid, found in count_open_by_tenant(readable).items()}
    last, oldest = last_alerts(readable), oldest_unassigned(readable)
    roles = role_names_by_tenant(actor.account_id, clock.now())
    may_read = set(list_enterable(readable).values_list("tenant_id", flat=True))
    rows = [
        _make_row(
            user,
            tuple(roles.get(user.tenant_id, ())),
            counts.get(user.tenant_id, SeverityCounts()) if user.tenant_id in may_read else None,
            oldest.get(user.tenant_id),
            last.get(user.tenant_id),
        )
        for user in list_guest_users(actor.account_id)
    ]
    return sorted(rows, key=_urgency)


def matches(row: CustomerRow, text: str) -> bool:
    """Whether a row is meant by what somebody typed: part of its name or of its Directory ID."""
    wanted = text.casefold()
    return wanted in row.badge.display_name.casefold() or wanted in row.badge.tenant_id


def _make_row(
    user: User,
    roles: tuple[str, ...],
    counts: SeverityCounts | None,
    oldest: datetime | None,
    last: datetime | None,
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
    )


def _hindrance(user: User, now: datetime) -> Hindrance | None:
    if user.blocked_at:
        return Hindrance.BLOCKED
    if user.starts_at > now:
        return Hindrance.NOT_BEGUN
    if user.ends_at is not None and user.ends_at <= now:
        return Hindrance.ENDED
    return None


def _urgency(row: CustomerRow) -> tuple[object, ...]:
    counts = row.counts or SeverityCounts()
    return (
        row.hindrance is not None,
        -counts.high,
        -counts.medium,
        -counts.low,
        row.badge.display_name.casefold(),
    )
