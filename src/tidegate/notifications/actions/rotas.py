"""On-call rotas are made, changed, fetched anew, removed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.core.outbound import check_address, check_place
from tidegate.core.sealing import seal
from tidegate.core.text import clean_line
from tidegate.directory.policy import lock_directory
from tidegate.notifications.actions.channels import check_not_needed
from tidegate.notifications.drafts import check_time_zone, clean_email
from tidegate.notifications.models import OnCallRota
from tidegate.notifications.policy import check_used_within_sight, require_rules
from tidegate.notifications.sealed import CALENDAR

SHIFTS_AT_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody's shift in each week; 0 is Monday. One that ends at or before its start ends the next day."""

    weekday: int
    starts: time
    ends: time
    email: str


def create_rota(
    scope: Scope,
    *,
    display_name: str,
    time_zone: str,
    shifts: Sequence[Shift] = (),
    calendar_address: str = "",
) -> OnCallRota:
    """Make a rota of weekly shifts, or of a calendar somewhere else, which a job fetches.

    Raises Forbidden, InvalidInput, Conflict when the name is taken.
    """
    require_rules(scope)
    _check_place(calendar_address)
    rota = OnCallRota(tenant_id=scope.tenant_id, created_at=clock.now())
    _fill(rota, display_name, time_zone, shifts, calendar_address)
    with transaction.atomic():
        lock_directory(scope)
        _check_name_free(scope, rota.display_name, None)
        rota.save(force_insert=True)
        record(scope, "on_call_rota.created", _target(rota), details=_describe(rota))
    return rota


def update_rota(
    scope: Scope,
    rota_id: uuid.UUID,
    *,
    display_name: str,
    time_zone: str,
    shifts: Sequence[Shift] = (),
    calendar_address: str = "",
) -> OnCallRota:
    """Change all of a rota; an empty calendar address leaves one that is there, unless shifts are given.

    Raises Forbidden, also where rules beyond the editor's sight tell by it, NotFound, InvalidInput, Conflict.
    """
    require_rules(scope)
    _check_place(calendar_address)
    with transaction.atomic():
        lock_directory(scope)
        rota = _lock(scope, rota_id)
        check_used_within_sight(scope, rota_id=rota.id)
        before = _describe(rota)
        _fill(rota, display_name, time_zone, shifts, calendar_address)
        _check_name_free(scope, rota.display_name, rota.id)
        rota.save()
        details = {"before": before, "after": _describe(rota)}
        record(scope, "on_call_rota.updated", _target(rota), details=details)
    return rota


def fetch_rota_now(scope: Scope, rota_id: uuid.UUID) -> OnCallRota:
    """Let the rota's calendar be fetched again by the next job. Raises Forbidden, NotFound."""
    require_rules(scope)
    with transaction.atomic():
        rota = _lock(scope, rota_id)
        if rota.sealed_calendar_address:
            rota.fetch_at = clock.now()
            rota.save(update_fields=["fetch_at"])
            record(scope, "on_call_rota.fetched", _target(rota))
    return rota


def remove_rota(scope: Scope, rota_id: uuid.UUID) -> None:
    """Remove a rota; a rule that tells by it alone keeps it from being removed.

    Raises Forbidden, NotFound, Conflict.
    """
    require_rules(scope)
    with transaction.atomic():
        lock_directory(scope)
        rota = _lock(scope, rota_id)
        check_used_within_sight(scope, rota_id=rota.id)
        check_not_needed(scope, rota_id=rota.id)
        record(scope, "on_call_rota.removed", _target(rota))
        rota.delete()


def _check_place(calendar_address: str) -> None:
    # Looking a name up may take seconds: nobody is locked out meanwhile.
    if calendar_address:
        check_place(calendar_address, "calendar_address")


def _fill(
    rota: OnCallRota, display_name: str, time_zone: str, shifts: Sequence[Shift], calendar_address: str
) -> None:
    check_time_zone(time_zone)
    rota.display_name = clean_line(display_name, "display_name", longest=256)
    rota.time_zone = time_zone
    has_calendar = bool(calendar_address) or (bool(rota.sealed_calendar_address) and not shifts)
    if has_calendar == bool(shifts):
        raise InvalidInput(fields={"shifts": "must be given, or a calendar's address, and not both"})
    rota.shifts = [_clean(shift) for shift in shifts]
    if len(rota.shifts) > SHIFTS_AT_MOST:
        raise InvalidInput(fields={"shifts": f"must be at most {SHIFTS_AT_MOST}"})
    if calendar_address:
        check_address(calendar_address, "calendar_address")
        rota.sealed_calendar_address = seal(calendar_address, CALENDAR)
        rota.calendar, rota.fetched_at, rota.fetch_at = "", None, clock.now()
    elif shifts:
        rota.sealed_calendar_address, rota.calendar, rota.fetch_at = "", "", None
    rota.fetch_failure = ""


def _clean(shift: Shift) -> dict[str, object]:
    if not 0 <= shift.weekday <= 6:
        raise InvalidInput(fields={"shifts": "must be on weekdays from 0, Monday, to 6"})
    return {
        "weekday": shift.weekday,
        "starts": shift.starts.isoformat("minutes"),
        "ends": shift.ends.isoformat("minutes"),
        "email": clean_email(shift.email, "shifts"),
    }


def _describe(rota: OnCallRota) -> dict[str, object]:
    return {
        "display_name": rota.display_name,
        "time_zone": rota.time_zone,
        "shifts": rota.shifts,
        "has_calendar": bool(rota.sealed_calendar_address),
    }


def _target(rota: OnCallRota) -> Target:
    return Target("on_call_rota", str(rota.id), rota.display_name)


def _lock(scope: Scope, rota_id: uuid.UUID) -> OnCallRota:
    rota = OnCallRota.objects.in_scope(scope).select_for_update(of=("self",)).filter(id=rota_id).first()
    if rota is None:
        raise NotFound("There is no such rota.")
    return rota


def _check_name_free(scope: Scope, name: str, own_id: uuid.UUID | None) -> None:
    same = OnCallRota.objects.in_scope(scope).filter(display_name=name)
    if (same.exclude(id=own_id) if own_id else same).exists():
        raise Conflict("A rota with this name exists already.")
