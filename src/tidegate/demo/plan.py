"""Which incidents a tenant has had: their numbers, when they began, which story they tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from .chance import dice
from .rhythm import make_beginnings
from .scenarios import CURIOSITIES, STORIES
from .scenarios.cloud import CHECKOUT_SKIMMER, SERVICE_EXPORT
from .scenarios.email import PHISHING_TO_HANDS
from .scenarios.plant import UNKNOWN_CONTROLLER
from .scenarios.ransomware import RANSOMWARE_BLOCKED
from .scenarios.shape import (
    Scenario,
)
from .specs import Estate, TenantSpec, World

# The newest incident of some tenants is always the same story, so that there is something to show.
_SHOWN = {
    "orvane": PHISHING_TO_HANDS,
    "meridaal": SERVICE_EXPORT,
    "plettenburg": RANSOMWARE_BLOCKED,
    "corvanta": CHECKOUT_SKIMMER,
    "brackwell": UNKNOWN_CONTROLLER,
}

# How far from the newest incident each curiosity stands, so that all show on the first pages.
_CURIOUS_PLACES = (4, 9, 17, 26)
_BIG = 40
_NOT_MERGED_LATELY = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """One incident to be. `merged_into` is the number of the incident it was merged into, if it was."""

    number: int
    begins_at: datetime
    scenario: Scenario
    merged_into: int | None


def plan_incidents(world: World, tenant: TenantSpec) -> tuple[Plan, ...]:
    """All incidents of the thirty days, oldest first, numbered without gaps."""
    chance = dice("plan", world.seed, tenant.slug)
    beginnings = make_beginnings(chance, world.now, tenant.incidents)
    stories = suitable(tenant, world.estates[tenant.slug])
    choice = _Choice(_fixed_places(tenant), _merged_places(tenant), stories)
    return tuple(_plans(tenant, beginnings, choice, chance))


def suitable(tenant: TenantSpec, estate: Estate) -> tuple[Scenario, ...]:
    """The stories that can happen to this tenant."""
    kinds = {device.kind for device in estate.devices}
    return tuple(
        story
        for story in STORIES
        if (not story.trades or tenant.trade in story.trades)
        and (story.needs is None or story.needs in kinds)
    )


def choose_story(stories: tuple[Scenario, ...], chance: Random) -> Scenario:
    """One of the stories, by weight."""
    return chance.choices(stories, [story.weight for story in stories])[0]


@dataclass(frozen=True, slots=True)
class _Choice:
    """What stands at which place: told on purpose, merged into the one before, or by chance."""

    fixed: dict[int, Scenario]
    merged: frozenset[int]
    stories: tuple[Scenario, ...]


def _plans(
    tenant: TenantSpec, beginnings: tuple[datetime, ...], choice: _Choice, chance: Random
) -> Iterator[Plan]:
    before: Plan | None = None
    for index, begins_at in enumerate(beginnings):
        number = tenant.first_incident + index
        story = choice.fixed.get(index) or choose_story(choice.stories, chance)
        if before is not None and index in choice.merged:
            yield Plan(number, begins_at, before.scenario, before.number)
            continue
        before = Plan(number, begins_at, story, None)
        yield before


def _fixed_places(tenant: TenantSpec) -> dict[int, Scenario]:
    newest = tenant.incidents - 1
    shown = {newest: _SHOWN[tenant.slug]} if tenant.slug in _SHOWN else {}
    if tenant.incidents < _BIG:
        return shown
    return shown | {newest - place: story for place, story in zip(_CURIOUS_PLACES, CURIOSITIES, strict=True)}


def _merged_places(tenant: TenantSpec) -> frozenset[int]:
    """About one incident in forty of a big tenant was merged into the one before it."""
    chance = dice("merged", tenant.slug)
    places = range(1, tenant.incidents - max(_CURIOUS_PLACES) - _NOT_MERGED_LATELY)
    return (
        frozenset(chance.sample(places, tenant.incidents // _BIG))
        if tenant.incidents >= _BIG
        else frozenset()
    )
