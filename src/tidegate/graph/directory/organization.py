"""`/organization`: the tenant itself (Microsoft, "organization resource type")."""

from typing import Final

from django.http import HttpResponseBase

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core.errors import NotFound
from tidegate.core.ids import parse_uuid
from tidegate.directory.models import Domain
from tidegate.directory.queries import get_tenant, list_domains
from tidegate.graph.answers import answer_count, answer_list, answer_object
from tidegate.graph.lists import read_query
from tidegate.graph.objects import Document
from tidegate.incidents.document import format_time
from tidegate.oauth.endpoint import Call
from tidegate.odata.resource import Option, Resource
from tidegate.odata.selecting import select_members

_NEVER_KNOWN: Final = (
    "city", "deletedDateTime", "onPremisesLastSyncDateTime", "onPremisesSyncEnabled", "postalCode",
    "preferredLanguage", "state", "street", "partnerTenantType", "defaultUsageLocation",
)  # fmt: skip
_EMPTY: Final = (
    "assignedPlans", "businessPhones", "marketingNotificationEmails", "provisionedPlans",
    "securityComplianceNotificationMails", "securityComplianceNotificationPhones",
)  # fmt: skip
ORGANIZATION: Final = Resource(
    name="organization",
    members=(
        "id", "displayName", "country", "countryLetterCode", "createdDateTime", "privacyProfile",
        "technicalNotificationMails", "tenantType", "verifiedDomains", *_NEVER_KNOWN, *_EMPTY,
    ),
    # There is one: nothing to search among.
    options=frozenset({Option.SELECT, Option.TOP, Option.COUNT, Option.FORMAT}),
)  # fmt: skip


def list_own(call: Call) -> HttpResponseBase:
    """The list of one tenant."""
    require(call.scope, Permission.TENANT_READ)
    query = read_query(call, ORGANIZATION)
    document = select_members(render_tenant(call.scope), query)
    return answer_list(call, "organization", [document], count=1 if query.count else None)


def count_own(call: Call) -> HttpResponseBase:
    """One."""
    require(call.scope, Permission.TENANT_READ)
    return answer_count(len({call.scope.tenant_id}))


def show(call: Call, key: str) -> HttpResponseBase:
    """The tenant by its id; every other is absent."""
    require(call.scope, Permission.TENANT_READ)
    if parse_uuid(key) != call.scope.tenant_id:
        raise NotFound("There is no such organization.")
    query = read_query(call, ORGANIZATION.one_object())
    return answer_object(call, "organization", select_members(render_tenant(call.scope), query))


def render_tenant(scope: Scope) -> Document:
    """The tenant of the scope with its verified domains. Two statements."""
    tenant = get_tenant(scope)
    domains = [domain for domain in list_domains(scope) if domain.verified_at]
    first = min((domain.id for domain in domains), default=None)
    return {
        "id": str(tenant.id),
        **dict.fromkeys(_NEVER_KNOWN),
        **{name: [] for name in _EMPTY},
        "country": None,
        "countryLetterCode": tenant.country or None,
        "createdDateTime": format_time(tenant.created_at),
        "displayName": tenant.display_name,
        "privacyProfile": {
            "contactEmail": tenant.privacy_contact or None,
            "statementUrl": tenant.privacy_statement_url or None,
        },
        "technicalNotificationMails": [tenant.technical_contact] if tenant.technical_contact else [],
        "tenantType": "AAD",
        "verifiedDomains": [_render_domain(domain, is_initial=domain.id == first) for domain in domains],
    }


def _render_domain(domain: Domain, *, is_initial: bool) -> Document:
    return {
        "capabilities": "Email",
        "isDefault": domain.is_default,
        "isInitial": is_initial,
        "name": domain.name,
        "type": "Managed",
    }
