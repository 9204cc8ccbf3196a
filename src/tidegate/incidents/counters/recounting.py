"""Whether the counters are right: everything is counted anew and compared."""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from tidegate.incidents.counters.keeping import set_counter
from tidegate.incidents.counters.tally import COLUMNS, Tally
from tidegate.incidents.instants import take_instants
from tidegate.incidents.models import Alert, Incident, QueueCounter
from tidegate.incidents.words import OPEN_ALERT, OPEN_INCIDENT, Severity

type Tallies = dict[uuid.UUID, Tally]


@dataclass(frozen=True, slots=True)
class Difference:
    """A column of a tenant's counter that says something else than what is there."""

    tenant_id: uuid.UUID
    column: str
    kept: int
    counted: int


def find_differences(tenant_id: uuid.UUID | None = None, *, repair: bool = False) -> list[Difference]:
    """Compare the counters of all tenants, or of one, with what is there; `repair` sets those right.

    Tenants that seem to differ are looked at once more while nothing changes in them: what was written
    between two statements is no difference.
    """
    kept, counted = _read_counters(tenant_id), recount(tenant_id)
    suspects = [tid for tid in sorted({*kept, *counted}) if _differs(kept, counted, tid)]
    return [difference for suspect in suspects for difference in _look_again(suspect, repair=repair)]


def recount(tenant_id: uuid.UUID | None = None) -> Tallies:
    """What the counters of all tenants, or of one, should say; tenants with nothing open are left out."""
    tallies: Tallies = {}
    for model, kind, is_open in ((Incident, "incidents", OPEN_INCIDENT), (Alert, "alerts", OPEN_ALERT)):
        rows = model.objects.of_tenant(tenant_id) if tenant_id else model.objects.across_tenants()
        counts = {
            f"open_{kind}_{severity.word}": Count("id", filter=Q(severity=severity)) for severity in Severity
        }
        counts[f"unassigned_{kind}"] = Count("id", filter=Q(assigned_to=""))
        grouped = rows.filter(status__in=is_open).order_by().values("tenant_id").annotate(**counts)
        for of_tenant, *numbers in grouped.values_list("tenant_id", *counts):
            tallies.setdefault(of_tenant, Counter()).update(dict(zip(counts, numbers, strict=True)))
    return tallies


def _look_again(tenant_id: uuid.UUID, *, repair: bool) -> Iterator[Difference]:
    with transaction.atomic():
        # Whoever changes anything takes an instant first, and so waits until we are done.
        take_instants(tenant_id, 0)
        kept = _read_counters(tenant_id).get(tenant_id, Counter())
        counted = recount(tenant_id).get(tenant_id, Counter())
        if repair:
            set_counter(tenant_id, counted, COLUMNS)
    for column in COLUMNS:
        if kept[column] != counted[column]:
            yield Difference(tenant_id, column, kept[column], counted[column])


def _read_counters(tenant_id: uuid.UUID | None) -> Tallies:
    counters = QueueCounter.objects
    rows = counters.of_tenant(tenant_id) if tenant_id else counters.across_tenants()
    found = rows.values_list("tenant_id", *COLUMNS)
    return {of_tenant: Counter(dict(zip(COLUMNS, numbers, strict=True))) for of_tenant, *numbers in found}


def _differs(kept: Tallies, counted: Tallies, tenant_id: uuid.UUID) -> bool:
    nothing: Tally = Counter()
    one, other = kept.get(tenant_id, nothing), counted.get(tenant_id, nothing)
    return any(one[column] != other[column] for column in COLUMNS)
