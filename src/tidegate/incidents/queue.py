"""The queue seen as a whole, and what pages show beside its rows. All of it through a Scope."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    F,
    Func,
    IntegerField,
    Model,
    Q,
    QuerySet,
    When,
)

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core import clock
from tidegate.core.ids import uuid7
from tidegate.core.prepared import INSTANT, UUID, Prepared
from tidegate.devices.models import Device
from tidegate.incidents.counters.reading import sum_columns
from tidegate.incidents.counters.tally import COLUMNS, KINDS, column_of, sum_of_kind
from tidegate.incidents.models import Alert, Comment, Incident
from tidegate.incidents.newest.questions import one_by_one
from tidegate.incidents.queries import OpenCounts, own_users
from tidegate.incidents.redaction import show_as_seen
from tidegate.incidents.visibility import seen_alerts, seen_comments, seen_evidence, seen_incidents
from tidegate.incidents.words import OPEN_ALERT, OPEN_INCIDENT, Severity

NEWER_AT_MOST: Final = 100
_LOOKED_AT: Final = 400
_RECENTLY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ViewCounts:
    """How many incidents stand in each view: those of open ones, and all with activity in 24 hours.

    The last is None over many tenants, where it would have to be counted; there `open` is how much is open
    in all, as far as it was found out with the others.
    """

    mine: int
    unassigned: int
    high: int
    recent: int | None
    open: OpenCounts | None = None


def count_views(scope: Scope | ManyScope, alerts: ManyScope | None = None) -> ViewCounts:
    """The numbers beside the views, in one statement, or two over many tenants. Raises Forbidden.

    With `alerts`, the tenants in which those may be read, what is open is summed up with the rest.
    """
    require(scope, Permission.INCIDENT_READ)
    if isinstance(scope, ManyScope):
        return _count_views_of_many(scope, alerts)
    since, user_id = clock.now() - _RECENTLY, scope.entry.user_id
    if scope.sight.hides:
        counted = _count(seen_incidents(scope), since, user_id or _NOBODY)
        return ViewCounts(*counted.get())
    found = _COUNTS.first(tenant_id=scope.tenant_id, since=since, user_id=user_id or _NOBODY)
    return ViewCounts(*(found or (0, 0, 0, 0)))


def _count(rows: QuerySet[Incident], since: datetime, user_id: uuid.UUID) -> QuerySet[Incident, Any]:
    """One row: the numbers beside the views, in their order."""
    is_open = Q(status__in=OPEN_INCIDENT)
    is_recent = Q(last_activity_at__gte=since) & ~Q(status="redirected")
    views = [is_open & Q(assigned_user_id=user_id), is_open & Q(assigned_to="")]
    views += [is_open & Q(severity=Severity.HIGH), is_recent]
    return rows.filter(is_open | is_recent).values_list(*map(_count_rows, views))


def _count_rows(condition: Q) -> Func:
    """How many rows meet it. Not Django's own Count, which would be one for each row here."""
    return Func(Case(When(condition, then=1)), function="COUNT", output_field=IntegerField())


def _count_views_of_many(scope: ManyScope, alerts: ManyScope | None) -> ViewCounts:
    own = own_users(scope)
    found = seen_incidents(one_by_one(scope)).filter(status__in=OPEN_INCIDENT)
    mine = (
        0 if own is None else found.filter(assigned_user_id__in=own, assigned_user_id__isnull=False).count()
    )
    high = column_of("incidents", Severity.HIGH)
    unassigned = "unassigned_incidents"
    is_same = alerts is not None and alerts.reach == scope.reach
    sums = sum_columns(scope, COLUMNS if is_same else (high, unassigned))
    if sums is None:
        counted = seen_incidents(scope).filter(status__in=OPEN_INCIDENT)
        sums = counted.aggregate(
            **{
                unassigned: Count("id", filter=Q(assigned_to="")),
                high: Count("id", filter=Q(severity=Severity.HIGH)),
            }
        )
        return ViewCounts(mine, sums[unassigned], sums[high], None)
    in_all = OpenCounts(**{kind: sum_of_kind(sums, kind) for kind in KINDS}) if is_same else None
    return ViewCounts(mine, sums[unassigned], sums[high], None, in_all)


def newest_incident_id(scope: Scope | ManyScope) -> uuid.UUID | None:
    """The id of the incident that came in last. Ids are UUIDv7: later ones sort after it.

    Of many tenants nothing is looked up: what comes in later sorts after an id that is made now.
    """
    require(scope, Permission.INCIDENT_READ)
    if isinstance(scope, ManyScope):
        return uuid7()
    if scope.sight.hides:
        return _id_of(_newest(seen_incidents(scope)).first())
    return _id_of(_NEWEST_INCIDENT.first(tenant_id=scope.tenant_id))


def newest_alert_id(scope: Scope | ManyScope) -> uuid.UUID | None:
    """The id of the alert that came in last, as `newest_incident_id`."""
    require(scope, Permission.ALERT_READ)
    if isinstance(scope, ManyScope):
        return uuid7()
    if scope.sight.hides:
        return _id_of(_newest(seen_alerts(scope)).first())
    return _id_of(_NEWEST_ALERT.first(tenant_id=scope.tenant_id))


