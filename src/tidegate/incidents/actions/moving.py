"""Alerts put into another incident of their tenant, and incidents merged: by people, with a reason."""

import uuid
from collections.abc import Collection, Iterable
from typing import Final

from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.incidents.actions.changing import incident_target
from tidegate.incidents.actions.comments import comment_incident
from tidegate.incidents.clocks.keeping import keep_clocks
from tidegate.incidents.clocks.waits import settle_waits
from tidegate.incidents.correlation.keeping import keep_keys_anew
from tidegate.incidents.counters.keeping import counting
from tidegate.incidents.document import rerender_alert
from tidegate.incidents.instants import take_instants
from tidegate.incidents.intake.counting import count_incidents
from tidegate.incidents.models import Alert, Comment, Incident
from tidegate.incidents.search_words import keep_counted_found
from tidegate.incidents.visibility import seen_alerts, seen_incidents
from tidegate.incidents.words import IncidentStatus, MoveReason

AT_MOST: Final = 500


def move_alerts(
    scope: Scope, external_ids: Collection[str], *, to: int, reason: str, comment: str = ""
) -> Incident:
    """Put alerts into an incident of the same tenant. One that lost its last stays, unless it was only that.

    Raises Forbidden, NotFound for an alert or incident that is not there, InvalidInput, Conflict for one that
    was merged. All are moved or none.
    """
    _check(scope, reason, len(external_ids))
    wanted = {external_id for external_id in external_ids if "\0" not in external_id}
    with transaction.atomic():
        alerts = seen_alerts(scope).filter(external_id__in=wanted)
        target, sources = _lock_incidents(scope, to, alerts.values_list("incident_id", flat=True))
        rows = _lock_alerts(scope, alerts.values_list("id", flat=True))
        if len(rows) < len(set(external_ids)):
            raise NotFound("There is no such alert.")
        if not {alert.incident_id for alert in rows} <= {target.id, *(source.id for source in sources)}:
            raise Conflict("This alert was just moved to another incident. Look again, then decide.")
        _move(scope, rows, target, sources, reason, comment)
    return target


def merge_incidents(
    scope: Scope, numbers: Collection[int], *, into: int, reason: str, comment: str = ""
) -> Incident:
    """Put all alerts of incidents that the actor sees into another, and send whoever opens them there.

    One that keeps alerts which the actor does not see is not closed. Raises as `move_alerts`.
    """
    _check(scope, reason, len(numbers))
    others = set(numbers) - {into}
    if not others:
        raise InvalidInput(fields={"incident": "must be two or more"})
    with transaction.atomic():
        chosen = seen_incidents(scope).filter(number__in=others)
        target, sources = _lock_incidents(scope, into, chosen.values_list("id", flat=True))
        merged = [source for source in sources if source.number in others]
        if len(merged) < len(others):
            raise NotFound("There is no such incident.")
        _check_standing(merged)
        ids = [source.id for source in merged]
        alerts = seen_alerts(scope).filter(incident_id__in=ids)
        rows = _lock_alerts(scope, alerts.values_list("id", flat=True))
        _move(scope, rows, target, merged, reason, comment)
        _redirect(scope, merged, target)
    return target


def _check(scope: Scope, reason: str, number: int) -> None:
    require(scope, Permission.INCIDENT_UPDATE)
    require(scope, Permission.ALERT_UPDATE)
    if reason not in MoveReason.values:
        raise InvalidInput(fields={"reason": f"must be one of: {', '.join(MoveReason.values)}"})
    if not 0 < number <= AT_MOST:
        raise InvalidInput(fields={"alerts": f"must be at least one and at most {AT_MOST}"})


def _lock_incidents(
    scope: Scope, target: int, source_ids: Iterable[uuid.UUID]
) -> tuple[Incident, list[Incident]]:
    """The incident with this number and the others, locked in one order. Raises NotFound, Conflict."""
    found = seen_incidents(scope).filter(number=target).values_list("id", flat=True).first()
    if found is None:
        raise NotFound("There is no such incident.")
    rows = Incident.objects.in_scope(scope).select_for_update(of=("self",))
    locked = {row.id: row for row in rows.filter(id__in={found, *source_ids}).order_by("id")}
    chosen = locked.pop(found)
    _check_standing([chosen])
    return chosen, list(locked.values())


def _check_standing(incidents: Iterable[Incident]) -> None:
    if any(incident.status == IncidentStatus.REDIRECTED for incident in incidents):
        raise Conflict("This incident was merged into another; change that one.")


def _lock_alerts(scope: Scope, ids: Iterable[uuid.UUID]) -> list[Alert]:
    rows = Alert.objects.in_scope(scope).select_for_update(of=("self",))
    return list(rows.filter(id__in=set(ids)).order_by("id"))


def _move(
    scope: Scope, alerts: list[Alert], target: Incident, sources: list[Incident], reason: str, comment: str
) -> None:
    moving = [alert for alert in alerts if alert.incident_id != target.id]
    left = {source.id: target for source in sources}
    instants = take_instants(scope.tenant_id, len(moving) + len(sources) + 1)
    told: dict[uuid.UUID, list[str]] = {}
    for alert in moving:
        told.setdefault(alert.incident_id, []).append(alert.external_id)
        alert.incident_id, alert.placed_at = target.id, clock.now()
        alert.last_update_at = next(instants)
        alert.version += 1
        alert.document = rerender_alert(alert, target.number)
    fields = ["incident_id", "placed_at", "last_update_at", "version", "document"]
    Alert.objects.in_scope(scope).bulk_update(moving, fields, batch_size=100)
    said = Comment.objects.in_scope(scope).filter(alert_id__in=[alert.id for alert in moving])
    said.update(incident_id=target.id)
    if not target.external_id:
        # From here on, what comes in may join them where they are.
        keep_keys_anew(scope.tenant_id, moving)
    count_incidents(scope.tenant_id, {target.id}, left=left, instants=instants)
    keep_counted_found(scope.tenant_id, {target.id, *left})
    for source in sources:
        if source.id in told:
            _record(scope, source, source, target, told[source.id], reason)
            _record(scope, target, source, target, told[source.id], reason)
    if comment.strip():
        comment_incident(scope, target.number, comment)


def _record(
    scope: Scope, about: Incident, source: Incident, target: Incident, alerts: list[str], reason: str
) -> None:
    details = {"alerts": alerts, "from": source.number, "to": target.number, "reason": reason}
    record(scope, "incident.alerts_moved", incident_target(about), details=details)


def _redirect(scope: Scope, merged: Iterable[Incident], target: Incident) -> None:
    """Those that are empty now lead to where their alerts went."""
    numbers = [incident.number for incident in merged]
    empty = list(Incident.objects.in_scope(scope).filter(number__in=numbers, alert_count=0))
    now = clock.now()
    for incident in empty:
        with counting(scope.tenant_id, [incident]):
            incident.status = IncidentStatus.REDIRECTED
            incident.redirect_external_id = target.external_id or str(target.number)
            incident.resolved_at, incident.worked_at = None, now
            incident.is_derived = False
            incident.version += 1
            settle_waits(incident, now)
            incident.save(
                update_fields=[
                    *("status", "redirect_external_id", "resolved_at", "worked_at", "is_derived"),
                    *("version", "waits"),
                ]
            )
        record(scope, "incident.merged", incident_target(incident), details={"into": target.number})
    keep_clocks(scope.tenant_id, empty)
