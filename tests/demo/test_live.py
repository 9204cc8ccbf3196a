import json
from datetime import datetime, timedelta

import pytest

from tidegate.demo.live import next_incident
from tidegate.demo.specs import World

from .conftest import Incidents
from .reading import alerts_of, members, when


def test_next_incident_is_the_same_every_time(world: World) -> None:
    tenant = world.tenant("orvane")

    assert json.dumps(next_incident(world, tenant, world.now, 3)) == json.dumps(
        next_incident(world, tenant, world.now, 3)
    )


def test_next_incidents_differ_and_follow_on(world: World, incidents: Incidents) -> None:
    tenant = world.tenant("orvane")
    fresh = [next_incident(world, tenant, world.now, n) for n in range(20)]

    assert [int(str(one["id"])) for one in fresh] == list(range(4128, 4148))
    assert len({str(one["displayName"]) for one in fresh}) > 8
    known = {alert["id"] for one in incidents["orvane"] for alert in alerts_of(one)}
    assert not known & {alert["id"] for one in fresh for alert in alerts_of(one)}


def test_next_incident_is_fresh_and_untouched(world: World) -> None:
    at = world.now + timedelta(days=2)
    for tenant in world.tenants:
        incident = next_incident(world, tenant, at, 0)
        assert incident["status"] == "active"
        assert incident["assignedTo"] is None
        assert alerts_of(incident)
        assert at - timedelta(minutes=13) < when(incident["createdDateTime"]) <= at
        assert all(
            when(value) <= at for name, value in members(incident) if name.endswith("DateTime") and value
        )


def test_next_incident_without_time_zone_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="at: the time needs a time zone"):
        next_incident(world, world.tenant("orvane"), datetime(2026, 1, 1), 0)  # noqa: DTZ001 - is refused
