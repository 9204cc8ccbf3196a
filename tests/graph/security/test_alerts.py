"""`security/alerts_v2`."""

from tests.graph.conftest import Graph


def ids(page: dict) -> list[str]:
    return [alert["id"] for alert in page["value"]]


def test_alerts_are_listed_newest_first(graph: Graph) -> None:
    page = graph.get("security/alerts_v2?$count=true")
    assert page["@odata.context"] == "http://testserver/v1.0/$metadata#security/alerts_v2"
    assert page["@odata.count"] == 3
    assert ids(page) == ["da3", "da2", "da1"]
    assert "@odata.nextLink" not in page
