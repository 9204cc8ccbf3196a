"""Sums of the counters over what a scope reaches; where something is hidden, rows are counted."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core.prepared import UUID, Prepared, read_values
from tidegate.incidents.counters.tally import COLUMNS, KINDS, column_of, sum_of_kind
from tidegate.incidents.models import QueueCounter
from tidegate.incidents.visibility import seen_alerts, seen_incidents
from tidegate.incidents.words import OPEN_ALERT, OPEN_INCIDENT, Severity

type BySeverity = dict[Severity, int]


def sum_open(scope: Scope | ManyScope, kinds: Sequence[str] = KINDS) -> dict[str, int]:
    """How many incidents, alerts, or both are open. One statement; one more for each kind if some are hidden.

    Asks for no permission: its callers do.
    """
    found = _sum(scope, [column_of(kind, severity) for kind in kinds for severity in Severity])
    sums = {kind: sum_of_kind(found, kind) for kind in kinds}
    if scope.sight.hides:
        for kind in kinds:
            sums[kind] += _hidden_from(scope, kind).count()
    return sums


def sum_columns(scope: Scope | ManyScope, columns: Sequence[str]) -> Mapping[str, int] | None:
    """The sums of these columns; None where something is hidden, and rows have to be counted."""
    return None if scope.sight.hides else _sum(scope, columns)


def open_by_tenant(scope: ManyScope) -> dict[uuid.UUID, Mapping[Severity, int]]:
    """Open incidents of each tenant in scope, by severity; what there is none of is left out."""
    columns = [column_of("incidents", severity) for severity in Severity]
    rows = _counters(scope, columns).values_list("tenant_id", *columns)
    # Most tenants have few open, and so the same numbers as many others: those share what is said of them.
    name_numbers = cache(_name_numbers)
    found = {tenant_id: name_numbers(tuple(numbers)) for tenant_id, *numbers in read_values(rows)}
    return found | _count_hidden(scope) if scope.sight.hides else found


def _name_numbers(numbers: tuple[int, ...]) -> Mapping[Severity, int]:
    return {severity: number for severity, number in zip(Severity, numbers, strict=True) if number}


def _count_hidden(scope: ManyScope) -> dict[uuid.UUID, Mapping[Severity, int]]:
    """The same of those tenants in which something is hidden."""
    found: dict[uuid.UUID, BySeverity] = {}
    counted = _hidden_from(scope, "incidents").values("tenant_id", "severity").order_by()
    for row in counted.annotate(number=Count("id")):
        found.setdefault(row["tenant_id"], {})[Severity(row["severity"])] = row["number"]
    return {**found}


def _sum(scope: Scope | ManyScope, columns: Sequence[str]) -> Mapping[str, int]:
    if isinstance(scope, Scope) and not scope.sight.hides:
        row = _OF_TENANT.first(tenant_id=scope.tenant_id) or [0] * len(COLUMNS)
        return Counter(dict(zip(COLUMNS, row, strict=True)))
    found = _counters(scope, columns).aggregate(**{f"all_{name}": Sum(name) for name in columns})
    return Counter({name: found[f"all_{name}"] or 0 for name in columns})


def _of_tenant(tenant_id: uuid.UUID) -> QuerySet[QueueCounter, Any]:
    return QueueCounter.objects.of_tenant(tenant_id).values_list(*COLUMNS)


_OF_TENANT: Final = Prepared(_of_tenant, tenant_id=UUID)


def _counters(scope: Scope | ManyScope, columns: Sequence[str]) -> QuerySet[QueueCounter]:
    """The counters of the tenants in scope in which nothing is hidden, but those that count nothing here."""
    some = _any_of(columns)
    everybody = QueueCounter.objects.across_tenants().filter(some)
    reach = scope.reach.at_once(everybody) if isinstance(scope, ManyScope) else scope
    rows = QueueCounter.objects.in_scope(reach).filter(some)
    return rows.exclude(scope.sight.hides_in("tenant_id")) if scope.sight.hides else rows


def _hidden_from(scope: Scope | ManyScope, kind: str) -> QuerySet[Any]:
    """The open rows in those tenants in which something is hidden, as far as they are seen."""
    rows: QuerySet[Any] = seen_incidents(scope) if kind == "incidents" else seen_alerts(scope)
    is_open: Sequence[str] = OPEN_INCIDENT if kind == "incidents" else OPEN_ALERT
    return rows.filter(scope.sight.hides_in("tenant_id"), status__in=is_open)


def _any_of(columns: Sequence[str]) -> Q:
    condition = Q()
    for name in columns:
        condition |= ~Q(**{name: 0})
    return condition
