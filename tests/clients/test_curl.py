"""The flow of Microsoft's page "Pull detections using SIEM REST API", with curl and jq alone."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clients.portal import Portal
from tests.clients.world import CUSTOMER_DOMAIN, GROUPS, NEWEST_FIRST, SECRET, SINCE
from tests.manifest.making import CLIENT
from tools.system_packages import has_shell_tools

pytestmark = [
    pytest.mark.one_engine,
    pytest.mark.skipif(not has_shell_tools(), reason="bash, curl or jq is not installed"),
]

type Detections = list[dict[str, Any]]


@dataclass(frozen=True)
class Fetched:
    """What the script told, in its order."""

    token: dict[str, Any]
    every: Detections
    polled: Detections
    until: Detections
    limited: Detections
    of_groups: Detections
    ago: Detections


@pytest.fixture(scope="module")
def fetched(portal: Portal) -> Fetched:
    told = {"BASE": portal.base, "TENANT": CUSTOMER_DOMAIN, "SINCE": SINCE}
    environment = {**os.environ, **told, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET}
    script = str(Path(__file__).parent / "fetch.sh")
    ended = subprocess.run(["bash", script], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return Fetched(*map(json.loads, ended.stdout.splitlines()))


def ids(detections: Detections) -> set[str]:
    return {one["AlertId"] for one in detections}


def test_token_is_the_seventh_piece_of_its_body(fetched: Fetched) -> None:
    """That there are detections at all shows that it was cut out right."""
    assert (fetched.token["token_type"], fetched.token["resource"]) == ("Bearer", "https://graph.windows.net")
    assert fetched.token["expires_in"] == "3599"


def test_every_detection_comes_in_the_documented_words(fetched: Fetched) -> None:
    assert ids(fetched.every) == set(NEWEST_FIRST)
    assert {one["Severity"] for one in fetched.every} == {"High", "Medium", "Low", "Informational"}


def test_poll_from_the_last_repeats_that_and_misses_nothing(fetched: Fetched) -> None:
    last = max(one["LastProcessedTimeUtc"] for one in fetched.every)

    assert ids(fetched.polled) == {
        one["AlertId"] for one in fetched.every if one["LastProcessedTimeUtc"] == last
    }


def test_windows_limits_and_groups_narrow(fetched: Fetched) -> None:
    newest = sorted(one["LastProcessedTimeUtc"] for one in fetched.every)[-2:]

    assert ids(fetched.until) == ids(fetched.every)
    assert sorted(one["LastProcessedTimeUtc"] for one in fetched.limited) == newest
    assert ids(fetched.of_groups) == GROUPS["Office"]
    assert ids(fetched.ago) == ids(fetched.every)
