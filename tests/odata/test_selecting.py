"""Reducing an object to what was asked of it."""

from typing import Any

import pytest

from tests.odata.samples import INCIDENT
from tidegate.odata.options import parse_options
from tidegate.odata.selecting import select_members

DOCUMENT: dict[str, Any] = {
    "@odata.type": "#microsoft.graph.security.incident",
    "@odata.etag": "W/1",
    "id": "7",
    "displayName": "Found",
    "customTags@odata.type": "#Collection(String)",
    "customTags": ["red"],
    "alerts@odata.context": "x",
    "alerts": [{"id": "a", "title": "One", "severity": "high", "@odata.type": "y"}],
}
FIRST = {name: DOCUMENT[name] for name in ("@odata.type", "@odata.etag", "id")}


@pytest.mark.parametrize(
    ("options", "members"),
    [
        ({}, DOCUMENT),
        ({"$select": "*"}, DOCUMENT),
        ({"$select": "displayName"}, FIRST | {"displayName": "Found"}),
        ({"$select": "status"}, FIRST),
        ({"$select": "customTags"},
         FIRST | {"customTags@odata.type": "#Collection(String)", "customTags": ["red"]}),
        ({"$select": "id", "$expand": "alerts"},
         FIRST | {"alerts@odata.context": "x", "alerts": DOCUMENT["alerts"]}),
        ({"$select": "id", "$expand": "alerts($select=title)"},
         FIRST | {"alerts@odata.context": "x", "alerts": [{"id": "a", "title": "One", "@odata.type": "y"}]}),
        ({"$expand": "alerts($select=id)"},
         DOCUMENT | {"alerts": [{"id": "a", "@odata.type": "y"}]}),
    ],
)  # fmt: skip
def test_members_that_were_asked_for_are_left(options: dict[str, str], members: dict[str, Any]) -> None:
    query = parse_options([(name, [value]) for name, value in options.items()], INCIDENT)
    assert select_members(DOCUMENT, query) == members
