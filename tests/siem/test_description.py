"""What the SIEM API and the Defender APIs say of themselves."""

import json
import re
from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator

from tidegate.siem.description.openapi import write_openapi
from tidegate.siem.urls import addresses

OTHER_SPELLINGS = {"alerts/createAlertByReference"}
NO_CALLS = {"openapi.json", "<path:rest>"}


def test_description_is_read_without_a_token_at_both_addresses(client: Client) -> None:
    for address in ("/api/openapi.json", "/api/v1.0/openapi.json"):
        assert client.get(address).json() == describe()


def test_every_address_is_described_and_every_described_one_served() -> None:
    served = {str(pattern.pattern) for pattern in addresses}
    described = {re.sub(r"\{[^}]+\}", "{}", path.lstrip("/")) for path in describe()["paths"]}

    expected = {re.sub("<[^>]+>", "{}", path) for path in served - OTHER_SPELLINGS - NO_CALLS}
    assert described == expected


def test_schemas_are_valid_and_refer_to_what_is_there() -> None:
    schemas = describe()["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', write_openapi().decode()))
    assert named <= schemas.keys()


def describe() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(write_openapi())
    return found
