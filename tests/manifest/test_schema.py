"""The published schema is the one of the forms, and takes what the product takes and gives."""

import json
import re

import jsonschema
import msgspec
import pytest
import yaml

from tests.cast import Cast
from tests.manifest.making import DOCS, EXAMPLE
from tidegate.directory.models import Tenant
from tidegate.manifest.exporting import export, write_json
from tidegate.manifest.reading import read_document
from tidegate.manifest.schema import make_schema, write_schema


def test_published_schema_is_current() -> None:
    assert (DOCS / "manifest.schema.json").read_text() == write_schema()


def test_schema_takes_the_example_and_no_unknown_member() -> None:
    schema = make_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    example = yaml.safe_load(EXAMPLE.read_text())

    jsonschema.validate(example, schema)
    with pytest.raises(jsonschema.ValidationError, match="contry"):
        jsonschema.validate({**example, "tenants": [{"contry": "NL"}]}, schema)


def test_documents_in_the_documentation_are_such() -> None:
    written = re.findall(r"^```yaml\n(.*?)^```", (DOCS / "manifest.md").read_text(), re.MULTILINE | re.DOTALL)

    assert [read_document(text).version for text in written] == [1]


def test_schema_takes_what_is_exported(cast: Cast) -> None:
    exported = write_json(export(Tenant.objects.order_by("display_name")))

    jsonschema.validate(json.loads(exported), make_schema())
    assert msgspec.json.decode(exported)["version"] == 1
