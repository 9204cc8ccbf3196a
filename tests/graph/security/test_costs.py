"""What lists cost: the same few statements for one row as for many, and no memory that grows with them."""

import tracemalloc
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, import_all
from tests.connectors.samples import graph_incident
from tests.devices.making import hide, make_alerts
from tests.graph.security.queue import WRITES, alert
from tests.graph.speaking import Speaker, speak, speak_for
from tidegate.incidents.models import Alert

WITH_ALL = "$filter=severity ne 'high' and createdDateTime ge 2026-01-01T00:00:00Z&$count=true&$top=50"
PATHS = {
    f"security/alerts_v2?{WITH_ALL}": 8,
    f"security/incidents?{WITH_ALL}&$expand=alerts&$orderby=lastUpdateDateTime": 10,
}


def count(program: Speaker, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert program.get(path).values
    asked = [
        each["sql"]
        for each in queries
        if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "PRAGMA", "SET LOCAL"))
    ]
    return len(asked)


@pytest.mark.parametrize("path", PATHS)
def test_list_costs_the_same_whatever_its_length(cast: Cast, now: None, path: str) -> None:
    program = speak(cast, *WRITES)
    import_all(cast.customer, [graph_incident(alert(1, comments=[{"comment": "x"}]), severity="low")])
    # The first makes the consumer's row in the ledger.
    program.get(path)
    one = count(program, path)
    more = [graph_incident(alert(n, incidentId=str(n)), id=str(n), severity="low") for n in (2, 3)]
    import_all(
        cast.customer,
        [*more, graph_incident(id="4", status="redirected", redirectIncidentId="2", severity="low")],
    )
    assert (one, count(program, path) - ("incidents" in path)) == (PATHS[path], PATHS[path])


def test_list_for_who_does_not_see_all_devices_tells_of_what_is_seen(cast: Cast, now: None) -> None:
    hide(cast, "srv")
    make_alerts(cast.customer, {"seen": ("pc-1",), "partly": ("pc-2", "srv-1"), "hidden": ("srv-2",)})
    analyst, all_seeing = speak_for(cast, cast.user("analyst"), *WRITES), speak(cast, *WRITES)
    listed = {each["id"]: each for each in analyst.get("security/alerts_v2").values}
    assert {name: len(each["evidence"]) for name, each in listed.items()} == {"seen": 1, "partly": 1}
    (incident,) = analyst.get("security/incidents?$expand=alerts").values
    assert {each["id"]: len(each["evidence"]) for each in incident["alerts"]} == {"seen": 1, "partly": 1}
    assert "srv-1" not in str(listed) + str(incident)
    assert analyst.get("security/alerts_v2/hidden").status == 404
    assert analyst.patch("security/alerts_v2/hidden", {"status": "new"}).status == 404
    assert "srv-1" not in str(analyst.patch("security/alerts_v2/partly", {"status": "inProgress"}).body)
    assert analyst.get("security/alerts_v2/$count").body == "2"
    assert len(all_seeing.get("security/alerts_v2").values) == 3


def test_long_list_is_sent_as_it_is_read(cast: Cast, now: None) -> None:
    import_all(cast.customer, [alert(1)])
    (kept,) = Alert.objects.of_tenant(cast.customer.id)
    document = kept.document[:-1] + ',"padding":"' + "x" * 4_000 + '"}'
    for part in range(4):
        Alert.objects.bulk_create(
            Alert(
                **{name: getattr(kept, name) for name in COLUMNS},
                external_id=f"m{part}-{n}",
                document=document,
            )
            for n in range(1_000)
        )
    header = speak(cast, *WRITES).header
    response = Client().get("/v1.0/security/alerts_v2?$top=100000", headers=header)
    pieces: Iterator[bytes] = iter(response.streaming_content)  # type: ignore[attr-defined]
    tracemalloc.start()
    size = sum(len(piece) for piece in pieces)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 4_001 * 4_000
    assert peak < size / 2


COLUMNS = (
    "tenant_id", "incident_id", "title", "created_at", "last_update_at", "first_activity_at",
    "last_activity_at", "source_updated_at", "source_format", "raw",
)  # fmt: skip
