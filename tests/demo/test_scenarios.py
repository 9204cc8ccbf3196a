import re
from string import Formatter

import pytest

from tidegate.demo.casting import make_cast
from tidegate.demo.chance import dice
from tidegate.demo.evidence import Scene, make_evidence
from tidegate.demo.plan import suitable
from tidegate.demo.scenarios import CURIOSITIES, STORIES
from tidegate.demo.scenarios.shape import Scenario
from tidegate.demo.specs import World
from tidegate.demo.words.playbooks import PLAYBOOKS
from tidegate.demo.words.remarks import ACTED, CLOSED, TAKEN, WAITING

EVERY = pytest.mark.parametrize("scenario", [*STORIES, *CURIOSITIES], ids=lambda scenario: scenario.key)


def test_there_are_about_thirty_scenarios_with_keys_of_their_own() -> None:
    keys = [scenario.key for scenario in (*STORIES, *CURIOSITIES)]

    assert len(set(keys)) == len(keys)
    assert 25 <= len(STORIES) <= 40


@EVERY
def test_scenario_is_complete(scenario: Scenario) -> None:
    assert scenario.stages
    assert scenario.endings
    for stage in scenario.stages:
        assert stage.title
        assert stage.description.endswith(".")
        assert stage.clues
        assert stage.playbook in PLAYBOOKS
        assert re.fullmatch(r"[A-Z][A-Za-z]+", stage.category)
        assert all(re.fullmatch(r"T\d{4}(\.\d{3})?", technique) for technique in stage.techniques)
        assert 0 <= stage.wait[0] <= stage.wait[1]


@EVERY
def test_scenario_uses_only_words_the_cast_has(scenario: Scenario, world: World) -> None:
    tenant = world.tenant("orvane")
    cast = make_cast(tenant, world.estates["orvane"], dice("test"))
    texts = [scenario.title]
    for stage in scenario.stages:
        texts += [stage.title, stage.description, PLAYBOOKS[stage.playbook], stage.threat]
        assert all(make_evidence(clue, Scene(cast, world.now, cleaned=False)) for clue in stage.clues)

    assert {word for text in texts for _, word, _, _ in Formatter().parse(text) if word} <= set(cast.words)


def test_remarks_exist_for_every_playbook_in_both_languages() -> None:
    for language in ("en", "nl"):
        assert set(ACTED[language]) == set(PLAYBOOKS)
        assert TAKEN[language]
        assert WAITING[language]
    assert set(CLOSED["en"]) == set(CLOSED["nl"])


def test_stories_of_the_plant_need_a_plant(world: World) -> None:
    notary = {story.key for story in suitable(world.tenant("ruysveld"), world.estates["ruysveld"])}
    water = {story.key for story in suitable(world.tenant("brackwell"), world.estates["brackwell"])}

    assert "plant-port-scan" not in notary
    assert "plant-port-scan" in water
    assert "gift-cards" not in water
