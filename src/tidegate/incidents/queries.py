"""Looking at the queue. Every question starts from a Scope; unseen is NotFound, the same as absent."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.core.paging import Keyset, Page, read_keyset, take_page
from tidegate.core.prepared import UUID, PreparedObjects
from tidegate.devices.models import Device, Identity
from tidegate.devices.visibility import seen_devices
from tidegate.directory.models import User
from tidegate.incidents.clocks.pages import ByClock
from tidegate.incidents.clocks.reading import are_few, has_clock, is_due
from tidegate.incidents.counters.reading import open_by_tenant, sum_open
from tidegate.incidents.filters import BY_CLOCK, ORDERS, Filter, Own, apply_filter, assigned_to
from tidegate.incidents.models import Alert, Comment, Evidence, ImportRun, Incident
from tidegate.incidents.newest.pages import page_newest
from tidegate.incidents.newest.questions import Question
from tidegate.incidents.redaction import find_hidden_evidence, redact_alerts, show_as_seen
from tidegate.incidents.visibility import seen_alerts, seen_comments, seen_evidence, seen_incidents
from tidegate.incidents.words import OPEN_ALERT, OPEN_INCIDENT, Severity

_HEAVY_ALERT = ("document", "raw")
# What a list says of an alert's incident, and what tells whether all of that is seen (`redaction`).
_INCIDENT_OF_ALERT = (
    "tenant", "id", "number", "display_name", "severity", "status", "alert_count", "device_count",
    "identity_count", "source_updated_at",
)  # fmt: skip
_NOT_SHOWN = ("source_hashes", "source_format", "source_updated_at", "placed_at", "worked_at")
_HEAVY_INCIDENT = ("raw", "extra", "description")


@dataclass(frozen=True, slots=True)
class OpenCounts:
    """How much is open, for the navigation."""

    incidents: int
    alerts: int


def list_incidents(scope: Scope | ManyScope, chosen: Filter) -> QuerySet[Incident]:
    """The incidents that a filter leaves. Raises Forbidden."""
    return _show_incidents(_filter_incidents(scope, chosen))


def _shown_incidents() -> QuerySet[Incident]:
    return _show_incidents(Incident.objects.across_tenants())


def _show_incidents(rows: QuerySet[Incident]) -> QuerySet[Incident]:
    return rows.defer(*_HEAVY_INCIDENT)


def _filter_incidents(scope: Scope | ManyScope, chosen: Filter) -> QuerySet[Incident]:
    require(scope, Permission.INCIDENT_READ)
    rows: QuerySet[Incident] = apply_filter(seen_incidents(scope), chosen, partial(own_users, scope))
    if chosen.due:
        rows = rows.filter(is_due(scope.actor, chosen.due))
    if chosen.text:
        number = int(chosen.text) if chosen.text.isascii() and chosen.text.isdigit() else None
        by_number = Q(number=number) if number is not None else Q(pk__in=[])
        rows = rows.filter(_named(scope, chosen.text) | by_number)
    if chosen.source:
        alerts = seen_alerts(scope).filter(service_source__iexact=chosen.source)
        if isinstance(scope, Scope):
            return rows.filter(id__in=alerts.values("incident_id"))
        # Of many tenants the list would be as long as all their alerts.
        return rows.filter(Exists(_in_outer_incident(alerts)))
    return rows


def _in_outer_incident(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    return alerts.filter(tenant_id=OuterRef("tenant_id"), incident_id=OuterRef("id"))


def page_incidents(
    scope: Scope | ManyScope, chosen: Filter, cursor: str, *, size: int = 50
) -> Page[Incident]:
    """One page of them, in the filter's order. Raises Forbidden, InvalidInput."""
    if chosen.order == BY_CLOCK:
        page = _page_by_clock(scope, chosen, cursor, size)
    elif isinstance(scope, Scope) and not (scope.sight.hides or cursor) and _is_of_words(chosen):
        return _first_page(scope, chosen, size)
    else:
        require(scope, Permission.INCIDENT_READ)
        form = _name_form(chosen)
        page = _page_by_columns(scope, chosen, partial(_filter_incidents, chosen=chosen), cursor, size, form)
    show_as_seen(scope, page.rows)
    return page


type _Ask = Callable[[Scope | ManyScope], QuerySet[Incident]]


