"""What a list of incidents or alerts can be narrowed by, read from an address and checked."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import CharField, Model, Q, QuerySet

from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid
from tidegate.core.paging import SortKey
from tidegate.directory.models import User
from tidegate.incidents.words import OPEN_ALERT, OPEN_INCIDENT, AlertStatus, IncidentStatus, Severity

SPANS: Final[Mapping[str, timedelta]] = {
    "1h": timedelta(hours=1),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
ORDERS: Final[Mapping[str, tuple[SortKey, ...]]] = {
    "age": (SortKey("created_at"), SortKey("id")),
    "oldest": (SortKey("created_at", descending=False), SortKey("id", descending=False)),
    "activity": (SortKey("last_activity_at"), SortKey("id")),
    "severity": (SortKey("severity"), SortKey("created_at"), SortKey("id")),
}
BY_CLOCK: Final = "due"
"""The order of incidents by what falls due first, which no column of theirs has (`clocks.pages`)."""
DUE: Final = ("late", "soon")
# The user ids of whoever reads, in the tenants they read; None for somebody who is no user there.
type Own = QuerySet[User, uuid.UUID] | Collection[uuid.UUID] | None

UNASSIGNED: Final = "none"
TENANTS_AT_MOST: Final = 50
MINE: Final = "me"


@dataclass(frozen=True, slots=True)
class Filter:
    """Chosen values; an empty choice leaves that side open. `status` may be `open` for all open ones.

    `tenants` narrows a list over several; it opens none. `due` is how an incident's clock stands.
    """

    severities: tuple[Severity, ...] = ()
    statuses: tuple[str, ...] = ()
    assigned: str = ""
    category: str = ""
    source: str = ""
    span: str = ""
    text: str = ""
    order: str = "age"
    tenants: tuple[uuid.UUID, ...] = ()
    due: str = ""


def read_filter(values: Mapping[str, str], statuses: type[IncidentStatus | AlertStatus]) -> Filter:
    """Read a filter from an address's parameters. Raises InvalidInput naming the parameter."""
    words = _read_words(values.get("severity", ""), "severity", {s.word for s in Severity})
    assigned = values.get("assigned", "")
    if assigned not in {"", MINE, UNASSIGNED} and parse_uuid(assigned) is None:
        raise InvalidInput(fields={"assigned": "must be me, none, or a user's id"})
    has_clocks = statuses is IncidentStatus
    return Filter(
        severities=tuple(Severity.of_word(word) for word in words),
        statuses=_read_words(values.get("status", ""), "status", {"open", *statuses.values}),
        assigned=assigned,
        category=_read_text(values, "category", 64),
        source=_read_text(values, "source", 64),
        span=_read_one(values.get("since", ""), "since", {"", *SPANS}),
        text=_read_text(values, "q", 200),
        order=_read_one(values.get("sort", "age"), "sort", {*ORDERS, BY_CLOCK} if has_clocks else {*ORDERS}),
        tenants=_read_tenants(values.get("tenant", "")),
        due=_read_one(values.get("due", ""), "due", {"", *DUE}) if has_clocks else "",
    )


def apply_filter[M: Model](rows: QuerySet[M], chosen: Filter, own: Callable[[], Own]) -> QuerySet[M]:
    """The rows that the filter leaves, for a reader whose own users are `own`, where that is asked."""
    if chosen.tenants:
        rows = rows.filter(tenant_id__in=chosen.tenants)
    if chosen.severities:
        rows = rows.filter(severity__in=chosen.severities)
    if chosen.statuses:
        rows = rows.filter(status__in=_expand(chosen.statuses) & _statuses_of(rows.model))
    if chosen.assigned:
        rows = rows.filter(_assigned(chosen.assigned, own))
    if chosen.category:
        rows = rows.filter(category__iexact=chosen.category)
    if chosen.span:
        rows = rows.filter(last_activity_at__gte=clock.now() - SPANS[chosen.span])
    return rows


def assigned_to(choice: str, own: Callable[[], Own]) -> Q | None:
    """The condition that rows are in the hands of whom a filter names; None where it names nobody."""
    return _assigned(choice, own) if choice not in {"", UNASSIGNED} else None


def _assigned(choice: str, own: Callable[[], Own]) -> Q:
    if choice == UNASSIGNED:
        return Q(assigned_to="")
    if choice != MINE:
        return Q(assigned_user_id=uuid.UUID(choice))
    # Someone who is no user here has nothing assigned: an id of None must not match rows without one.
    users = own()
    return Q(pk__in=[]) if users is None else Q(assigned_user_id__in=users)


def _expand(statuses: tuple[str, ...]) -> set[str]:
    chosen = set(statuses)
    return chosen | {*OPEN_INCIDENT, *OPEN_ALERT} if "open" in chosen else chosen


def _statuses_of(model: type[Model]) -> set[str]:
    # No more words than the table knows, or the index over what is open would not be seen to fit.
    field = model._meta.get_field("status")
    return {str(value) for value, _ in field.flatchoices} if isinstance(field, CharField) else set()


def _read_words(text: str, field: str, known: set[str]) -> tuple[str, ...]:
    words = tuple(word for word in text.split(",") if word)
    for word in words:
        _read_one(word, field, known)
    return words


def _read_tenants(text: str) -> tuple[uuid.UUID, ...]:
    given = [word for word in text.split(",") if word]
    found = [tenant_id for tenant_id in map(parse_uuid, given) if tenant_id]
    if len(found) < len(given) or len(found) > TENANTS_AT_MOST:
        raise InvalidInput(fields={"tenant": f"must be directory IDs, at most {TENANTS_AT_MOST}"})
    return tuple(found)


def _read_one(word: str, field: str, known: set[str]) -> str:
    if word not in known:
        choices = ", ".join(sorted(known - {""}))
        raise InvalidInput(fields={field: f"must be one of: {choices}"})
    return word


def _read_text(values: Mapping[str, str], field: str, longest: int) -> str:
    text = values.get(field, "").strip()
    if len(text) > longest or "\0" in text:
        raise InvalidInput(fields={field: f"must be at most {longest} characters"})
    return text
