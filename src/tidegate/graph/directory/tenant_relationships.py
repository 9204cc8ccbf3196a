"""`/tenantRelationships`: another tenant by its id or domain, if it lets itself be found."""

from django.http import HttpResponseBase

from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid
from tidegate.directory.discovery import find_tenant_by_domain, find_tenant_by_id
from tidegate.directory.models import Tenant
from tidegate.directory.names import clean_domain
from tidegate.directory.queries import default_domain
from tidegate.graph.answers import answer_value, context_of
from tidegate.oauth.endpoint import Call


def find_by_tenant_id(call: Call, tenant_id: str) -> HttpResponseBase:
    """By id."""
    found = parse_uuid(tenant_id)
    if found is None:
        raise InvalidInput(fields={"tenantId": "must be a GUID"})
    return _answer(call, find_tenant_by_id(call.scope, found))


def find_by_domain_name(call: Call, domain_name: str) -> HttpResponseBase:
    """By verified domain."""
    return _answer(call, find_tenant_by_domain(call.scope, clean_domain(domain_name, "domainName")))


def _answer(call: Call, tenant: Tenant) -> HttpResponseBase:
    return answer_value(
        {
            "@odata.context": context_of(call, "microsoft.graph.tenantInformation"),
            "tenantId": str(tenant.id),
            "federationBrandName": None,
            "displayName": tenant.display_name,
            "defaultDomainName": default_domain(tenant.id),
        }
    )