def _page_by_columns(
    scope: Scope | ManyScope, chosen: Filter, ask: _Ask, cursor: str, size: int, form: Filter | None = None
) -> Page[Incident]:
    order = ORDERS[chosen.order]
    if isinstance(scope, ManyScope) and chosen.order == "age":
        question = _put(scope, chosen, ask, OPEN_INCIDENT, form)
        keys = read_keyset(Incident, order, cursor=cursor, size=size)
        return page_newest(scope, question, Incident.objects.across_tenants(), _shown_incidents, keys)
    return take_page(_show_incidents(ask(scope)), order, cursor=cursor, size=size)


def _first_page(scope: Scope, chosen: Filter, size: int) -> Page[Incident]:
    """The first page of one tenant, narrowed by nothing but words of ours: what most readers ask for."""
    require(scope, Permission.INCIDENT_READ)
    keys = Keyset(ORDERS[chosen.order], size, backwards=False, values=None)
    return keys.make_page(_first_rows(chosen, keys.most).all(tenant_id=scope.tenant_id))


def _name_form(chosen: Filter) -> Filter | None:
    return chosen if _is_of_words(chosen) else None


def _is_of_words(chosen: Filter) -> bool:
    """Whether a filter says nothing that differs from reader to reader, or from one instant to the next."""
    return chosen == Filter(chosen.severities, chosen.statuses, order=chosen.order)


@lru_cache(maxsize=64)
def _first_rows(chosen: Filter, most: int) -> PreparedObjects[Incident]:
    def build(tenant_id: uuid.UUID) -> QuerySet[Incident]:
        rows = apply_filter(Incident.objects.of_tenant(tenant_id), chosen, lambda: None)
        return _show_incidents(rows).order_by(*map(str, ORDERS[chosen.order]))[:most]

    # A plan that suits a small tenant would sort all rows of a large one.
    return PreparedObjects(build, tenant_id=UUID).planned_anew()


def _page_by_clock(scope: Scope | ManyScope, chosen: Filter, cursor: str, size: int) -> Page[Incident]:
    without = ~has_clock(scope.actor)
    newest = replace(chosen, order="age")

    def rest(after: str, most: int) -> Page[Incident]:
        return _page_by_columns(
            scope, newest, lambda one: _filter_incidents(one, chosen).filter(without), after, most
        )

    among = assigned_to(chosen.assigned, partial(own_users, scope))
    # How a clock must stand is asked of the clocks themselves.
    ask = partial(_filter_incidents, chosen=replace(chosen, due=""))
    by_clock = ByClock(scope, ask, rest, among, _HEAVY_INCIDENT, chosen.due, chosen.tenants)
    return by_clock.page(cursor, size)


def get_incident(scope: Scope, number: int) -> Incident:
    """The incident with this number, or with this number at its source. Raises NotFound, Forbidden."""
    require(scope, Permission.INCIDENT_READ)
    rows = seen_incidents(scope)
    incident = rows.filter(number=number).first() or rows.filter(external_id=str(number)).first()
    if incident is None:
        raise NotFound("There is no such incident.")
    show_as_seen(scope, [incident])
    return incident


def list_alerts(scope: Scope | ManyScope, chosen: Filter) -> QuerySet[Alert]:
    """The alerts that a filter leaves, each with its incident. Raises Forbidden."""
    return _with_incident(_filter_alerts(scope, chosen))


def _filter_alerts(scope: Scope | ManyScope, chosen: Filter) -> QuerySet[Alert]:
    require(scope, Permission.ALERT_READ)
    rows: QuerySet[Alert] = apply_filter(seen_alerts(scope), chosen, partial(own_users, scope))
    if chosen.text:
        rows = rows.filter(Q(title__icontains=chosen.text) | Q(external_id=chosen.text))
    if chosen.source:
        rows = rows.filter(service_source__iexact=chosen.source)
    return rows


