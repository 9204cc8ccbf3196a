"""One batch of records, sorted out before anything is written."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from django.db.models import Q, QuerySet
from msgspec.structs import replace

from tidegate.connectors.records import AlertRecord, IncidentRecord, Record
from tidegate.core.one_of import list_values
from tidegate.core.prepared import TEXT, UUID, Prepared, PreparedObjects
from tidegate.directory.models import User
from tidegate.incidents.correlation.matching import Match
from tidegate.incidents.instants import Instants, open_instants
from tidegate.incidents.intake.news import choose_news
from tidegate.incidents.models import Alert, Incident


@dataclass(slots=True)
class Counts:
    """What became of the records: alerts and incidents made, changed, or left as they were."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    incidents_created: int = 0
    incidents_updated: int = 0
    incidents_unchanged: int = 0

    @property
    def changed_anything(self) -> bool:
        """Whether anything is not as it was before."""
        return bool(self.created or self.updated or self.incidents_created or self.incidents_updated)

    def add(self, other: "Counts") -> None:
        """Add another batch's counts to these."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a batch: the counts, and the ids of what is new, has changed, or has become worse."""

    counts: Counts
    new_alert_ids: list[uuid.UUID]
    changed_alert_ids: list[uuid.UUID]
    worse_alert_ids: list[uuid.UUID]
    new_incident_ids: list[uuid.UUID]
    changed_incident_ids: list[uuid.UUID]
    correlated: list[dict[str, str | int]]

    def details(self) -> dict[str, object]:
        """All of it but the counts: readers of the record learn from it what to tell of."""
        told = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "counts"}
        return {name: value for name, value in told.items() if value or name != "correlated"}


@dataclass(frozen=True, slots=True)
class Sorted:
    """The records of one batch: incidents, and alerts by their id at their source."""

    incident_records: list[IncidentRecord]
    alert_records: dict[str, list[AlertRecord]]


@dataclass(frozen=True, slots=True)
class News:
    """The records of a batch that may say something new, and the incidents of known alerts among them.

    `unchanged` is how many alerts were left out, `changing` the ids at their source of those that are known.
    """

    records: Sorted
    incident_ids: Collection[uuid.UUID]
    unchanged: int
    changing: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Join:
    """Why a new alert joins an incident of ours: that with this id, or that which another new one begins."""

    match: Match
    incident_id: uuid.UUID | None
    beginner: str


@dataclass(slots=True)
class Batch:
    """The records of one batch with what the tenant already has of them."""

    tenant_id: uuid.UUID
    incident_records: list[IncidentRecord]
    alert_records: dict[str, list[AlertRecord]]
    incidents: dict[str, Incident]
    alerts: dict[str, Alert]
    users: dict[str, uuid.UUID]
    instants: Instants
    incidents_by_id: dict[uuid.UUID, Incident] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    joins: dict[str, Join] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)
    """Of each alert that came in one of several parts, which; of one part nothing is noted."""

    def part_of(self, external_id: str) -> int:
        """The place of the part in which an alert came."""
        return self.parts.get(external_id, 0)


def sort_records(records: Sequence[Record]) -> Sorted:
    """Sort records out. Those of one alert agree on its incident."""
    incidents = [record for record in records if isinstance(record, IncidentRecord)]
    return Sorted(incidents, _group_alerts(records))


def leave_known(tenant_id: uuid.UUID, records: Sorted) -> News:
    """Leave out the alerts of which nothing new is told: one statement, and nothing more for those.

    To be asked under the lock under which alerts come in: nobody else says what is known of them.
    """
    by_id, incident_ids, unchanged, changing = dict(records.alert_records), set(), 0, set()
    for external_id, incident_id, hashes, told_at in _STANDING.rows(
        tenant_id=tenant_id, external_ids=list_values(by_id)
    ):
        if any(choose_news(by_id[external_id], hashes, told_at)):
            incident_ids.add(incident_id)
            changing.add(external_id)
        else:
            del by_id[external_id]
            unchanged += 1
    return News(Sorted(records.incident_records, by_id), incident_ids, unchanged, changing)


