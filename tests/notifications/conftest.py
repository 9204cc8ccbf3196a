"""A post office for each test that asks for one."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.notifications.post_office import PostOffice, Running


@pytest.fixture
def running(settings: Settings) -> Iterator[Running]:
    """A post office that is open and knows how to close."""
    running = Running()
    running.open()
    settings.SMTP_URL = running.url
    yield running
    running.close()


@pytest.fixture
def office(running: Running) -> PostOffice:
    """What it takes."""
    return running.office