def page_alerts(scope: Scope | ManyScope, chosen: Filter, cursor: str, *, size: int = 50) -> Page[Alert]:
    """One page of them, in the filter's order. Raises Forbidden, InvalidInput."""
    require(scope, Permission.ALERT_READ)
    order = ORDERS[chosen.order]
    if isinstance(scope, ManyScope) and chosen.order == "age":
        ask = partial(_filter_alerts, chosen=chosen)
        question = _put(scope, chosen, ask, OPEN_ALERT, _name_form(chosen))
        keys = read_keyset(Alert, order, cursor=cursor, size=size)
        page = page_newest(scope, question, Alert.objects.across_tenants(), _shown_alerts, keys)
    else:
        page = take_page(list_alerts(scope, chosen), order, cursor=cursor, size=size)
    show_as_seen(scope, [alert.incident for alert in page.rows])
    return page


def get_alert(scope: Scope, external_id: str) -> Alert:
    """One alert by its id on the wire, with its incident; without what is about hidden devices.

    Raises NotFound, Forbidden.
    """
    require(scope, Permission.ALERT_READ)
    rows = seen_alerts(scope).select_related("incident")
    alert = rows.filter(external_id=external_id).first() if "\0" not in external_id else None
    if alert is None:
        raise NotFound("There is no such alert.")
    redact_alerts(scope, [alert])
    show_as_seen(scope, [alert.incident])
    return alert


def alerts_of(scope: Scope, incident: Incident) -> QuerySet[Alert]:
    """An incident's alerts, in the order in which they happened; their documents are not redacted yet."""
    require(scope, Permission.ALERT_READ)
    rows = seen_alerts(scope).filter(incident_id=incident.id).defer("raw")
    return rows.order_by("first_activity_at", "id")


def comments_of(scope: Scope, incident: Incident) -> QuerySet[Comment]:
    """What was said of an incident and its alerts, oldest first."""
    require(scope, Permission.INCIDENT_READ)
    rows = seen_comments(scope).filter(incident_id=incident.id)
    columns = _light(Comment), _light(Alert, _HEAVY_ALERT, "alert__")
    return rows.select_related("alert").only(*columns[0], *columns[1]).order_by("created_at", "id")


def evidence_of(
    scope: Scope, *, incident: Incident | None = None, alert: Alert | None = None
) -> QuerySet[Evidence]:
    """The evidence of one incident or one alert, in the order of its source."""
    require(scope, Permission.ALERT_READ)
    rows = seen_evidence(scope)
    which = Q(alert__incident_id=incident.id) if incident else Q(alert_id=alert.id) if alert else Q(pk__in=[])
    found = rows.filter(which).order_by("alert_id", "position")
    return found.exclude(id__in=find_hidden_evidence(scope, found)) if scope.sight.hides else found


def related_incidents(scope: Scope, incident: Incident) -> QuerySet[Incident]:
    """Other incidents of the tenant that name a device or an identity of this one, newest first."""
    require(scope, Permission.INCIDENT_READ)
    own = seen_evidence(scope).filter(alert__incident_id=incident.id)
    shared = seen_evidence(scope).filter(
        Q(device_id__in=own.filter(device_id__isnull=False).values("device_id"))
        | Q(identity_id__in=own.filter(identity_id__isnull=False).values("identity_id"))
    )
    rows = seen_incidents(scope).filter(id__in=shared.values("alert__incident_id"))
    return rows.exclude(id=incident.id).defer(*_HEAVY_INCIDENT).order_by("-created_at", "-id")


def devices_of(scope: Scope, incident: Incident) -> QuerySet[Device]:
    """The devices that an incident names."""
    require(scope, Permission.DEVICE_READ)
    evidence = seen_evidence(scope).filter(alert__incident_id=incident.id, device_id__isnull=False)
    return seen_devices(scope).filter(id__in=evidence.values("device_id")).order_by("dns_name")


def identities_of(scope: Scope, incident: Incident) -> QuerySet[Identity]:
    """The identities that an incident names."""
    require(scope, Permission.INCIDENT_READ)
    evidence = seen_evidence(scope).filter(alert__incident_id=incident.id, identity_id__isnull=False)
    rows = Identity.objects.in_scope(scope).filter(id__in=evidence.values("identity_id"))
    return rows.order_by("display_name", "key")


def alerts_on(scope: Scope, device: Device) -> QuerySet[Alert]:
    """The alerts that name a device, newest first."""
    require(scope, Permission.ALERT_READ)
    evidence = seen_evidence(scope).filter(device_id=device.id)
    rows = seen_alerts(scope).filter(id__in=evidence.values("alert_id"))
    return _with_incident(rows).order_by("-created_at", "-id")


