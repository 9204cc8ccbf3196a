"""Beside which other alert a new one belongs. Pure: knows neither tables nor tenants.

A new alert joins the incident of an alert with which it shares something, the strongest kind first: the same
process says more than the same file, that more than the same user, that more than the same device. Of several
such alerts the nearest in time decides, then the older incident. Incidents that are closed or full take none.
One that would fit two incidents joins one of them and leaves both as they are.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tidegate.incidents.correlation.keys import Key
from tidegate.incidents.correlation.rules import Rules
from tidegate.incidents.models import CorrelationKind

type Named = tuple[CorrelationKind, str]


class Span(NamedTuple):
    """From when to when an alert was active."""

    first: datetime
    last: datetime

    def apart(self, other: "Span") -> timedelta:
        """The time between the two; zero where they overlap."""
        return max(timedelta(0), self.first - other.last, other.first - self.last)


@dataclass(slots=True)
class Home:
    """An incident that an alert may join. `age` sorts the older one first; `size` is its number of alerts.

    It is stored, or `beginner` is the alert that begins it.
    """

    age: tuple[int, str]
    size: int
    is_open: bool
    incident_id: uuid.UUID | None = None
    beginner: str = ""


class Trace(NamedTuple):
    """That an alert named something: its id on the wire, when it was, and on which device.

    `alert_id` is its own id where it is stored.
    """

    external_id: str
    span: Span
    device_key: str
    alert_id: uuid.UUID | None = None


class Match(NamedTuple):
    """Why an alert belongs beside another: the key that both have, the other, and how far apart they are."""

    key: Key
    other: Trace
    home: Home
    apart: timedelta


class Correlator:
    """Alerts by what they name, in the order in which they came: first who is there, then who is new."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._strength = [kind for kind in CorrelationKind if kind in rules.kinds]
        self._traces: dict[Named, dict[tuple[int, str], tuple[Home, list[Trace]]]] = {}

    def note(self, kind: CorrelationKind, value: str, trace: Trace, home: Home) -> None:
        """An alert of this incident names this."""
        homes = self._traces.setdefault((kind, value), {})
        homes.setdefault(home.age, (home, []))[1].append(trace)

    def note_all(self, external_id: str, keys: Iterable[Key], span: Span, home: Home) -> None:
        """An alert of this incident names all this."""
        for key in keys:
            self.note(key.kind, key.value, Trace(external_id, span, key.device_key), home)

    def find(self, keys: Iterable[Key], span: Span) -> Match | None:
        """Beside which alert one with these keys belongs; None for one that begins an incident of its own."""
        by_kind: dict[CorrelationKind, list[Key]] = {}
        for key in keys:
            by_kind.setdefault(key.kind, []).append(key)
        for kind in self._strength:
            found = [match for key in by_kind.get(kind, ()) for match in self._sharing(key, span)]
            if found:
                return min(found, key=_rank)
        return None

    def _sharing(self, key: Key, span: Span) -> Iterator[Match]:
        for home, traces in self._traces.get((key.kind, key.value), {}).values():
            if not home.is_open or home.size >= self._rules.largest:
                continue
            nearest = min(traces, key=lambda trace: (span.apart(trace.span), trace.span, trace.external_id))
            apart = span.apart(nearest.span)
            if apart <= self._rules.window:
                yield Match(key, nearest, home, apart)


def _rank(match: Match) -> tuple[timedelta, tuple[int, str], str]:
    return match.apart, match.home.age, match.key.value
