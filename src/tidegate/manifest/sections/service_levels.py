"""Service levels of a provider: made, changed and deleted by name, and given to customers."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any, Final

from tidegate.authorization.scope import Scope
from tidegate.core.errors import InvalidInput
from tidegate.customers.actions.service_levels import (
    assign_service_level,
    create_service_level,
    delete_service_level,
    update_service_level,
)
from tidegate.customers.clocks import MINUTES_OF_DAY, SEVERITIES, Span, Target
from tidegate.customers.levels import (
    LevelDraft,
    Week,
    assigned_levels,
    clean_draft,
    list_service_levels,
    read_draft,
)
from tidegate.customers.models import ServiceLevel
from tidegate.manifest.customers import EVERY_TENANT, find_customer, name_customers
from tidegate.manifest.desk import Desk, find_named
from tidegate.manifest.forms.base import UNSET, UnsetType
from tidegate.manifest.forms.customers import LevelCustomerForm, ServiceLevelForm, TargetForm

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def settle_service_level(desk: Desk, form: ServiceLevelForm) -> None:
    """Make it, or change it; give it to the customers that are named."""
    level = find_named(list_service_levels(desk.scope), form.display_name, "name")
    level = _create(desk, form) if level is None else _change(desk, form, level)
    for customer in () if form.customers is UNSET else form.customers:
        _give(desk, level, LevelCustomerForm(customer) if isinstance(customer, str) else customer)


def clear_service_level(desk: Desk, form: ServiceLevelForm) -> None:
    """Delete it."""
    level = find_named(list_service_levels(desk.scope), form.display_name, "name")
    if form.state == "absent" and level is not None:
        delete_service_level(desk.scope, level.id)
        desk.note(f"delete service level {level.name} in {desk.tenant_name}")


def describe_service_levels(scope: Scope) -> list[ServiceLevelForm]:
    """All of them by name, each with its customers."""
    having: dict[uuid.UUID, set[uuid.UUID]] = {}
    for tenant_id, level in assigned_levels(scope, EVERY_TENANT).items():
        having.setdefault(level.id, set()).add(tenant_id)
    return [_describe(level, having.get(level.id, set())) for level in list_service_levels(scope)]


def _create(desk: Desk, form: ServiceLevelForm) -> ServiceLevel:
    level = create_service_level(desk.scope, _fill(form, LevelDraft(form.display_name)))
    desk.note(f"create service level {level.name} in {desk.tenant_name}")
    return level


def _change(desk: Desk, form: ServiceLevelForm, level: ServiceLevel) -> ServiceLevel:
    before = read_draft(level)
    wanted = clean_draft(_fill(form, before))
    if wanted == before:
        return level
    changed = update_service_level(desk.scope, level.id, wanted)
    what = f"service level {changed.name} in {desk.tenant_name}"
    desk.note_changes(what, _say(before), _say(wanted))
    return changed


def _give(desk: Desk, level: ServiceLevel, form: LevelCustomerForm) -> None:
    customer = find_customer(form.tenant)
    has = assigned_levels(desk.scope, EVERY_TENANT).get(customer.id)
    if (has is not None and has.id == level.id) == (form.state == "present"):
        return
    if form.state == "absent" and (has is None or has.id != level.id):
        return
    wanted = level.id if form.state == "present" else None
    assign_service_level(desk.scope, reach=EVERY_TENANT, tenant_ids=[customer.id], level_id=wanted)
    verb = "give" if wanted else "take"
    side = "to" if wanted else "from"
    desk.note(f"{verb} service level {level.name} {side} {customer.display_name} in {desk.tenant_name}")


def _fill(form: ServiceLevelForm, draft: LevelDraft) -> LevelDraft:
    changes: dict[str, Any] = {"name": form.display_name}
    if form.targets is not UNSET:
        changes["targets"] = {severity: _read_target(one) for severity, one in form.targets.items()}
    if form.time_zone is not UNSET:
        changes["time_zone"] = form.time_zone
    if form.week is not UNSET:
        changes["week"] = None if form.week is None else _read_week(form.week)
    if form.holidays is not UNSET:
        changes["holidays"] = {_read_day(day): name for day, name in form.holidays.items()}
    if form.around_the_clock is not UNSET:
        changes["always"] = frozenset(form.around_the_clock)
    if form.warn_percent is not UNSET:
        changes["warn_percent"] = form.warn_percent
    return replace(draft, **changes)


def _read_target(form: TargetForm) -> Target:
    return Target(_or_none(form.acknowledge), _or_none(form.resolve))


def _or_none(minutes: int | UnsetType) -> int | None:
    return None if minutes is UNSET else minutes


def _read_week(week: Mapping[str, list[str]]) -> Week:
    if not week.keys() <= set(_DAYS):
        raise InvalidInput(fields={"week": f"must be by weekdays: {', '.join(_DAYS)}"})
    return tuple(tuple(_read_span(span) for span in week.get(day, [])) for day in _DAYS)


def _read_span(text: str) -> Span:
    try:
        opens, closes = (_read_minute(part.strip()) for part in text.split("-"))
    except ValueError:
        raise InvalidInput(fields={"week": "must be times like 09:00-17:00"}) from None
    return opens, closes


def _read_minute(text: str) -> int:
    hour, minute = map(int, text.split(":"))
    minutes = hour * 60 + minute
    if not (0 <= minute < 60 and 0 <= minutes <= MINUTES_OF_DAY):
        raise ValueError(text)
    return minutes


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(fields={"holidays": "must be by dates like 2026-12-25"}) from None


def _write_span(span: Span) -> str:
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)


def _write_week(week: Week | None) -> dict[str, list[str]] | None:
    if week is None:
        return None
    return {day: list(map(_write_span, spans)) for day, spans in zip(_DAYS, week, strict=True) if spans}


def _say(draft: LevelDraft) -> dict[str, object]:
    return {
        **asdict(draft),
        "week": str(_write_week(draft.week) or "around the clock"),
        "targets": [
            f"{severity} {target.acknowledge or '-'}/{target.resolve or '-'}"
            for severity in SEVERITIES
            if (target := draft.targets.get(severity)) is not None
        ],
        "holidays": [f"{day} {name}".strip() for day, name in sorted(draft.holidays.items())],
        "always": sorted(draft.always),
    }


def _describe(level: ServiceLevel, tenant_ids: set[uuid.UUID]) -> ServiceLevelForm:
    draft = read_draft(level)
    return ServiceLevelForm(
        display_name=draft.name,
        targets={
            severity: TargetForm(
                UNSET if target.acknowledge is None else target.acknowledge,
                UNSET if target.resolve is None else target.resolve,
            )
            for severity, target in draft.targets.items()
        },
        time_zone=draft.time_zone,
        week=_write_week(draft.week),
        holidays={day.isoformat(): name for day, name in sorted(draft.holidays.items())},
        around_the_clock=sorted(draft.always),
        warn_percent=draft.warn_percent,
        customers=list(name_customers(tenant_ids)),
    )
