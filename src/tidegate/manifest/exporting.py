"""Tenants as they are, in the form in which a document would make them so; without any secret."""

from collections.abc import Iterable

import msgspec
import yaml

from tidegate.directory.models import Tenant
from tidegate.manifest.desk import open_for_operator
from tidegate.manifest.forms.document import Document, TenantForm
from tidegate.manifest.sections.registry import SECTIONS
from tidegate.manifest.tenants import describe_tenant


def export(tenants: Iterable[Tenant]) -> Document:
    """A document of these tenants. What the outcome of requests is, such as governed guests, is no part."""
    return Document(version=1, tenants=[_describe(tenant) for tenant in tenants])


def write_yaml(document: Document) -> str:
    """The document as YAML."""
    return yaml.safe_dump(msgspec.to_builtins(document), sort_keys=False, allow_unicode=True, width=100)


def write_json(document: Document) -> str:
    """The document as JSON."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _describe(tenant: Tenant) -> TenantForm:
    scope = open_for_operator(tenant)
    sections = {
        section.member: section.describe(scope) for section in SECTIONS if section.describe is not None
    }
    return msgspec.convert({**describe_tenant(scope), **sections}, TenantForm)
