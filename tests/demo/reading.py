"""Ways into the JSON of made-up incidents."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tidegate.connectors.records import Json


def alerts_of(incident: dict[str, Json]) -> list[dict[str, Any]]:
    alerts = incident["alerts"]
    assert isinstance(alerts, list)
    return [alert for alert in alerts if isinstance(alert, dict)]


def evidence_of(incident: dict[str, Json], kind: str) -> Iterator[dict[str, Any]]:
    for alert in alerts_of(incident):
        for piece in alert["evidence"]:
            if piece["@odata.type"] == f"#microsoft.graph.security.{kind}":
                yield piece


def comments_of(incidents: list[dict[str, Json]]) -> Iterator[dict[str, Any]]:
    for incident in incidents:
        for holder in (incident, *alerts_of(incident)):
            comments = holder["comments"]
            assert isinstance(comments, list)
            yield from (comment for comment in comments if isinstance(comment, dict))


def members(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every plain value anywhere inside, with the name of the member it stands in."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from members(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, name)
    else:
        yield name, value


def when(text: object) -> datetime:
    return datetime.fromisoformat(str(text))
