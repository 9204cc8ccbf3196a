"""Programs send alerts in: what becomes of them, who may, and into whose tenant."""

from typing import Any

import msgspec
import pytest

from tests.cast import Cast
from tests.graph.security.queue import WRITES, alert
from tests.graph.speaking import Speaker, speak
from tidegate.audit.models import AuditEvent
from tidegate.incidents.models import Alert, Incident

LIST = "security/alerts_v2"
NOTHING = {"created": 0, "updated": 0, "unchanged": 0, "incidentsCreated": 0, "incidentsUpdated": 0}


@pytest.fixture
def source(cast: Cast, now: None) -> Speaker:
    """A program that may send alerts into the customer, and nothing else."""
    return speak(cast, "SecurityAlert.Create.All")


def taken(**counts: int) -> dict[str, Any]:
    return {**NOTHING, **counts, "rejected": []}


def test_alert_is_taken_in_and_the_same_again_changes_nothing(cast: Cast, source: Speaker) -> None:
    said = source.post(LIST, alert(1))

    assert (said.status, said.body) == (200, taken(created=1, incidentsCreated=1))
    kept = Alert.objects.of_tenant(cast.customer.id).get()
    assert (kept.external_id, kept.title) == ("da1", alert(1)["title"])
    event = AuditEvent.objects.of_tenant(cast.customer.id).get(tag="alerts.imported")
    assert event.target_id == str(source.program.application.client_id)
    assert msgspec.json.decode(event.details)["new_alert_ids"] == [str(kept.id)]
    assert source.post(LIST, alert(1)).body["unchanged"] == 1
    assert AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="alerts.imported").count() == 1
    assert source.post(LIST, alert(1, title="Worse", severity="high")).body["updated"] == 1
    kept.refresh_from_db()
    assert kept.title == "Worse"


@pytest.mark.parametrize("form", ["list", "lines", "collection"])
def test_many_are_taken_in_at_once_and_what_is_bad_is_named(cast: Cast, source: Speaker, form: str) -> None:
    bodies: list[object] = [alert(1), {**alert(2), "severity": 7, "id": ""}, alert(3)]
    forms = {
        "list": msgspec.json.encode(bodies),
        "lines": b"\n".join(msgspec.json.encode(body) for body in bodies),
        "collection": msgspec.json.encode({"value": bodies}),
    }

    answer = source.client.generic("POST", f"/v1.0/{LIST}", forms[form], headers=source.header)

    said = msgspec.json.decode(answer.content)
    assert answer.status_code == 200
    assert said["created"] == 2
    assert [one["record"] for one in said["rejected"]] == [2]
    assert said["rejected"][0]["reason"]
    assert set(Alert.objects.of_tenant(cast.customer.id).values_list("external_id", flat=True)) == {
        "da1",
        "da3",
    }
    assert AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="alerts.imported").count() == 1


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"not JSON", b'{"id":1', b"\xff\xfe", b"null", b"[[[["])
def test_body_without_an_alert_is_refused_and_leaves_nothing(
    cast: Cast, source: Speaker, body: bytes
) -> None:
    answer = source.client.generic("POST", f"/v1.0/{LIST}", body, headers=source.header)

    assert answer.status_code == 400
    assert msgspec.json.decode(answer.content)["error"]["message"]
    assert not Alert.objects.of_tenant(cast.customer.id).exists()
    assert not Incident.objects.of_tenant(cast.customer.id).exists()


def test_body_that_is_too_large_is_refused(source: Speaker) -> None:
    answer = source.client.generic("POST", f"/v1.0/{LIST}", b" " * 2_700_000, headers=source.header)

    assert answer.status_code == 400


@pytest.mark.usefixtures("now")
def test_who_only_works_alerts_sends_none_in(cast: Cast) -> None:
    worker = speak(cast, *WRITES)

    said = worker.post(LIST, alert(1))

    assert said.status == 403
    assert not Alert.objects.of_tenant(cast.customer.id).exists()


def test_source_reads_nothing_of_what_is_there(source: Speaker) -> None:
    source.post(LIST, alert(1))

    assert source.get(LIST).status == 403
    assert source.get(f"{LIST}/da1").status == 403


def test_alert_goes_into_no_other_tenant(cast: Cast, source: Speaker) -> None:
    """Neither that of the outsider, who has not consented, nor by what the alert says of itself."""
    before = Alert.objects.of_tenant(cast.other.id).count()

    assert source.post(f"{LIST}?tid={cast.other.id}", alert(1)).status == 404
    assert source.post(f"{LIST}?tid=all", alert(1)).status == 400
    assert source.post(LIST, alert(2, tenantId=str(cast.other.id))).status == 200

    assert Alert.objects.of_tenant(cast.other.id).count() == before
    assert Alert.objects.of_tenant(cast.customer.id).count() == 1
