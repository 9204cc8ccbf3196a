"""Whole lists, a block in memory at a time: what a filter leaves, for files."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Model, QuerySet

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core.paging import take_page
from tidegate.incidents.filters import BY_CLOCK, ORDERS, Filter
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.queries import list_alerts, list_incidents, page_incidents
from tidegate.incidents.redaction import show_as_seen

BLOCK: Final = 500


def read_incidents(scope: Scope | ManyScope, chosen: Filter) -> Iterator[list[Incident]]:
    """The incidents of a list in its order, in blocks. Raises Forbidden before the first."""
    if chosen.order == BY_CLOCK:
        yield from _read_by_clock(scope, chosen)
        return
    for block in _read_blocks(list_incidents(scope, chosen), chosen):
        show_as_seen(scope, block)
        yield block


def _read_by_clock(scope: Scope | ManyScope, chosen: Filter) -> Iterator[list[Incident]]:
    cursor = ""
    while True:
        page = page_incidents(scope, chosen, cursor, size=BLOCK)
        yield page.rows
        cursor = page.next_cursor
        if not cursor:
            return


def read_alerts(scope: Scope | ManyScope, chosen: Filter) -> Iterator[list[Alert]]:
    """The alerts of a list in its order, each with its incident, in blocks. Raises Forbidden."""
    for block in _read_blocks(list_alerts(scope, chosen), chosen):
        show_as_seen(scope, [alert.incident for alert in block])
        yield block


def _read_blocks[M: Model](rows: QuerySet[M], chosen: Filter) -> Iterator[list[M]]:
    cursor = ""
    while True:
        page = take_page(rows, ORDERS[chosen.order], cursor=cursor, size=BLOCK)
        yield page.rows
        cursor = page.next_cursor
        if not cursor:
            return
