"""The programs of the made-up world, as its hand-out tells of them."""

import json
import shlex
from pathlib import Path

from tidegate.demo.handout import describe_world, write_handout
from tidegate.demo.specs import World
from tidegate.demo.world import make_world

from .conftest import NOW

BASE_URL = "http://127.0.0.1:8000"


def test_programs_are_one_of_the_provider_and_one_of_a_customer(world: World, tmp_path: Path) -> None:
    write_handout(world, BASE_URL, tmp_path / "demo.json")

    told = json.loads((tmp_path / "demo.json").read_text())
    connector, lake = told["applications"]
    slugs = {str(tenant.tenant_id): tenant.slug for tenant in world.tenants}
    assert slugs[connector["tenant_id"]] == "veldwacht"
    assert [slugs[one] for one in connector["consented_in"]] == [
        "veldwacht", "orvane", "meridaal", "corvanta", "plettenburg",
    ]  # fmt: skip
    assert (slugs[lake["tenant_id"]], [slugs[one] for one in lake["consented_in"]]) == ("orvane", ["orvane"])
    assert lake["permissions"] == ["graph/SecurityAlert.Read.All", "siem/Alerts.Fetch.All"]
    assert {"client_id", "client_secret", "display_name", "purpose"} < lake.keys()


def test_ids_and_secrets_come_from_the_seed(world: World) -> None:
    again, other = make_world(NOW), make_world(NOW, seed=7)

    assert [one.client_id for one in again.applications] == [one.client_id for one in world.applications]
    texts = [one.client_secret for made in (world, other) for one in made.applications]
    assert len(set(texts)) == 4
    assert again.applications == world.applications


def test_one_line_to_paste_fetches_a_customers_alerts(world: World) -> None:
    (line,) = (one for one in describe_world(world, BASE_URL).splitlines() if "curl" in one)

    words = shlex.split(line)
    assert words[-1] == f"{BASE_URL}/v1.0/security/alerts_v2?$top=3"
    assert f"{BASE_URL}/{world.tenant('orvane').tenant_id}/oauth2/v2.0/token" in words[3]
    assert f"client_secret={world.applications[0].client_secret}" in words[3]
