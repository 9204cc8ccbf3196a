"""Service levels: what one says, which there are, and which customer has which."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db.models import Exists, QuerySet

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.core.prepared import INSTANT, UUID, PreparedObjects
from tidegate.core.scoped import Reach, ScopedQuerySet
from tidegate.core.text import clean_line
from tidegate.core.zones import known_zones
from tidegate.customers.clocks import (
    MINUTES_OF_DAY,
    SEVERITIES,
    WARN_PERCENT,
    Hours,
    Level,
    Span,
    Target,
)
from tidegate.customers.members import members_in_force, require_member
from tidegate.customers.models import ServiceLevel, ServiceLevelAssignment

LONGEST_NAME: Final = 64
LONGEST_TARGET: Final = 366 * MINUTES_OF_DAY
SPANS_AT_MOST: Final = 4
HOLIDAYS_AT_MOST: Final = 400

type Week = tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class LevelDraft:
    """What a service level says, as people write it; `week` None is around the clock.

    `targets` are by severity, `holidays` are named days, `always` are severities that no night stops;
    `warn_percent` is how much of a time has passed when it is warned of, 0 for never.
    """

    name: str
    targets: Mapping[str, Target] = field(default_factory=dict)
    time_zone: str = "UTC"
    week: Week | None = None
    holidays: Mapping[date, str] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    warn_percent: int = WARN_PERCENT


def clean_draft(draft: LevelDraft) -> LevelDraft:
    """A service level fit to keep.

    Raises InvalidInput naming `name`, `targets`, `time_zone`, `week`, `holidays`, `always` or `warn_percent`.
    """
    if draft.time_zone not in known_zones():
        raise InvalidInput(fields={"time_zone": "must be a time zone like Europe/Amsterdam"})
    if not draft.always <= set(SEVERITIES):
        raise InvalidInput(fields={"always": f"must be severities: {', '.join(SEVERITIES)}"})
    if not 0 <= draft.warn_percent < 100:
        raise InvalidInput(fields={"warn_percent": "must be from 0 to 99"})
    return LevelDraft(
        clean_line(draft.name, "name", longest=LONGEST_NAME),
        _clean_targets(draft.targets),
        draft.time_zone,
        None if draft.week is None else _clean_week(draft.week),
        _clean_holidays(draft.holidays),
        draft.always,
        draft.warn_percent,
    )


def write_draft(draft: LevelDraft) -> dict[str, object]:
    """A draft as the columns of a ServiceLevel, its name apart."""
    return {
        "targets": {
            severity: {
                name: minutes
                for name, minutes in (("acknowledge", target.acknowledge), ("resolve", target.resolve))
                if minutes is not None
            }
            for severity, target in draft.targets.items()
        },
        "time_zone": draft.time_zone,
        "week": None if draft.week is None else [[list(span) for span in day] for day in draft.week],
        "holidays": [{"date": day.isoformat(), "name": name} for day, name in sorted(draft.holidays.items())],
        "always_severities": [severity for severity in SEVERITIES if severity in draft.always],
        "warn_percent": draft.warn_percent,
    }


def read_draft(row: ServiceLevel) -> LevelDraft:
    """`write_draft` turned round."""
    targets = {
        severity: Target(minutes.get("acknowledge"), minutes.get("resolve"))
        for severity, minutes in row.targets.items()
    }
    week = None if row.week is None else tuple(tuple((one, two) for one, two in day) for day in row.week)
    holidays = {date.fromisoformat(one["date"]): one["name"] for one in row.holidays}
    always = frozenset(row.always_severities)
    return LevelDraft(row.name, targets, row.time_zone, week, holidays, always, row.warn_percent)


def as_level(row: ServiceLevel) -> Level:
    """A service level as `clocks` reckons with it."""
    draft = read_draft(row)
    hours = None if draft.week is None else Hours(draft.time_zone, draft.week, frozenset(draft.holidays))
    return Level(row.id, draft.name, draft.targets, hours, draft.always, draft.warn_percent)


def levels_about(tenant_id: uuid.UUID) -> dict[uuid.UUID, Level]:
    """What every home tenant has agreed with one customer, by home tenant. One statement.

    For those who keep clocks: it asks nobody who reads.
    """
    return {row.tenant_id: as_level(row.level) for row in _ABOUT.all(tenant_id=tenant_id)}


def levels_for(home_tenant_id: uuid.UUID, tenant_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Level]:
    """The level that a home tenant has agreed with each of these customers; those without are not in it.

    One statement. It asks nobody who reads it: whoever calls has found out that they are a member of that
    home tenant and may enter those customers.
    """
    return _read_levels(ServiceLevelAssignment.objects.of_tenant(home_tenant_id), tenant_ids)


def levels_for_person(
    account_id: uuid.UUID | None, home_tenant_id: uuid.UUID | None, tenant_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, Level]:
    """The same for a person, of customers that they may enter; nothing unless they are a member there."""
    wanted = set(tenant_ids)
    if account_id is None or home_tenant_id is None or not wanted:
        return {}
    at = clock.now()
    if len(wanted) == 1:
        found = _WITH.all(account_id=account_id, home_id=home_tenant_id, at=at, tenant_id=wanted.pop())
        return {row.about_tenant_id: as_level(row.level) for row in found}
    return _read_levels(_agreed_for(account_id, home_tenant_id, at), wanted)


def list_service_levels(scope: Scope) -> QuerySet[ServiceLevel]:
    """The home tenant's service levels, by name. Raises NotFound for who is no member there."""
    require_member(scope)
    return ServiceLevel.objects.in_scope(scope).order_by("name_key")


