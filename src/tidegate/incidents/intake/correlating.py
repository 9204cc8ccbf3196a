"""New alerts that come without an incident of their source join incidents of ours: found, decided, written.

What is near is looked for before anything is locked, and its incidents are then locked with all others, in
the one order in which everybody locks. What was moved, closed or merged meanwhile is seen after that.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from tidegate.connectors.records import AlertRecord, EvidenceRecord
from tidegate.core import clock
from tidegate.core.one_of import list_values
from tidegate.core.prepared import TEXT, UUID, Prepared
from tidegate.incidents.correlation.keeping import forget_keys, keep_keys, keep_keys_anew
from tidegate.incidents.correlation.keys import Key, find_keys
from tidegate.incidents.correlation.matching import Correlator, Home, Named, Span, Trace
from tidegate.incidents.correlation.rules import Rules, read_rules
from tidegate.incidents.correlation.stored import Stored, find_stored
from tidegate.incidents.intake.alerts import AlertChanges
from tidegate.incidents.intake.batch import Batch, Join, Sorted
from tidegate.incidents.intake.news import choose_news
from tidegate.incidents.models import Alert, Correlation, Incident
from tidegate.incidents.words import OPEN_ALERT, OPEN_INCIDENT, AlertStatus

_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
# Of one thing, as many alerts are looked at as so many full incidents hold.
_FULL_INCIDENTS: Final = 2


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An alert as its records tell it: what it names, when it was active, whether it is open."""

    keys: list[Key]
    span: Span
    is_open: bool


@dataclass(frozen=True, slots=True)
class Near:
    """Alerts of the batch that name no incident, and what stored alerts have in common with them."""

    rules: Rules = field(default_factory=Rules)
    newcomers: Mapping[str, Newcomer] = field(default_factory=dict)
    stored: Sequence[Stored] = ()
    incident_ids: frozenset[uuid.UUID] = frozenset()


def find_near(tenant_id: uuid.UUID, records: Sorted) -> Near:
    """What the alerts of a batch may join: three statements at most, none where each names its incident."""
    newcomers = {
        external_id: told
        for external_id, many in records.alert_records.items()
        if not many[0].incident_external_id and (told := _read_told(many))
    }
    if not newcomers:
        return Near()
    rules = read_rules(tenant_id)
    stored = find_stored(tenant_id, _list_wanted(newcomers.values(), rules), _FULL_INCIDENTS * rules.largest)
    if not stored:
        return Near(rules, newcomers)
    ids = list_values({row.alert_id for row in stored})
    ours = _OPEN_HOMES.rows(tenant_id=tenant_id, alert_ids=ids)
    return Near(rules, newcomers, stored, frozenset(incident_id for (incident_id,) in ours))


def correlate(batch: Batch, near: Near) -> None:
    """Decide which new alerts join which incident: the batch keeps it as its joins."""
    if not near.newcomers:
        return
    correlator, homes = Correlator(near.rules), dict[uuid.UUID, Home]()
    renewed = dict(_read_renewed(batch))
    for external_id, incident, row in _list_standing(batch, near):
        if external_id not in renewed:
            trace = Trace(external_id, row.span, row.device_key, row.alert_id)
            correlator.note(row.kind, row.value, trace, _home_of(homes, incident))
    for place, (external_id, newcomer) in enumerate(near.newcomers.items()):
        known = batch.alerts.get(external_id)
        if known is None:
            _place(batch, correlator, external_id, newcomer, place)
        elif told := renewed.get(external_id):
            incident = batch.incidents_by_id[known.incident_id]
            correlator.note_all(external_id, told.keys, told.span, _home_of(homes, incident))


def write_correlations(batch: Batch, near: Near, changes: AlertChanges) -> None:
    """By what the written alerts are found from now on, and why new ones came beside another."""
    alone = ((alert, near.newcomers.get(alert.external_id)) for alert in changes.new.values())
    keep_keys(batch.tenant_id, [(alert, told.keys) for alert, told in alone if told])
    changed = [alert for alert in changes.changed.values() if _is_in_ours(batch, alert)]
    if changed:
        keep_keys_anew(batch.tenant_id, changed)
    forget_keys(batch.tenant_id, changes.moved.difference(alert.id for alert in changed))
    if batch.joins:
        now = clock.now()
        Correlation.objects.bulk_create(_make(batch, id_, join, now) for id_, join in batch.joins.items())


def tell_correlations(batch: Batch) -> list[dict[str, str | int]]:
    """The same for the audit log: alerts by their ids on the wire, incidents by their numbers."""
    return [
        {
            "alert": external_id,
            "incident": batch.incidents_by_id[batch.alerts[external_id].incident_id].number,
            "by": str(join.match.key.kind),
            "shared": join.match.key.label,
            "with": join.match.other.external_id,
        }
        for external_id, join in batch.joins.items()
    ]


