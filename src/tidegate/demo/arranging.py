"""What the made-up provider keeps about its customers: service levels, tags, and groups of them."""

import uuid
from collections.abc import Mapping
from typing import Final

from tidegate.accounts.models import Account
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.scoped import Reach
from tidegate.customers.actions.service_levels import assign_service_level, create_service_level
from tidegate.customers.actions.tags import tag_customer
from tidegate.customers.actions.tenant_groups import create_tenant_group
from tidegate.customers.clocks import Target
from tidegate.customers.levels import LevelDraft
from tidegate.customers.models import ServiceLevel
from tidegate.customers.rules import GroupRule, Selection
from tidegate.demo.opening import open_as_administrator
from tidegate.demo.organizations import (
    BRACKWELL,
    CORVANTA,
    LINDQVALE,
    MERIDAAL,
    ORVANE,
    PLETTENBURG,
    PROVIDER,
    TESSALINE,
)
from tidegate.demo.specs import TenantSpec, World
from tidegate.directory.models import Tenant
from tidegate.gate.opening import open_many
from tidegate.incidents.clock_jobs import follow_level_changes

_OFFICE: Final = (((480, 1080),),) * 5 + ((),) * 2
_LEVELS: Final = (
    (
        LevelDraft(
            "Gold",
            {
                "high": Target(30, 8 * 60),
                "medium": Target(2 * 60, 24 * 60),
                "low": Target(8 * 60, 5 * 24 * 60),
            },
        ),
        (ORVANE, MERIDAAL, LINDQVALE),
    ),
    (
        LevelDraft(
            "Silver",
            {"high": Target(60, 16 * 60), "medium": Target(4 * 60, 40 * 60), "low": Target(10 * 60, None)},
            time_zone="Europe/Amsterdam",
            week=_OFFICE,
            always=frozenset({"high"}),
        ),
        (PLETTENBURG, BRACKWELL, CORVANTA, TESSALINE),
    ),
)
_TAGS: Final = (
    ("Night desk", (ORVANE, MERIDAAL, LINDQVALE)),
    ("Healthcare", (MERIDAAL,)),
    ("Logistics", (ORVANE, PLETTENBURG)),
)


def seed_arrangements(world: World, people: Mapping[str, Account]) -> None:
    """Write all of it, as the provider's administrator, who is a guest of the customers; clocks run by it."""
    with clock.standing_at(world.now):
        scope = open_as_administrator(world, PROVIDER, people)
        reach = open_many(scope.actor, Permission.TENANT_READ).reach
        gold = _make_levels(scope, reach)
        for tag, tenants in _TAGS:
            for tenant_id in _within(reach, tenants):
                tag_customer(scope, reach=reach, about_tenant_id=tenant_id, tag=tag)
        _make_groups(scope, reach, gold)
        while follow_level_changes():
            pass


def _make_levels(scope: Scope, reach: Reach) -> ServiceLevel:
    made = []
    for draft, tenants in _LEVELS:
        level = create_service_level(scope, draft)
        assign_service_level(scope, reach=reach, tenant_ids=_within(reach, tenants), level_id=level.id)
        made.append(level)
    return made[0]


def _make_groups(scope: Scope, reach: Reach, gold: ServiceLevel) -> None:
    rules = {
        "Netherlands": GroupRule(include=Selection(countries=frozenset({"NL"}))),
        "Gold": GroupRule(include=Selection(level_ids=frozenset({gold.id}))),
        "Night desk": GroupRule(include=Selection(tags=frozenset({"Night desk"}))),
    }
    for name, rule in rules.items():
        create_tenant_group(scope, reach=reach, name=name, rule=rule, is_private=False)


def _within(reach: Reach, tenants: tuple[TenantSpec, ...]) -> list[uuid.UUID]:
    """Those of them that the administrator may enter now."""
    rows = Tenant.objects.filter(reach.restrict("id"), id__in=[tenant.tenant_id for tenant in tenants])
    return list(rows.values_list("id", flat=True))
