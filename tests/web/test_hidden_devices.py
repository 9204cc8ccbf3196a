"""What pages show of devices that are hidden from their reader: nothing, and numbers that agree."""

from collections.abc import Callable

import pytest

from tests.cast import Cast, import_all
from tests.connectors.samples import graph_alert, graph_incident
from tests.devices.making import device_evidence, hide
from tests.web.conftest import Visitor, text_of
from tidegate.devices.models import Device

type Visit = Callable[..., Visitor]


@pytest.fixture
def hidden(cast: Cast) -> Cast:
    """Incident 41 is about a hidden and a seen device, 42 about the hidden one alone."""
    both = graph_alert(
        id="both", title="Odd program", evidence=[device_evidence("srv-1"), device_evidence("pc-1")]
    )
    alone = graph_alert(id="alone", title="Secret title", evidence=[device_evidence("srv-1")])
    other = graph_alert(id="other", incidentId="42", title="Another", evidence=[device_evidence("srv-1")])
    import_all(
        cast.customer,
        [
            graph_incident(both, alone, id="41", displayName="Odd programs"),
            graph_incident(other, id="42", displayName="Servers only"),
        ],
    )
    hide(cast, "srv")
    return cast


@pytest.mark.parametrize(
    "path",
    [
        "/incidents/42",
        "/incidents/42/source",
        "/incidents/41/source",
        "/alerts/alone",
        "/alerts/other",
        "/sources/alerts/other",
        "/sources/alerts/both",
        "/incidents/7",
    ],
)
def test_what_is_hidden_is_not_there(hidden: Cast, visit: Visit, path: str) -> None:
    assert visit("analyst").get(path).status_code == 404
    assert visit("admin").get(path).status_code == (404 if path == "/incidents/7" else 200)


@pytest.mark.parametrize("path", ["/", "/incidents", "/incidents/41", "/alerts", "/alerts/both", "/devices"])
def test_no_page_names_a_hidden_device(hidden: Cast, visit: Visit, path: str) -> None:
    page = visit("analyst").get(path)
    assert page.status_code == 200
    shown = page.content.decode()
    for word in ("srv-1", "Secret title", "Servers only"):
        assert word not in shown
    if path == "/devices":
        assert "srv-1" in visit("admin").get(path).content.decode()


def test_the_device_itself_is_not_there(hidden: Cast, visit: Visit) -> None:
    device = Device.rows.get(dns_name="srv-1.corp.example")
    assert visit("analyst").get(f"/devices/{device.id}").status_code == 404
    assert visit("admin").get(f"/devices/{device.id}").status_code == 200


def test_an_incident_counts_what_is_seen_of_it(hidden: Cast, visit: Visit) -> None:
    page = text_of(visit("analyst").get("/incidents/41"))
    assert "Odd program" in page
    assert "pc-1" in page
    listed = text_of(visit("analyst").get("/incidents"))
    assert "Odd programs" in listed


def test_an_alert_without_its_source_offers_no_download(hidden: Cast, visit: Visit) -> None:
    assert "/sources/alerts/both" not in visit("analyst").get("/alerts/both").content.decode()
    assert "/sources/alerts/both" in visit("admin").get("/alerts/both").content.decode()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/alerts/alone/comments", {"comment": "I guess"}),
        ("/incidents/42/comments", {"comment": "I guess"}),
    ],
)
def test_what_is_hidden_cannot_be_changed(
    hidden: Cast, visit: Visit, path: str, data: dict[str, str]
) -> None:
    assert visit("analyst").post(path, data).status_code == 404


def test_customers_are_counted_as_their_own_pages_count_them(hidden: Cast, visit: Visit) -> None:
    navigation = visit("analyst").get("/incidents").context["frame"].navigation
    counts = {item.key: item.count for section in navigation for item in section.items}
    rows = {row.badge.tenant_id: row for row in visit("analyst").get("/customers").context["rows"]}
    counted = rows[str(hidden.customer.id)].counts
    assert counted is not None
    assert (counts["incidents"], counts["alerts"], counted.total) == (1, 1, 1)


def test_why_says_that_something_is_hidden(hidden: Cast, visit: Visit) -> None:
    words = "All devices but those of a device group hidden from them"
    assert words in visit("analyst").get("/incidents", why="1").content.decode()
    assert words not in visit("admin").get("/incidents", why="1").content.decode()