def _read_told(
    records: Sequence[AlertRecord], known: str = "", told_at: datetime = _ALWAYS
) -> Newcomer | None:
    """What an alert is once these records are in; None where none of them tells all of it.

    The first of an alert that is not known yet does, whatever it is.
    """
    told: AlertRecord | None = None
    evidence: list[EvidenceRecord] = []
    last = _ALWAYS
    for record, _digest, replaces in choose_news(records, known, told_at):
        if replaces or (told is None and not known):
            told, evidence, last = record, [], _ALWAYS
        if told is not None:
            evidence += record.evidence
            last = max(last, record.last_activity_at or record.created_at)
    if told is None:
        return None
    status = told.status if told.status in AlertStatus else AlertStatus.UNKNOWN
    span = Span(told.first_activity_at or told.created_at, last)
    return Newcomer(find_keys(one.body for one in evidence), span, status in OPEN_ALERT)


def _list_wanted(newcomers: Iterable[Newcomer], rules: Rules) -> Iterator[tuple[Named, Span]]:
    """What to look for, and from when to when: times of one thing that overlap are one."""
    spans: dict[Named, list[Span]] = {}
    for newcomer in newcomers:
        span = Span(newcomer.span.first - rules.window, newcomer.span.last + rules.window)
        for key in newcomer.keys:
            if key.kind in rules.kinds:
                spans.setdefault((key.kind, key.value), []).append(span)
    for named, many in spans.items():
        first, last = min(many)
        for span in sorted(many):
            if span.first > last:
                yield named, Span(first, last)
                first = span.first
            last = max(last, span.last)
        yield named, Span(first, last)


def _read_renewed(batch: Batch) -> Iterator[tuple[str, Newcomer | None]]:
    """Known alerts of ours that the batch tells anew, or gives to an incident of their source (None)."""
    for external_id, known in batch.alerts.items():
        if not _is_in_ours(batch, known):
            continue
        records = batch.alert_records[external_id]
        told = _read_told(records, known.source_hashes, known.source_updated_at)
        if records[0].incident_external_id and not known.placed_at:
            yield external_id, None
        elif told:
            yield external_id, told


def _list_standing(batch: Batch, near: Near) -> Iterator[tuple[str, Incident, Stored]]:
    """What is stored, with its alert's id on the wire and its incident, where that was locked and is ours."""
    if not near.incident_ids:
        return
    ids = list_values({row.alert_id for row in near.stored})
    alerts = {row[0]: row[1:] for row in _HOMES.rows(tenant_id=batch.tenant_id, alert_ids=ids)}
    for row in near.stored:
        external_id, incident_id = alerts[row.alert_id]
        incident = batch.incidents_by_id.get(incident_id)
        if incident is not None and _is_ours(incident):
            yield external_id, incident, row


def _is_ours(incident: Incident) -> bool:
    """Whether no source ever told of it."""
    return not incident.external_id


def _is_in_ours(batch: Batch, alert: Alert) -> bool:
    return _is_ours(batch.incidents_by_id[alert.incident_id])


def _home_of(homes: dict[uuid.UUID, Home], incident: Incident) -> Home:
    is_open = incident.status in OPEN_INCIDENT
    home = Home((0, str(incident.id)), incident.alert_count, is_open, incident.id)
    return homes.setdefault(incident.id, home)


def _place(batch: Batch, correlator: Correlator, external_id: str, newcomer: Newcomer, place: int) -> None:
    match = correlator.find(newcomer.keys, newcomer.span)
    if match is None:
        home = Home((1, f"{place:06}"), 0, is_open=False, beginner=external_id)
    else:
        home = match.home
        batch.joins[external_id] = Join(match, home.incident_id, home.beginner)
    home.size += 1
    home.is_open |= newcomer.is_open
    correlator.note_all(external_id, newcomer.keys, newcomer.span, home)


def _make(batch: Batch, external_id: str, join: Join, now: datetime) -> Correlation:
    alert, (key, other, _home, apart) = batch.alerts[external_id], join.match
    return Correlation(
        tenant_id=batch.tenant_id,
        alert_id=alert.id,
        incident_id=alert.incident_id,
        other_id=other.alert_id or batch.alerts[other.external_id].id,
        kind=key.kind,
        value=key.value,
        label=key.label,
        device_key=key.device_key,
        other_device_key=other.device_key,
        seconds_apart=int(apart.total_seconds()),
        at=now,
    )


def _ask_homes(tenant_id: uuid.UUID, alert_ids: str) -> QuerySet[Alert, Any]:
    rows = Alert.objects.of_tenant(tenant_id).filter(Q(id__one_of=alert_ids))
    return rows.values_list("id", "external_id", "incident_id")


def _ask_open_homes(tenant_id: uuid.UUID, alert_ids: str) -> QuerySet[Alert, Any]:
    rows = Alert.objects.of_tenant(tenant_id).filter(Q(id__one_of=alert_ids))
    ours = rows.filter(incident__external_id="", incident__status__in=OPEN_INCIDENT)
    return ours.values_list("incident_id")


_HOMES: Final = Prepared(_ask_homes, tenant_id=UUID, alert_ids=TEXT)
_OPEN_HOMES: Final = Prepared(_ask_open_homes, tenant_id=UUID, alert_ids=TEXT).planned_anew()
