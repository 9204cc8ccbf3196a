"""The world to hunt in, and the analyst who hunts."""

import pytest

from tests.cast import Cast
from tests.hunting.hunts import fill
from tidegate.authorization.scope import Scope


@pytest.fixture
def world(cast: Cast, now: None) -> Cast:
    fill(cast)
    return cast


@pytest.fixture
def analyst(world: Cast) -> Scope:
    return world.enter("analyst")
