"""Incidents by what falls due first: those with a clock by their clocks, then all others, the newest first.

An index over the clocks of one home tenant has them in order, whatever the number of its customers; whether
the incident of a clock is on the list is asked of each that is come upon, of as many as there are at most.
A cursor says in which of the two parts it is: `c` by the clock, `r` the rest, `e` back from the end of those
with a clock.
"""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core.errors import InvalidInput
from tidegate.core.paging import Keyset, Page, SortKey, read_keyset
from tidegate.incidents.clocks.reading import own_clocks, struck
from tidegate.incidents.models import Incident, IncidentClock
from tidegate.incidents.newest.questions import one_by_one

CLOCK_ORDER: Final = (SortKey("due_at", descending=False), SortKey("id", descending=False))
_CLOCKS, _REST, _END = "c", "r", "e"


@dataclass(frozen=True, slots=True)
class ByClock:
    """A list to be read by the clock.

    `ask` gives its incidents for a scope; `rest` a page of those among them without a clock. `among` is a
    condition that few of them meet, where there is one; `due` and `tenants` narrow the clocks; `heavy`
    columns are not read.
    """

    scope: Scope | ManyScope
    ask: Callable[[Scope | ManyScope], QuerySet[Incident]]
    rest: Callable[[str, int], Page[Incident]]
    among: Q | None
    heavy: Collection[str]
    due: str = ""
    tenants: Collection[uuid.UUID] = ()

    @property
    def has_rest(self) -> bool:
        """Whether incidents without a clock are on the list."""
        return not self.due

    def page(self, cursor: str, size: int) -> Page[Incident]:
        """One page. Raises InvalidInput naming `cursor` for one that this list did not give."""
        part, _dot, inner = cursor.partition(".")
        if not cursor or part == _CLOCKS:
            return self._page_of_clocks(read_keyset(IncidentClock, CLOCK_ORDER, cursor=inner, size=size))
        if part == _END and not inner:
            return self._page_of_clocks(Keyset(CLOCK_ORDER, size, backwards=True, values=None))
        if part == _REST and self.has_rest:
            return self._page_of_rest(inner, size)
        raise InvalidInput(fields={"cursor": "is not one that this list gave"})

    def _page_of_clocks(self, keys: Keyset) -> Page[Incident]:
        page = self._read_clocks(keys)
        incidents = [row.incident for row in page.rows]
        before = f"{_CLOCKS}.{page.previous_cursor}" if page.previous_cursor else ""
        if keys.backwards and keys.values is None:
            return Page(incidents, f"{_REST}." if self.has_rest else "", before)
        if page.next_cursor:
            return Page(incidents, f"{_CLOCKS}.{page.next_cursor}", before)
        if not self.has_rest:
            return Page(incidents, "", before)
        missing = keys.size - len(incidents)
        rest = self.rest("", missing or 1)
        if not missing:
            return Page(incidents, f"{_REST}." if rest.rows else "", before)
        return Page([*incidents, *rest.rows], _within(_REST, rest.next_cursor), before)

    def _page_of_rest(self, inner: str, size: int) -> Page[Incident]:
        rest = self.rest(inner, size)
        after = _within(_REST, rest.next_cursor)
        if rest.previous_cursor:
            return Page(rest.rows, after, f"{_REST}.{rest.previous_cursor}")
        missing = size - len(rest.rows)
        if not inner or not missing:
            is_there = bool(self._read_clocks(Keyset(CLOCK_ORDER, 1, backwards=True, values=None)).rows)
            return Page(rest.rows, after, f"{_END}." if is_there else "")
        # On the way back the first of the rest do not fill a page: the last with a clock come before them.
        last = self._read_clocks(Keyset(CLOCK_ORDER, missing, backwards=True, values=None))
        incidents = [*(row.incident for row in last.rows), *rest.rows]
        return Page(incidents, after, _within(_CLOCKS, last.previous_cursor))

    def _read_clocks(self, keys: Keyset) -> Page[IncidentClock]:
        listed = self.ask(one_by_one(self.scope)).filter(
            tenant_id=OuterRef("tenant_id"), id=OuterRef("incident_id")
        )
        # Said so that no database looks up all that is listed before it comes upon the first clock.
        there = Q(IsNull(Subquery(listed.order_by().values("id")[:1]), False))  # noqa: FBT003  it takes it so
        columns = _columns(IncidentClock), _columns(Incident, self.heavy, "incident__")
        rows = self._clocks().filter(there).select_related("incident").only(*columns[0], *columns[1])
        found = keys.after(rows).order_by(*map(str, keys.direction))
        return keys.make_page(list(found[: keys.most]))

    def _clocks(self) -> QuerySet[IncidentClock]:
        rows = own_clocks(self.scope.actor)
        if isinstance(self.scope, Scope):
            rows = rows.in_scope(self.scope)
        if self.tenants:
            rows = rows.filter(tenant_id__in=self.tenants)
        if self.among is not None:
            few = Incident.objects.across_tenants().filter(self.among)
            rows = rows.filter(incident_id__in=few.values("id"))
        return rows.filter(struck(self.due)) if self.due else rows


def _within(part: str, cursor: str) -> str:
    return f"{part}.{cursor}" if cursor else ""


def _columns(model: type[Model], heavy: Collection[str] = (), prefix: str = "") -> list[str]:
    return [f"{prefix}{field.name}" for field in model._meta.concrete_fields if field.name not in heavy]