def count_newer[M: Model](rows: QuerySet[M], after: uuid.UUID | None, *, of_many: bool = False) -> int:
    """How many of the rows came in after that id, whatever time they carry; `NEWER_AT_MOST` at most.

    With `of_many` what came in after it anywhere, mostly little, is looked at first: over ten thousand
    tenants SQLite would else look into each.
    """
    newer = rows.filter(id__gt=after) if after else rows
    if after and of_many:
        model: Any = rows.model
        everybody = model.objects.across_tenants().filter(id__gt=after).order_by("-id")
        arrived = list(everybody.values_list("id", flat=True)[: _LOOKED_AT + 1])
        if len(arrived) <= _LOOKED_AT:
            newer = rows.filter(id__in=arrived)
    return newer.order_by()[:NEWER_AT_MOST].count()


def open_categories(scope: Scope) -> list[str]:
    """The categories that open incidents have, in the order of the alphabet."""
    require(scope, Permission.INCIDENT_READ)
    if scope.sight.hides:
        return [category for (category,) in _categories(seen_incidents(scope))]
    return [category for (category,) in _CATEGORIES.rows(tenant_id=scope.tenant_id)]


def last_alert_at(scope: Scope | ManyScope) -> datetime | None:
    """When the tenant's last alert was active, if it ever had one."""
    require(scope, Permission.ALERT_READ)
    if isinstance(scope, ManyScope) or scope.sight.hides:
        found = _latest(seen_alerts(scope)).get()
    else:
        found = _LATEST.first(tenant_id=scope.tenant_id)
    latest = found[0] if found else None
    return latest if isinstance(latest, datetime) else None


def list_numbered(scope: Scope, numbers: Sequence[int]) -> list[Incident]:
    """The incidents with these numbers, those that are there, in the order of the numbers given."""
    require(scope, Permission.INCIDENT_READ)
    rows = seen_incidents(scope).filter(number__in=numbers).defer("raw", "extra", "description")
    found = {incident.number: incident for incident in rows}
    show_as_seen(scope, found.values())
    return [found[number] for number in numbers if number in found]


def merged_into(scope: Scope, incident: Incident) -> Incident | None:
    """The incident into which this one was merged, where that is known here."""
    require(scope, Permission.INCIDENT_READ)
    if not incident.redirect_external_id:
        return None
    # One that was made here has no id at a source: it is named by its number.
    named = Q(external_id=incident.redirect_external_id)
    if incident.redirect_external_id.isascii() and incident.redirect_external_id.isdigit():
        named |= Q(external_id="", number=int(incident.redirect_external_id[:15]))
    rows = seen_incidents(scope).filter(named)
    into = rows.defer("raw", "extra", "description").first()
    show_as_seen(scope, [into] if into else [])
    return into


def comments_of_alert(scope: Scope, alert: Alert) -> QuerySet[Comment]:
    """What was said of one alert, oldest first."""
    require(scope, Permission.ALERT_READ)
    return seen_comments(scope).filter(alert_id=alert.id).order_by("created_at", "id")


def count_open_alerts_on(scope: Scope | ManyScope, devices: Iterable[Device]) -> dict[uuid.UUID, int]:
    """How many open alerts name each of these devices; those with none are left out."""
    require(scope, Permission.ALERT_READ)
    rows = seen_evidence(scope).filter(
        device_id__in=[device.id for device in devices], alert__status__in=OPEN_ALERT
    )
    counted = rows.order_by().values("device_id").annotate(alerts=Count("alert_id", distinct=True))
    return {row["device_id"]: row["alerts"] for row in counted if row["device_id"]}


def _newest(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows.order_by("-id").values_list("id")[:1]


def _categories(rows: QuerySet[Incident]) -> QuerySet[Incident, Any]:
    found = rows.filter(status__in=OPEN_INCIDENT).exclude(category="").order_by("category")
    return found.values_list("category").distinct()[:100]


def _latest(rows: QuerySet[Alert]) -> QuerySet[Alert, Any]:
    """One row: when the last of them was active."""
    latest = Func(F("last_activity_at"), function="MAX", output_field=DateTimeField())
    return rows.values_list(latest)


def _id_of(row: Sequence[Any] | None) -> uuid.UUID | None:
    return row[0] if row else None


_NOBODY: Final = uuid.UUID(int=0)
# Where no device group is hidden these are the whole of what a scope sees. Tenants differ in size by as
# much as one to a million: a plan that suits one is no plan for another.
_COUNTS: Final = Prepared(
    lambda tenant_id, since, user_id: _count(Incident.objects.of_tenant(tenant_id), since, user_id),
    tenant_id=UUID,
    since=INSTANT,
    user_id=UUID,
).planned_anew()
_NEWEST_INCIDENT: Final = Prepared(
    lambda tenant_id: _newest(Incident.objects.of_tenant(tenant_id)), tenant_id=UUID
)
_NEWEST_ALERT: Final = Prepared(lambda tenant_id: _newest(Alert.objects.of_tenant(tenant_id)), tenant_id=UUID)
_CATEGORIES: Final = Prepared(
    lambda tenant_id: _categories(Incident.objects.of_tenant(tenant_id)), tenant_id=UUID
).planned_anew()
_LATEST: Final = Prepared(
    lambda tenant_id: _latest(Alert.objects.of_tenant(tenant_id)), tenant_id=UUID
).planned_anew()
