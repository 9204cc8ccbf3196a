"""The inbox: what rules put there for somebody, as far as they may enter and see it at this instant."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, ManyScope
from tidegate.core.errors import NotFound
from tidegate.core.paging import Page, SortKey, take_page
from tidegate.core.prepared import UUID, Prepared
from tidegate.gate.opening import open_many
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.redaction import show_as_seen
from tidegate.incidents.visibility import seen_alerts, seen_incidents
from tidegate.notifications.clocks import CLOCK_WORDS, clock_of
from tidegate.notifications.models import InboxItem
from tidegate.notifications.words import ABOUT_INCIDENTS

type Key = tuple[uuid.UUID, uuid.UUID]
"""A tenant and a row of it."""

_NEWEST: Final = (SortKey("created_at"), SortKey("id"))


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An item, with the alert that it is about, which its reader sees. Link it in `item.tenant_id`.

    `incident` is the one in which the alert is now, where the rule tells of incidents.
    """

    item: InboxItem
    alert: Alert
    step: int
    incident: Incident | None = None

    @property
    def clock_words(self) -> str:
        """What of a service level is told, in the reader's language; "" where it is not of that."""
        return str(CLOCK_WORDS.get(clock_of(self.item.notification.key), ""))


def page_inbox(actor: Actor, cursor: str, *, only_unread: bool = False) -> Page[InboxItem]:
    """One page of somebody's inbox over all tenants, newest first. Raises InvalidInput.

    Only what is about alerts, or incidents with them, that they may read now. `item.tenant` and
    `item.notification` are loaded; `describe_items` gives the words.
    """
    rows = _seen_items(actor)
    rows = rows.filter(read_at__isnull=True) if only_unread else rows
    return take_page(rows.select_related("tenant", "notification"), _NEWEST, cursor=cursor)


def describe_items(actor: Actor, items: Sequence[InboxItem]) -> list[InboxRow]:
    """The items of one page with their alerts and incidents, in their order.

    A statement a tenant on the page, and another where something there is about incidents.
    """
    alerts: dict[Key, Alert] = {}
    scope = _reading(actor)
    for tenant_id, ids in _by_tenant(items):
        rows = seen_alerts(scope).filter(tenant_id=tenant_id, id__in=ids).defer("document", "raw")
        alerts |= {(tenant_id, alert.id): alert for alert in rows}
    incidents = _read_incidents(actor, scope, items, alerts)
    return [
        InboxRow(item, alert, item.notification.step, incidents.get((item.tenant_id, alert.incident_id)))
        for item in items
        if (alert := _alert_of(item, alerts)) is not None
    ]


def get_item(actor: Actor, item_id: uuid.UUID) -> InboxRow:
    """One item of somebody's inbox, as far as they may see it now. Raises NotFound."""
    items = _seen_items(actor).filter(id=item_id).select_related("tenant", "notification")
    found = describe_items(actor, list(items))
    if not found:
        raise NotFound("There is no such item.")
    return found[0]


def count_unread(actor: Actor, at_most: int = 100) -> int:
    """How many items somebody has not read, counted no further than this: "99+".

    One statement where there are none, as for most people on most pages; else two.
    """
    if actor.account_id is None or not _UNREAD.rows(account_id=actor.account_id):
        return 0
    return _seen_items(actor).filter(read_at__isnull=True)[:at_most].count()


def _unread(account_id: uuid.UUID) -> QuerySet[InboxItem, Any]:
    items = InboxItem.objects.across_tenants().filter(account_id=account_id, read_at__isnull=True)
    return items.values_list("id")[:1]


_UNREAD: Final = Prepared(_unread, account_id=UUID)


def own_items(actor: Actor) -> QuerySet[InboxItem]:
    """Every item in somebody's inbox, whatever they may see of it now; nobody's for nobody."""
    rows = InboxItem.objects.across_tenants()
    return rows.filter(account_id=actor.account_id) if actor.account_id else rows.none()


def _seen_items(actor: Actor) -> QuerySet[InboxItem]:
    alerts = seen_alerts(_reading(actor)).filter(
        tenant_id=OuterRef("tenant_id"), id=OuterRef("notification__alert_id")
    )
    reach = open_many(actor, Permission.INCIDENT_READ)
    is_readable = ~Q(notification__about__in=ABOUT_INCIDENTS) | reach.restrict("tenant_id")
    return own_items(actor).filter(Exists(alerts), is_readable)


def _read_incidents(
    actor: Actor, scope: ManyScope, items: Sequence[InboxItem], alerts: Mapping[Key, Alert]
) -> dict[Key, Incident]:
    """The incidents of those items that tell of one, as far as they are seen."""
    wanted: dict[uuid.UUID, set[uuid.UUID]] = {}
    for item in items:
        alert = _alert_of(item, alerts)
        if alert is not None and item.notification.about in ABOUT_INCIDENTS:
            wanted.setdefault(item.tenant_id, set()).add(alert.incident_id)
    found: dict[Key, Incident] = {}
    reach = open_many(actor, Permission.INCIDENT_READ)
    for tenant_id, ids in wanted.items():
        rows = seen_incidents(reach).filter(tenant_id=tenant_id, id__in=ids)
        found |= {(tenant_id, one.id): one for one in rows.defer("raw", "extra", "description")}
    show_as_seen(scope, list(found.values()))
    return found


def _alert_of(item: InboxItem, alerts: Mapping[Key, Alert]) -> Alert | None:
    own_id = item.notification.alert_id
    return alerts.get((item.tenant_id, own_id)) if own_id else None


def _reading(actor: Actor) -> ManyScope:
    return open_many(actor, Permission.ALERT_READ)


def _by_tenant(items: Iterable[InboxItem]) -> Iterator[tuple[uuid.UUID, list[uuid.UUID]]]:
    pairs = sorted(
        (item.tenant_id, item.notification.alert_id) for item in items if item.notification.alert_id
    )
    for tenant_id, some in groupby(pairs, key=lambda pair: pair[0]):
        yield tenant_id, [alert_id for _tenant, alert_id in some]