def open_batch(
    tenant_id: uuid.UUID,
    news: News,
    beside: Collection[uuid.UUID] = (),
    parts: Mapping[str, int] | None = None,
) -> Batch:
    """Load and lock what is known of the records, and take instants for what will change.

    `beside` are ids of further incidents, which new alerts may join; `parts` as in the batch.

    Incidents are locked before their alerts, as everywhere, so that nobody who works on one of them
    waits for us while we wait for them; and what they change meanwhile is not overwritten.
    """
    incident_records, by_id = news.records.incident_records, news.records.alert_records
    wanted = {record.external_id for record in incident_records}
    wanted |= {a.incident_external_id for many in by_id.values() for a in many if a.incident_external_id}
    rows = _INCIDENTS.all(
        tenant_id=tenant_id,
        external_ids=list_values(wanted),
        ids=list_values({*news.incident_ids, *beside}),
    )
    alerts = _ALERTS.all(tenant_id=tenant_id, external_ids=list_values(by_id)) if news.incident_ids else []
    if moved := {alert.incident_id for alert in alerts} - {row.id for row in rows}:
        # Somebody moved an alert while we waited for its incident.
        rows += _INCIDENTS.all(tenant_id=tenant_id, external_ids="[]", ids=list_values(moved))
    return Batch(
        tenant_id=tenant_id,
        incident_records=incident_records,
        alert_records=by_id,
        incidents={row.external_id: row for row in rows if row.external_id},
        alerts={alert.external_id: alert for alert in alerts},
        users=_find_users(tenant_id, incident_records, by_id.values()),
        incidents_by_id={row.id: row for row in rows},
        counts=Counts(unchanged=news.unchanged),
        instants=open_instants(tenant_id),
        parts=parts or {},
    )


def fit_word(word: str) -> str:
    """A classification or determination as its column keeps it; Graph's own words all fit."""
    return word if len(word) <= 32 else "unknown"


def _group_alerts(records: Iterable[Record]) -> dict[str, list[AlertRecord]]:
    by_id: dict[str, list[AlertRecord]] = {}
    for record in _all_alerts(records):
        by_id.setdefault(record.external_id, []).append(record)
    return {external_id: _agree_on_incident(many) for external_id, many in by_id.items()}


def _agree_on_incident(many: list[AlertRecord]) -> list[AlertRecord]:
    """Where one record of an alert names its incident, the others that name none mean the same."""
    named = next((record.incident_external_id for record in many if record.incident_external_id), None)
    return [record if record.incident_external_id else _put_into(named, record) for record in many]


def _all_alerts(records: Iterable[Record]) -> Iterable[AlertRecord]:
    for record in records:
        if isinstance(record, AlertRecord):
            yield record
        else:
            # The incident that holds an alert knows best where it belongs.
            yield from (_put_into(record.external_id, alert) for alert in record.alerts)


def _put_into(incident_id: str | None, alert: AlertRecord) -> AlertRecord:
    if alert.incident_external_id == incident_id:
        return alert
    return replace(alert, incident_external_id=incident_id)


def _find_users(
    tenant_id: uuid.UUID, incidents: Iterable[IncidentRecord], alerts: Iterable[list[AlertRecord]]
) -> dict[str, uuid.UUID]:
    names = {record.assigned_to.lower() for record in incidents}
    names |= {record.assigned_to.lower() for many in alerts for record in many}
    names.discard("")
    if not names:
        return {}
    users = User.objects.of_tenant(tenant_id).filter(removed_at__isnull=True, mail__in=names)
    return dict(users.values_list("mail", "id"))


def _ask_standing(tenant_id: uuid.UUID, external_ids: str) -> QuerySet[Alert, Any]:
    rows = Alert.objects.of_tenant(tenant_id).filter(Q(external_id__one_of=external_ids))
    return rows.values_list("external_id", "incident_id", "source_hashes", "source_updated_at")


def _ask_incidents(tenant_id: uuid.UUID, external_ids: str, ids: str) -> QuerySet[Incident]:
    rows = Incident.objects.of_tenant(tenant_id).select_for_update(of=("self",))
    # That it has one at all is what the index of those ids wants to be told.
    named = Q(external_id__one_of=external_ids) & ~Q(external_id="")
    return rows.filter(named | Q(id__one_of=ids)).order_by("id")


def _ask_alerts(tenant_id: uuid.UUID, external_ids: str) -> QuerySet[Alert]:
    rows = Alert.objects.of_tenant(tenant_id).select_for_update(of=("self",))
    return rows.filter(Q(external_id__one_of=external_ids)).order_by("id")


_STANDING: Final = Prepared(_ask_standing, tenant_id=UUID, external_ids=TEXT)
_INCIDENTS: Final = PreparedObjects(_ask_incidents, tenant_id=UUID, external_ids=TEXT, ids=TEXT)
_ALERTS: Final = PreparedObjects(_ask_alerts, tenant_id=UUID, external_ids=TEXT)
