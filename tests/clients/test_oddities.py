"""What shipping clients put on the wire that a plain server would refuse, through the whole server."""

import base64
from typing import Any, Final

import pytest

from tests.clients.portal import Portal
from tests.clients.world import HIGH, NEWEST_FIRST, SECRET, SINCE
from tests.manifest.making import CLIENT, CUSTOMER

pytestmark = pytest.mark.one_engine

GRAPH: Final = "https://graph.microsoft.com/.default"
DEFENDER: Final = "https://api.securitycenter.microsoft.com/.default"
FORM: Final = f"grant_type=client_credentials&client_id={CLIENT}&client_secret={SECRET}"
V1, V2 = f"/{CUSTOMER}/oauth2/token", f"/{CUSTOMER}/oauth2/v2.0/token"
NO_NAME: Final = f"grant_type=client_credentials&scope={GRAPH}"
BASIC: Final = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()


@pytest.fixture(scope="module")
def graph(portal: Portal) -> str:
    return portal.token(GRAPH)


@pytest.fixture(scope="module")
def defender(portal: Portal) -> str:
    return portal.token(DEFENDER)


def read(portal: Portal, path: str, authorization: str, **headers: str) -> Any:
    answer = portal.ask("GET", path, headers={"Authorization": authorization, **headers})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(body: Any) -> list[str]:
    return [one["id"] for one in body["value"]]


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        pytest.param("POST", V2, f"{FORM}&scope={GRAPH}", {}, id="no content type"),
        pytest.param(
            "GET", V1, f"{FORM}&resource=https://graph.windows.net",
            {"Content-Type": "application/x-www-form-urlencoded"}, id="GET with a form",
        ),
        pytest.param(
            "POST", V2, NO_NAME,
            {"Content-Type": "application/x-www-form-urlencoded", "Authorization": BASIC}, id="Basic",
        ),
        pytest.param(
            "POST", V2, f"scope={GRAPH}&\n    {FORM}",
            {"Content-Type": "application/x-www-form-urlencoded"}, id="blanks and a line end before a name",
        ),
        pytest.param("POST", f"/{V2}", f"{FORM}&scope={GRAPH}",
            {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, id="two slashes"),
    ],
)  # fmt: skip
def test_token_is_asked_for(
    portal: Portal, method: str, path: str, body: str, headers: dict[str, str]
) -> None:
    answer = portal.ask(method, path, data=body, headers=headers)

    assert (answer.status_code, answer.json()["token_type"]) == (200, "Bearer")


@pytest.mark.parametrize("place", ["127.0.0.1", "own address"])
def test_scope_is_the_portals_own_address_with_or_without_its_port(portal: Portal, place: str) -> None:
    address = portal.base if place == "own address" else f"https://{place}"

    token = portal.token(f"{address}/.default")

    assert ids(read(portal, "/v1.0/security/alerts_v2", f"Bearer {token}")) == NEWEST_FIRST


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/v1.0//security/alerts_v2", id="two slashes"),
        pytest.param("/v1.0/security/alerts_v2/", id="a slash at the end"),
        pytest.param("/v1.0/security/alerts_v2?$top=10&", id="a trailing ampersand"),
        pytest.param("/v1.0/security/alerts_v2?%24top=10", id="an encoded option"),
        pytest.param("/v1.0/security/alerts_v2?%24filter=createdDateTime%20gt%202001-01-01T00:00:00.1234567Z",
                     id="seven digits of a second"),
    ],
)  # fmt: skip
def test_graph_address(portal: Portal, graph: str, path: str) -> None:
    assert ids(read(portal, path, f"Bearer {graph}")) == NEWEST_FIRST


def test_token_alone_without_bearer(portal: Portal, graph: str) -> None:
    assert ids(read(portal, "/v1.0/security/alerts_v2", graph)) == NEWEST_FIRST


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param(f"/api/alerts?$filter=alertCreationTime%2Bgt%2B{SINCE}", NEWEST_FIRST,
                     id="a plus for a blank, encoded"),
        pytest.param(f"/api/alerts?$filter=alertCreationTime+gt+{SINCE}", NEWEST_FIRST,
                     id="a plus for a blank"),
        pytest.param("/api/alerts?$filter=alertCreationTime gt 2001-01-01T00:00:00%2B00:00", NEWEST_FIRST,
                     id="an offset with its plus"),
        pytest.param("/api/v1.0/alerts?$filter=(tolower(severity) eq 'high')", HIGH,
                     id="tolower at the older address"),
        pytest.param("/api/alerts?$orderby=alertCreationTime asc&$expand=evidence", NEWEST_FIRST[::-1],
                     id="oldest first with evidence"),
    ],
)  # fmt: skip
def test_defender_address(portal: Portal, defender: str, path: str, found: list[str]) -> None:
    assert ids(read(portal, path, f"Bearer {defender}")) == found


def test_one_address_is_two_apis(portal: Portal, defender: str) -> None:
    siem = portal.token("https://graph.windows.net/.default")

    bare = read(portal, f"/api/alerts/?sinceTimeUtc={SINCE}", f"Bearer {siem}")
    listed = read(portal, "/api/alerts", f"Bearer {defender}")

    assert (type(bare), {one["AlertId"] for one in bare}) == (list, set(NEWEST_FIRST))
    assert ids(listed) == NEWEST_FIRST
    assert {type(one["incidentId"]) for one in listed["value"]} == {int}


def test_pages_by_skip_until_one_is_short(portal: Portal, graph: str) -> None:
    found: list[str] = []
    skip, page = 0, [""]
    while page:
        path = f"/v1.0/security/alerts_v2?$orderby=createdDateTime desc&$top=2&$skip={skip}"
        page = ids(read(portal, path, f"Bearer {graph}", ConsistencyLevel="eventual"))
        found, skip = found + page, skip + 2

    assert found == NEWEST_FIRST


def test_pages_by_link_stay_on_the_host_that_was_asked(portal: Portal, graph: str) -> None:
    found, path = [], "/v1.0/security/alerts_v2?$top=2"
    while path:
        page = read(portal, path, f"Bearer {graph}", Host=f"localhost:{portal.port}")
        found += ids(page)
        link = page.get("@odata.nextLink", "")
        assert link.startswith(f"https://localhost:{portal.port}/") or not link
        path = link.removeprefix(f"https://localhost:{portal.port}")

    assert found == NEWEST_FIRST


def test_incidents_newest_first_with_their_alerts_filtered_and_ordered_together(
    portal: Portal, graph: str
) -> None:
    path = f"/v1.0/security/incidents?$expand=alerts&$filter=lastUpdateDateTime ge {SINCE}&$top=50"
    prefer = {"Prefer": "include-unknown-enum-members"}
    read_in = read(portal, path, f"Bearer {graph}", **prefer)["value"]
    ordered = read(portal, f"{path}&$orderby=lastUpdateDateTime", f"Bearer {graph}", **prefer)["value"]

    assert [(one["id"], len(one["alerts"])) for one in read_in] == [("101", 2), ("102", 2), ("103", 1)]
    assert sorted(one["id"] for one in ordered) == ["101", "102", "103"]
