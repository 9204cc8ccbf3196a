"""What Graph says of itself is what is served, and nothing else."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from jsonschema import Draft202012Validator

from tests.cast import Cast
from tests.graph.our_description import describe, faults
from tests.graph.security.queue import WRITES, fill_queues
from tests.graph.speaking import speak
from tidegate.graph.description.parts import all_operations
from tidegate.graph.security import types

URLS = "tidegate.graph.urls"
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route


def test_metadata_names_every_type_with_its_words(client: Client) -> None:
    response = client.get("/v1.0/$metadata")
    assert response["Content-Type"] == "application/xml"
    root = ET.fromstring(response.content)  # noqa: S314  our own
    enums = {each.get("Name"): each for each in root.iter(f"{EDM}EnumType")}
    words = [member.get("Name") for member in enums["incidentStatus"]]
    assert words == list(types.INCIDENT_STATUS.words)
    entities = {each.get("Name"): each for each in root.iter(f"{EDM}EntityType")}
    assert entities["alert"].get("BaseType") == "microsoft.graph.entity"
    kinds = {each.get("Name"): each.get("Type") for each in entities["alert"]}
    assert kinds["evidence"] == "Collection(microsoft.graph.security.alertEvidence)"
    assert kinds["createdDateTime"] == "Edm.DateTimeOffset"


def test_metadata_refers_to_nothing_that_is_not_there(client: Client) -> None:
    root = ET.fromstring(client.get("/v1.0/$metadata").content)  # noqa: S314  our own
    known = {
        f"{schema.get('Namespace')}.{each.get('Name')}"
        for schema in root.iter(f"{EDM}Schema")
        for each in schema
    }
    used = {
        each.get(name, "").removeprefix("Collection(").rstrip(")")
        for each in root.iter()
        for name in ("Type", "BaseType", "EntityType")
        if each.get(name)
    }
    assert {name for name in used if not name.startswith("Edm.")} <= known


def test_service_document_names_what_is_at_the_root(client: Client) -> None:
    for address in ("/v1.0", "/v1.0/", "/beta/"):
        body = client.get(address).json()
        assert {"name": "security", "kind": "Singleton", "url": "security"} in body["value"]
        assert body["@odata.context"].endswith(f"{address.rstrip('/')}/$metadata")


def test_every_address_that_is_served_is_described() -> None:
    ours = {"$batch", "$metadata", "openapi.json"}
    routes = [route.removeprefix("v1.0/") for route in addresses(get_resolver(URLS).url_patterns)]
    # Functions are written with expressions; they are looked for the other way round.
    served = {
        re.sub(r"<[^>]+>", "{}", route) for route in routes if not route.startswith(("^", "beta", "v1.0"))
    }
    described = {re.sub(r"\{[^}]+\}", "{}", each.path.lstrip("/")) for each in all_operations()}
    assert served - described == ours


@pytest.mark.parametrize("path", sorted({each.path for each in all_operations()}))
def test_every_address_that_is_described_is_served(path: str) -> None:
    some_id = "00000000-0000-0000-0000-000000000000"
    match = resolve(f"/v1.0{re.sub(r'{[^}]+}', some_id, path)}", urlconf=URLS)
    assert "rest" not in match.kwargs


def test_openapi_is_valid_and_its_schemas_are(client: Client) -> None:
    assert client.get("/v1.0/openapi.json").json() == describe()
    for schema in describe()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "security/alerts_v2?$count=true&$top=1", None),
        ("GET", "security/alerts_v2?$select=title", None),
        ("GET", "security/alerts_v2/da1", None),
        ("PATCH", "security/alerts_v2/da1", {"status": "resolved"}),
        ("POST", "security/alerts_v2/da1/comments", {"comment": "x"}),
        ("GET", "security/incidents?$expand=alerts", None),
        ("GET", "security/incidents/41", None),
        ("PATCH", "security/incidents/41", {"customTags": ["x"]}),
        ("POST", "security/incidents/41/comments", [{"comment": "x"}]),
        ("GET", "security/incidents/41/alerts", None),
        ("GET", "security/incidents/41/alerts/da1", None),
        ("POST", "security/incidents/41/alerts/da1/comments", [{"comment": "x"}]),
    ],
)
def test_answers_are_as_we_describe_them(cast: Cast, now: None, method: str, path: str, body: object) -> None:
    fill_queues(cast)
    program = speak(cast, *WRITES)
    said = program._say(method, path, body)
    assert said.status == 200
    assert faults(method, path, said.body) == []


def test_errors_are_as_we_describe_them(cast: Cast) -> None:
    said = speak(cast, *WRITES).get("security/alerts_v2/x")
    schema = describe()["components"]["schemas"]["error"]
    assert list(Draft202012Validator(schema).iter_errors(said.body)) == []
