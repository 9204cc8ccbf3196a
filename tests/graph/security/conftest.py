"""A program that may do everything with the customer's alerts and incidents."""

import pytest

from tests.cast import Cast
from tests.graph.security.queue import WRITES, fill_queues
from tests.graph.speaking import Speaker, speak


@pytest.fixture
def queue(cast: Cast, now: None) -> Cast:
    """The cast, with the same queue in the customer's tenant and, but for one alert, in the outsider's."""
    fill_queues(cast)
    return cast


@pytest.fixture
def program(queue: Cast) -> Speaker:
    """The program with an app-only token of the customer's tenant."""
    return speak(queue, *WRITES)
