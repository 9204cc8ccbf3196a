"""Evidence of many alerts under headings: each thing once, with the worst verdict that anyone gave it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from tidegate.connectors.records import Json
from tidegate.incidents.evidence import GROUPS, worse_verdict
from tidegate.incidents.indicators import first_named
from tidegate.incidents.models import Evidence
from tidegate.web.evidence.describing import (
    HEADINGS,
    ICONS,
    OTHER_ICON,
    describe_body,
    describe_kind,
    read_body,
)
from tidegate.web.evidence.fields import Fields, list_fields
from tidegate.web.inert import show_inert

_WORST_FIRST: Final = {"malicious": 0, "suspicious": 1, "unknown": 2, "noThreatsFound": 3}


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that alerts name; `times` is how many of them do."""

    kind: str
    icon: str
    name: str
    second: str
    verdict: str
    remediation: str
    times: int
    body: dict[str, Json]

    @property
    def fields(self) -> Fields:
        """All its members, known to us or not."""
        return list_fields(self.body)

    @property
    def sighted(self) -> str:
        """What it is looked for by in other tenants; "" where nothing of it is."""
        return first_named(self.body)

    @property
    def kind_words(self) -> str:
        """What it is, as Graph says."""
        return describe_kind(self.kind)


@dataclass(frozen=True, slots=True)
class Group:
    """Things under one heading, the worst first."""

    key: str
    heading: Promise
    things: tuple[Thing, ...]


def group_evidence(rows: Iterable[Evidence], *, leave_out: frozenset[str] = frozenset()) -> list[Group]:
    """Evidence by heading, in the order of the headings; `leave_out` names headings shown elsewhere."""
    by_group: dict[str, dict[str, list[Evidence]]] = {}
    for row in rows:
        key = GROUPS.get(row.kind, "other")
        if key not in leave_out:
            by_group.setdefault(key, {}).setdefault(row.key, []).append(row)
    return [
        Group(key, heading, _sort(_make_thing(same) for same in by_group[key].values()))
        for key, heading in HEADINGS.items()
        if key in by_group
    ]


def make_things(rows: Iterable[Evidence]) -> list[Thing]:
    """Every piece by itself, in the order of its source."""
    return [_make_thing([row]) for row in rows]


def count_things(groups: Iterable[Group], verdict: str = "") -> int:
    """How many things there are, or how many with this verdict."""
    return sum(1 for group in groups for thing in group.things if verdict in {"", thing.verdict})


def _sort(things: Iterable[Thing]) -> tuple[Thing, ...]:
    return tuple(sorted(things, key=lambda thing: _WORST_FIRST.get(thing.verdict, 2)))


def _make_thing(same: list[Evidence]) -> Thing:
    verdict = same[0].verdict
    for row in same[1:]:
        verdict = worse_verdict(verdict, row.verdict)
    # The last of them tells most: a later alert has seen more of the same thing.
    row, body = same[-1], read_body(same[-1].body)
    return Thing(
        kind=row.kind,
        icon=ICONS.get(row.kind, OTHER_ICON),
        name=show_inert(row.name),
        second=show_inert(describe_body(row.kind, body)),
        verdict=verdict or "unknown",
        remediation=row.remediation_status,
        times=len({each.alert_id for each in same}),
        body=body,
    )
