"""Parts that are taken in together: which may be, and what became of each.

What each is told, and what is stored of it, is what it would have been had they come one after the other.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from tidegate.incidents.intake.alerts import AlertChanges
from tidegate.incidents.intake.batch import Batch, Counts, News, Sorted, Taken
from tidegate.incidents.intake.incidents import IncidentChanges

type Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts as one: their records, and which alert is of which part."""

    parts: Sequence[Sorted]

    @property
    def records(self) -> Sorted:
        """All records, in order."""
        if len(self.parts) == 1:
            return self.parts[0]
        return Sorted([], {name: many for part in self.parts for name, many in part.alert_records.items()})

    @property
    def places(self) -> dict[str, int]:
        """The part of each alert; of one part alone nothing is to be told."""
        if len(self.parts) == 1:
            return {}
        return {name: place for place, part in enumerate(self.parts) for name in part.alert_records}


def join_first(parts: Sequence[Sorted]) -> Joined:
    """As many of the first parts as nothing that they name keeps apart, at least one.

    No two of them tell of one alert, or of one incident of a source; a record of an incident is not joined
    with anything.
    """
    if parts[0].incident_records:
        return Joined(parts[:1])
    named: set[Name] = set()
    chosen: list[Sorted] = []
    for part in takewhile(lambda one: not one.incident_records, parts):
        names = set(_list_names(part))
        if not named.isdisjoint(names):
            break
        named |= names
        chosen.append(part)
    return Joined(chosen)


def leave_changing(joined: Joined, news: News) -> Joined:
    """Those of them that go together once it is known what they change: the same, or fewer.

    A part that changes a known alert is taken in by itself: which incidents are open afterwards, and may be
    joined, is then seen by whoever comes next.
    """
    if len(joined.parts) == 1 or not news.changing:
        return joined
    changing = set(news.changing)
    alone = takewhile(lambda part: changing.isdisjoint(part.alert_records), joined.parts)
    return Joined(list(alone) or joined.parts[:1])


def share_out(
    batch: Batch,
    joined: Joined,
    incidents: IncidentChanges,
    alerts: AlertChanges,
    correlated: Sequence[dict[str, str | int]],
) -> list[Taken]:
    """What became of each part; all of them but one alone made new alerts only, or none."""
    if len(joined.parts) == 1:
        return [_tell_all(batch, incidents, alerts, correlated)]
    began: dict[uuid.UUID, int] = {}
    for id_, place in _list_places(batch, joined, alerts):
        began.setdefault(id_, place)
    return [
        _tell_part(batch, part, [id_ for id_ in incidents.new if began.get(id_) == place], correlated)
        for place, part in enumerate(joined.parts)
    ]


def list_touched(incidents: IncidentChanges, alerts: AlertChanges) -> set[uuid.UUID]:
    """Incidents that changed, or whose alerts did."""
    return {*(alert.incident_id for alert in alerts.written()), *incidents.new, *incidents.changed}


def _list_places(batch: Batch, joined: Joined, alerts: AlertChanges) -> Iterator[tuple[uuid.UUID, int]]:
    """Incidents that have new alerts, or were named by their records, with the part that did, in order."""
    for alert in alerts.new.values():
        yield alert.incident_id, batch.part_of(alert.external_id)
    for place, part in enumerate(joined.parts):
        for kind, external_id in _list_names(part):
            # An alert that is told twice may name two of them, and is in one.
            if kind == "incident" and (incident := batch.incidents.get(external_id)):
                yield incident.id, place


def _list_names(part: Sorted) -> Iterator[Name]:
    for external_id, many in part.alert_records.items():
        yield "alert", external_id
        for record in many:
            if record.incident_external_id:
                yield "incident", record.incident_external_id


def _tell_all(
    batch: Batch,
    incidents: IncidentChanges,
    alerts: AlertChanges,
    correlated: Sequence[dict[str, str | int]],
) -> Taken:
    touched = list_touched(incidents, alerts)
    return Taken(
        batch.counts,
        new_alert_ids=list(alerts.new),
        changed_alert_ids=list(alerts.changed),
        worse_alert_ids=sorted(alerts.worse),
        new_incident_ids=list(incidents.new),
        changed_incident_ids=sorted(touched.difference(incidents.new)),
        correlated=list(correlated),
    )


def _tell_part(
    batch: Batch,
    part: Sorted,
    begun: list[uuid.UUID],
    correlated: Sequence[dict[str, str | int]],
) -> Taken:
    """Of a part whose alerts are either new, or known and told nothing new."""
    # Those of which nothing new was told were left out before the batch was opened.
    new = [batch.alerts[name] for name in part.alert_records if name in batch.alerts]
    joined = {alert.incident_id for alert in new}.difference(begun)
    unchanged = len(part.alert_records) - len(new)
    return Taken(
        Counts(created=len(new), unchanged=unchanged, incidents_created=len(begun)),
        new_alert_ids=[alert.id for alert in new],
        changed_alert_ids=[],
        worse_alert_ids=[],
        new_incident_ids=begun,
        changed_incident_ids=sorted(joined),
        correlated=[one for one in correlated if one["alert"] in part.alert_records],
    )
