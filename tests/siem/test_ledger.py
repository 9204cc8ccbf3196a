"""The ledger as an API."""

from typing import Any

import pytest
from django.test import Client

from tests.applications import delegated_permissions, let_in
from tests.cast import Cast, import_all
from tests.siem.programs import Speaker, full_alert, read, speak
from tidegate.authorization.api_permissions import Resource

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def siem(cast: Cast) -> Speaker:
    import_all(cast.customer, [full_alert()])
    speaker = speak(cast, Resource.SIEM)
    read(speaker.get("/api/alerts"))
    return speaker


def feeds(speaker: Speaker, **parameters: Any) -> list[dict[str, Any]]:
    response = speaker.get("/api/feeds", **parameters)
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = read(response)["value"]
    return found


def test_a_program_sees_how_far_it_has_come(cast: Cast, siem: Speaker) -> None:
    (feed,) = feeds(siem)

    assert feed.pop("id")
    newest = feed.pop("newestInTenant")
    assert newest <= feed.pop("coveredUntil")
    assert feed == {
        "tenantId": str(cast.customer.id),
        "appId": str(siem.program.application.client_id),
        "appDisplayName": "Harbour SIEM",
        "feed": "siem",
        "lagSeconds": 0.0,
        "waiting": 0,
        "waitingSince": None,
        "isBehind": False,
        "firstFetchedAt": "2026-03-10T09:00:00Z",
        "lastFetchedAt": "2026-03-10T09:00:00Z",
        "lastCount": 1,
        "lastFailedAt": None,
        "lastError": None,
        "failures": 0,
        "replayFrom": None,
        "consentEndsAt": "2027-03-10T09:00:00Z",
        "credentialEndsAt": None,
        "gaps": [],
        "days": [{"day": "2026-03-10", "fetches": 1, "items": 1, "failures": 0}],
    }


def test_a_program_sees_itself_everywhere_it_is_let_in_with_a_token_of_home(
    cast: Cast, siem: Speaker
) -> None:
    home = speak(cast, Resource.SIEM, tenant=cast.provider, program=siem.program)
    other = speak(cast, Resource.SIEM, tenant=cast.other, program=siem.program)
    read(other.get("/api/alerts"))

    assert {feed["tenantId"] for feed in feeds(home, tid="all")} == {
        str(cast.customer.id),
        str(cast.other.id),
    }
    assert feeds(home) == []
    assert siem.get("/api/feeds", tid="all").status_code == 404
    assert siem.get("/api/feeds", tid=str(cast.other.id)).status_code == 400


def test_programs_do_not_see_each_other_but_administrators_see_all(cast: Cast, siem: Speaker) -> None:
    another = speak(cast, Resource.DEFENDER)
    assert feeds(another) == []
    graph = speak(cast, Resource.GRAPH, "Directory.Read.All")
    assert [feed["feed"] for feed in feeds(graph)] == ["siem"]
    let_in(graph.program, cast.customer, *delegated_permissions(Resource.GRAPH, "Directory.Read.All"))

    def ask(name: str) -> list[Any]:
        user = cast.user(name)
        header = graph.program.header(cast.customer, Resource.GRAPH, "Directory.Read.All", user=user)
        return list(read(Client().get("/api/feeds", headers=header))["value"])

    assert len(ask("admin")) == 1
    assert ask("member") == []


def test_nobody_without_a_token(siem: Speaker) -> None:
    assert Client().get("/api/feeds").status_code == 401
