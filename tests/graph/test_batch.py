"""`$batch`: up to twenty calls in one, each answered as if it had come alone."""

import base64
from typing import Any

import pytest

from tests.cast import Cast
from tests.graph.security.queue import WRITES, fill_queues
from tests.graph.speaking import Speaker, speak
from tidegate.incidents.models import Alert

ALERTS = "/security/alerts_v2"


@pytest.fixture
def program(cast: Cast, now: None) -> Speaker:
    fill_queues(cast)
    return speak(cast, *WRITES)


def step(number: int, method: str, url: str, body: Any = None, **more: Any) -> dict[str, Any]:
    found = {"id": str(number), "method": method, "url": url, **more}
    return found if body is None else found | {"body": body, "headers": {"Content-Type": "application/json"}}


def answers(program: Speaker, *steps: dict[str, Any]) -> dict[str, Any]:
    said = program.post("$batch", {"requests": list(steps)})
    assert said.status == 200, said.body
    return {answer["id"]: answer for answer in said.body["responses"]}


def test_batch_answers_each_as_if_it_had_come_alone(program: Speaker) -> None:
    found = answers(
        program,
        step(1, "GET", f"{ALERTS}?$filter=severity eq 'high'&$select=title"),
        step(2, "PATCH", f"{ALERTS}/da1", {"status": "inProgress"}),
        step(3, "POST", f"v1.0{ALERTS}('da1')//comments", {"comment": "x"}),
        step(4, "get", f"{ALERTS}/%24count"),
        step(5, "GET", "/nothing/at/all"),
        step(6, "DELETE", f"{ALERTS}/da1"),
    )
    statuses = {number: answer["status"] for number, answer in found.items()}
    assert statuses == {"1": 200, "2": 200, "3": 200, "4": 200, "5": 404, "6": 405}
    assert [alert["id"] for alert in found["1"]["body"]["value"]] == ["da2"]
    assert found["2"]["headers"]["ETag"] == 'W/"2"'
    assert found["3"]["body"][0]["comment"] == "x"
    assert base64.b64decode(found["4"]["body"]) == b"3"
    assert found["5"]["body"]["error"]["code"] == "ResourceNotFound"


def test_step_runs_after_those_it_needs_and_not_when_they_fail(cast: Cast, program: Speaker) -> None:
    found = answers(
        program,
        step(1, "PATCH", f"{ALERTS}/da1", {"status": "resolved"}, dependsOn=["2"]),
        step(2, "GET", f"{ALERTS}/da9"),
        step(3, "PATCH", f"{ALERTS}/da2", {"status": "resolved"}, dependsOn=["4"]),
        step(4, "GET", f"{ALERTS}/da2"),
        step(5, "GET", ALERTS, dependsOn=["1"]),
    )
    assert list(found) == ["2", "1", "4", "3", "5"]
    assert [found[number]["status"] for number in ("1", "3", "5")] == [424, 200, 424]
    assert found["1"]["body"]["error"]["code"] == "FailedDependency"
    assert Alert.objects.of_tenant(cast.customer.id).get(external_id="da1").status == "new"


def test_step_speaks_with_the_token_of_the_whole_alone(cast: Cast, program: Speaker) -> None:
    theirs = speak(cast, *WRITES, tenant=cast.other, program=program.program).header["Authorization"]
    mine = "11111111-2222-3333-4444-555555555555"
    headers = {
        "Authorization": theirs,
        "X-Forwarded-For": "1.2.3.4",
        "client-request-id": mine,
        "Host": "evil",
    }
    found = answers(program, step(1, "GET", f"{ALERTS}/only-theirs", headers=headers))["1"]
    assert (found["status"], found["headers"]["client-request-id"]) == (404, mine)


@pytest.mark.parametrize(
    ("requests", "reason"),
    [
        (None, "requests"),
        ([], "requests"),
        ([step(number, "GET", ALERTS) for number in range(21)], "at most 20"),
        ([step(1, "GET", ALERTS), step(1, "GET", ALERTS)], "id"),
        ([step(1, "GET", ALERTS) | {"id": 1}], "id"),
        ([step(1, "TRACE", ALERTS)], "method"),
        ([step(1, "GET", ALERTS, atomicityGroup="g")], "atomicityGroup"),
        ([step(1, "GET", ALERTS, dependsOn=["1"])], "dependsOn"),
        ([step(1, "GET", ALERTS, dependsOn=["2"])], "dependsOn"),
        ([step(1, "GET", ALERTS, dependsOn="2")], "dependsOn"),
        ([step(1, "GET", "https://elsewhere.example/x")], "url"),
        ([step(1, "GET", "/a\r\nb")], "url"),
        ([step(1, "GET", ALERTS, headers={"X_Forwarded_For": "1"})], "headers"),
        ([step(1, "GET", ALERTS, headers={"a": 1})], "headers"),
        (["GET"], "requests"),
    ],
)
def test_batch_that_cannot_be_read_is_refused_whole(program: Speaker, requests: Any, reason: str) -> None:
    said = program.post("$batch", {"requests": requests})
    assert said.code == (400, "BadRequest")
    assert reason in said.message


@pytest.mark.parametrize("url", ["/$batch", "%24batch", "/v1.0//$batch/"])
def test_batch_within_a_batch_is_refused(program: Speaker, url: str) -> None:
    inner = {"requests": [step(1, "GET", ALERTS)]}
    assert answers(program, step(1, "POST", url, inner))["1"]["status"] == 400


@pytest.mark.parametrize("url", ["/../sign-in", "..%2f..%2fsign-in", "/%0a", "/", "?x"])
def test_step_reaches_nothing_beside_graph(program: Speaker, url: str) -> None:
    found = answers(program, step(1, "GET", url))["1"]
    assert found["status"] == 404 or "@odata.context" in found["body"]


def test_batch_needs_a_token(program: Speaker) -> None:
    said = Speaker(program.program, {}).post("$batch", {"requests": [step(1, "GET", ALERTS)]})
    assert said.code == (401, "InvalidAuthenticationToken")