def count_open(incidents: Scope | ManyScope, alerts: Scope | ManyScope | None = None) -> OpenCounts:
    """How many incidents and alerts are open; zero of what the scope may not read.

    Of many tenants there is a scope for each of the two, since different ones may be read.
    """
    alerts = alerts or incidents
    if _is_one_question(incidents, alerts):
        return OpenCounts(**sum_open(incidents))
    counts = OpenCounts(0, 0)
    if incidents.allows(Permission.INCIDENT_READ):
        counts = replace(counts, **sum_open(incidents, ["incidents"]))
    if alerts.allows(Permission.ALERT_READ):
        counts = replace(counts, **sum_open(alerts, ["alerts"]))
    return counts


def _is_one_question(incidents: Scope | ManyScope, alerts: Scope | ManyScope) -> bool:
    """Whether both may be read, and in the same tenants."""
    may = incidents.allows(Permission.INCIDENT_READ) and alerts.allows(Permission.ALERT_READ)
    if isinstance(incidents, Scope) or isinstance(alerts, Scope):
        return may and incidents is alerts
    return may and incidents.reach == alerts.reach


def count_open_by_tenant(scope: ManyScope) -> dict[uuid.UUID, Mapping[Severity, int]]:
    """Open incidents of each tenant in scope, by severity."""
    require(scope, Permission.INCIDENT_READ)
    return open_by_tenant(scope)


def list_import_runs(scope: Scope | ManyScope) -> QuerySet[ImportRun]:
    """Imports into the tenant, newest first. Raises Forbidden."""
    require(scope, Permission.ALERT_IMPORT)
    return ImportRun.objects.in_scope(scope).order_by("-created_at", "-id")


def get_import_run(scope: Scope, run_id: uuid.UUID) -> ImportRun:
    """One import. Raises NotFound, Forbidden."""
    run = list_import_runs(scope).filter(id=run_id).first()
    if run is None:
        raise NotFound("There is no such import.")
    return run


def _named(scope: Scope | ManyScope, text: str) -> Q:
    """The condition that an incident is called so, as the reader sees it called."""
    named = Q(display_name__icontains=text)
    if not scope.sight.hides:
        return named
    called_after = seen_alerts(scope).filter(title__icontains=text)
    unnamed = Q(source_updated_at__isnull=True, id__in=called_after.values("incident_id"))
    return named & Q(source_updated_at__isnull=False) | unnamed


def own_users(scope: Scope | ManyScope) -> Own:
    """What the actor's user objects are called, at least in the tenants of a scope: rows are of those."""
    if isinstance(scope, Scope):
        return [scope.entry.user_id] if scope.entry.user_id else None
    users, account_id = User.objects.across_tenants(), scope.actor.account_id
    own = users.entering_as(account_id, clock.now()) if account_id else users.none()
    return own.values_list("id", flat=True)


def _put[M: (Alert, Incident)](
    scope: ManyScope,
    chosen: Filter,
    ask: Callable[[ManyScope], QuerySet[M]],
    is_open: Sequence[str],
    form: Filter | None,
) -> Question[M]:
    """The question after a page, and by which of its indexes it is answered."""
    severities = tuple(dict.fromkeys(chosen.severities))
    if not severities and chosen.statuses and {*chosen.statuses} <= {"open", *is_open}:
        # What is open has an index of its own, which begins with the severity.
        severities = tuple(Severity)
    among = assigned_to(chosen.assigned, partial(own_users, scope))
    if among is None and chosen.due and are_few(scope.actor, chosen.due):
        among = is_due(scope.actor, chosen.due)
    return Question(ask, severities, chosen.tenants, among, form)


def _shown_alerts() -> QuerySet[Alert]:
    return _with_incident(Alert.objects.across_tenants())


def _with_incident(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    columns = _light(Alert, (*_HEAVY_ALERT, *_NOT_SHOWN))
    return alerts.select_related("incident").only(
        *columns, *(f"incident__{name}" for name in _INCIDENT_OF_ALERT)
    )


def _light(model: type[Model], heavy: Collection[str] = (), prefix: str = "") -> list[str]:
    """A model's columns without the heavy ones, by name: `defer` does not see through keys of two columns."""
    return [f"{prefix}{field.name}" for field in model._meta.concrete_fields if field.name not in heavy]
