"""One made-up world for all tests of it: a Tuesday morning, the default seed."""

from datetime import UTC, datetime

import pytest

from tidegate.connectors.records import Json
from tidegate.demo.incidents import incident_files
from tidegate.demo.specs import World
from tidegate.demo.world import make_world

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

type Incidents = dict[str, list[dict[str, Json]]]


@pytest.fixture(scope="session")
def world() -> World:
    return make_world(NOW)


@pytest.fixture(scope="session")
def incidents(world: World) -> Incidents:
    """All incidents, by tenant slug. Shared: tests must not change them."""
    return {tenant.slug: list(incident_files(world, tenant)) for tenant in world.tenants}
