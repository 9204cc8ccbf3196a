"""Turns a scenario into what happened: the alerts in their order, each with its time and its cast."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from .casting import Cast, make_cast
from .scenarios.shape import (
    Scenario,
    Stage,
)
from .specs import Estate, TenantSpec

_WAVES = (1, 2, 3, 4)
_WAVE_WEIGHTS = (58, 26, 11, 5)
_FULL_STORY = 0.55


@dataclass(frozen=True, slots=True)
class Beat:
    """One alert to be: when it was raised, and when what it tells began and ended."""

    stage: Stage
    cast: Cast
    began_at: datetime
    ended_at: datetime
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """What happened in one incident. `beats` is never empty and stands in order of time."""

    scenario: Scenario
    cast: Cast
    beats: tuple[Beat, ...]


def tell(
    scenario: Scenario, tenant: TenantSpec, estate: Estate, begins_at: datetime, chance: Random
) -> Story:
    """The whole story from `begins_at` on, however long it takes."""
    cast = make_cast(tenant, estate, chance)
    beats = sorted(_beats(scenario, cast, estate, begins_at, chance), key=lambda beat: beat.raised_at)
    return Story(scenario, cast, tuple(beats))


def cut(story: Story, now: datetime) -> Story:
    """What of the story is known at `now`: at least the first alert, raised by then."""
    known = tuple(beat for beat in story.beats if beat.raised_at <= now)
    return Story(story.scenario, story.cast, known or story.beats[:1])


def _beats(
    scenario: Scenario, cast: Cast, estate: Estate, begins_at: datetime, chance: Random
) -> Iterator[Beat]:
    """A story may come in waves: the same attack at further people and machines."""
    last_stage = (
        len(scenario.stages) if chance.random() < _FULL_STORY else chance.randint(1, len(scenario.stages))
    )
    at = begins_at
    for wave in range(chance.choices(_WAVES, _WAVE_WEIGHTS)[0]):
        for index, stage in enumerate(scenario.stages[:last_stage]):
            at += timedelta(minutes=chance.uniform(*stage.wait) if index else 0)
            yield _beat(stage, cast, at, chance)
        at = begins_at + timedelta(minutes=chance.uniform(2, 35)) * (wave + 1)
        cast = cast.with_other_victims(estate, chance)


def _beat(stage: Stage, cast: Cast, raised_at: datetime, chance: Random) -> Beat:
    ended_at = raised_at - timedelta(seconds=chance.uniform(8, 150))
    return Beat(stage, cast, ended_at - timedelta(seconds=chance.uniform(0, 400)), ended_at, raised_at)
