"""What a list shows, as it stands in its address: read, checked, and written into further links."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tidegate.incidents.filters import Filter, read_filter
from tidegate.incidents.words import AlertStatus, IncidentStatus
from tidegate.web.links import tenant_link
from tidegate.web.many_visit import ManyVisit
from tidegate.web.visit import Visit

PARAMETERS: Final = (
    *("status", "severity", "assigned", "category", "source", "since", "q", "sort", "tenant", "due"),
)
_LISTS: Final = frozenset({"status", "severity", "tenant"})
ANY: Final = "any"


@dataclass(frozen=True, slots=True)
class ListState:
    """One list in one tenant. `given` is what the address says, `chosen` what that comes to."""

    page: str
    tid: str
    given: Mapping[str, str]
    chosen: Filter
    cursor: str = ""

    @property
    def status(self) -> str:
        """The status asked for: a list of words, `open`, or `any`."""
        return _status(self.given)

    def link(self, **changes: str) -> str:
        """The same list with something changed, from its first page on; empty takes a choice away."""
        return tenant_link(self.page, self.tid, **{**self.given, **changes})

    def bare_link(self, **params: str) -> str:
        """The list with nothing but these choices."""
        return tenant_link(self.page, self.tid, **params)

    def cursor_link(self, cursor: str) -> str:
        """The page at a cursor, or nothing where there is none."""
        return self.link(cursor=cursor) if cursor else ""

    @property
    def own_link(self) -> str:
        """This very page."""
        return self.link(cursor=self.cursor)


def read_state(
    visit: Visit | ManyVisit, page: str, statuses: type[IncidentStatus | AlertStatus]
) -> ListState:
    """What the address asks of a list. Raises InvalidInput naming the parameter.

    Without a word on status a list shows what is open; but a search looks everywhere, because who
    types a number wants that incident, open or not.
    """
    asked = visit.request.GET
    given = {
        name: ",".join(filter(None, asked.getlist(name))) if name in _LISTS else asked.get(name, "")
        for name in PARAMETERS
    }
    given = {name: value for name, value in given.items() if value}
    status = _status(given)
    values = {**given, "status": "" if status == ANY else status}
    return ListState(page, visit.tid, given, read_filter(values, statuses), asked.get("cursor", ""))


def _status(given: Mapping[str, str]) -> str:
    return given.get("status") or (ANY if given.get("q") else "open")
