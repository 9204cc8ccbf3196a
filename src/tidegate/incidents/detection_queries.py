"""Reading detections: those processed in a time, in the order in which they were, in blocks of text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.incidents.detections.described import render_described
from tidegate.incidents.detections.form import read_processed_at
from tidegate.incidents.document import read_document
from tidegate.incidents.models import Detection
from tidegate.incidents.redaction import redact_alerts
from tidegate.incidents.visibility import seen_alerts

_BLOCK: Final = 500


@dataclass(frozen=True, slots=True)
class Window:
    """Which detections: from `since` to `until`, both included; of those the newest `limit`, if one is given.

    `machine_groups`: on devices of one of these groups, by the name that the source gave or the group's own
    here. Tags: on devices that have this one; of those of the portal, one of these.
    """

    since: datetime
    until: datetime
    limit: int | None = None
    machine_groups: tuple[str, ...] = ()
    registry_tag: str = ""
    portal_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Some detections as JSON texts, oldest first, and when the newest of them was processed."""

    bodies: Sequence[str]
    newest: datetime


def read_blocks(scope: Scope, window: Window) -> Iterator[Block]:
    """The detections of a window that may be seen, in the order in which they were processed.

    One statement a block, and nothing is held open in between: what comes in meanwhile was processed later,
    and is read too if it is within the window. Raises Forbidden.
    """
    rows = _narrow(scope, window).order_by("processed_at")
    # One lower bound at a time: of two, SQLite enters its index at the first and passes over all between.
    block = _take_block(scope, rows.filter(processed_at__gte=window.since))
    while block is not None:
        yield block
        if len(block.bodies) < _BLOCK:
            return
        block = _take_block(scope, rows.filter(processed_at__gt=block.newest))


def find_start(scope: Scope, window: Window, number: int) -> datetime | None:
    """When the oldest of the newest so many in a window was processed; None where there are not so many.

    Raises Forbidden.
    """
    rows = _narrow(scope, window).filter(processed_at__gte=window.since).order_by("-processed_at")
    return next(iter(rows.values_list("processed_at", flat=True)[number - 1 : number]), None)


def _narrow(scope: Scope, window: Window) -> QuerySet[Detection]:
    """The detections of a window, but for where it begins."""
    require(scope, Permission.ALERT_READ)
    rows = Detection.objects.in_scope(scope).filter(processed_at__lte=window.until)
    if window.machine_groups:
        rows = rows.filter(_in_groups(window.machine_groups))
    if window.registry_tag:
        rows = rows.filter(registry_tags__contains=f"\n{window.registry_tag.casefold()}\n")
    if window.portal_tags:
        tagged = Q()
        for tag in window.portal_tags:
            tagged |= Q(portal_tags__contains=f"\n{tag.casefold()}\n")
        rows = rows.filter(tagged)
    if not scope.sight.hides:
        return rows
    own = seen_alerts(scope).filter(id=OuterRef("alert_id"))
    return rows.exclude(scope.sight.hidden("device__device_group_id")).filter(Exists(own))


def _take_block(scope: Scope, rows: QuerySet[Detection]) -> Block | None:
    if scope.sight.hides:
        found = list(rows[:_BLOCK])
        return Block(_conceal(scope, found), found[-1].processed_at) if found else None
    # The texts alone: a time beside each would take as long to read as they do.
    bodies = list(rows.values_list("body", flat=True)[:_BLOCK])
    return Block(bodies, read_processed_at(bodies[-1])) if bodies else None


def _conceal(scope: Scope, rows: Sequence[Detection]) -> list[str]:
    """Their bodies, without what their alerts tell of hidden devices."""
    alerts = {alert.id: alert for alert in seen_alerts(scope).filter(id__in={row.alert_id for row in rows})}
    before = {alert.id: alert.document for alert in alerts.values()}
    redact_alerts(scope, list(alerts.values()))
    # A detection that its source told is about its own device and no other.
    again = {
        (alert.id, rendered.full_id): rendered
        for alert in alerts.values()
        if alert.document != before[alert.id]
        for rendered in render_described(read_document(alert))
    }
    return [
        again[row.alert_id, row.full_id].write(row.processed_at)
        if (row.alert_id, row.full_id) in again
        else row.body
        for row in rows
    ]


def _in_groups(names: Sequence[str]) -> Q:
    found = Q()
    for name in names:
        found |= Q(machine_group__iexact=name) | Q(device__device_group__display_name__iexact=name)
    return found