def get_service_level(scope: Scope, level_id: uuid.UUID) -> ServiceLevel:
    """One of them. Raises NotFound."""
    level = list_service_levels(scope).filter(id=level_id).first()
    if level is None:
        raise NotFound("There is no such service level.")
    return level


def assigned_levels(scope: Scope, reach: Reach) -> dict[uuid.UUID, ServiceLevel]:
    """Which service level each customer within reach has. One statement. Raises NotFound as above."""
    require_member(scope)
    rows = ServiceLevelAssignment.objects.in_scope(scope).filter(reach.restrict("about_tenant_id"))
    return {row.about_tenant_id: row.level for row in rows.select_related("level")}


def _read_levels(
    rows: ScopedQuerySet[ServiceLevelAssignment], tenant_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, Level]:
    found = list(rows.filter(about_tenant_id__in=set(tenant_ids)).select_related("level"))
    levels = {row.level_id: as_level(row.level) for row in found}
    return {row.about_tenant_id: levels[row.level_id] for row in found}


def _clean_targets(targets: Mapping[str, Target]) -> dict[str, Target]:
    if not set(targets) <= set(SEVERITIES):
        raise InvalidInput(fields={"targets": f"must be for severities: {', '.join(SEVERITIES)}"})
    for target in targets.values():
        for minutes in (target.acknowledge, target.resolve):
            if minutes is not None and not 1 <= minutes <= LONGEST_TARGET:
                raise InvalidInput(fields={"targets": "must be from one minute to 366 days"})
        if target.acknowledge and target.resolve and target.acknowledge > target.resolve:
            raise InvalidInput(fields={"targets": "must leave no less time to resolve than to acknowledge"})
    return {
        severity: targets[severity]
        for severity in SEVERITIES
        if severity in targets and targets[severity] != Target()
    }


def _clean_week(week: Week) -> Week:
    if len(week) != 7 or not any(week):
        raise InvalidInput(fields={"week": "must be seven days, open at least once"})
    return tuple(_clean_day(day) for day in week)


def _clean_day(day: Sequence[Span]) -> tuple[Span, ...]:
    if len(day) > SPANS_AT_MOST:
        raise InvalidInput(fields={"week": f"must open at most {SPANS_AT_MOST} times a day"})
    spans = tuple(sorted(day))
    edges = [minute for span in spans for minute in span]
    in_order = all(one < two for one, two in spans) and edges == sorted(edges)
    if not in_order or not all(0 <= minute <= MINUTES_OF_DAY for minute in edges):
        raise InvalidInput(fields={"week": "must be times of a day, each opening before it closes"})
    return spans


def _clean_holidays(holidays: Mapping[date, str]) -> dict[date, str]:
    if len(holidays) > HOLIDAYS_AT_MOST:
        raise InvalidInput(fields={"holidays": f"must be at most {HOLIDAYS_AT_MOST} days"})
    return {
        day: clean_line(name, "holidays", longest=LONGEST_NAME, required=False)
        for day, name in holidays.items()
    }


def _agreed_for(
    account_id: uuid.UUID, home_id: uuid.UUID, at: datetime
) -> ScopedQuerySet[ServiceLevelAssignment]:
    """What a home tenant has agreed, for who is a member there."""
    members = members_in_force(account_id, home_id, at)
    return ServiceLevelAssignment.objects.of_tenant(home_id).filter(Exists(members))


def _agreed_with(
    account_id: uuid.UUID, home_id: uuid.UUID, at: datetime, tenant_id: uuid.UUID
) -> QuerySet[ServiceLevelAssignment]:
    agreed = _agreed_for(account_id, home_id, at)
    return agreed.filter(about_tenant_id=tenant_id).select_related("level")


_WITH: Final = PreparedObjects(_agreed_with, account_id=UUID, home_id=UUID, at=INSTANT, tenant_id=UUID)


def _ask_about(tenant_id: uuid.UUID) -> QuerySet[ServiceLevelAssignment]:
    rows = ServiceLevelAssignment.objects.across_tenants().filter(about_tenant_id=tenant_id)
    return rows.select_related("level")


_ABOUT: Final = PreparedObjects(_ask_about, tenant_id=UUID)
