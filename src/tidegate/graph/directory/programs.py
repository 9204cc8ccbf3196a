"""`/applications` and `/servicePrincipals`, to be read: what is registered here, and what is let in."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import HttpResponseBase

from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.core.ids import parse_uuid
from tidegate.core.paging import SortKey
from tidegate.directory.applications import credentials_of, list_applications, list_principals
from tidegate.directory.models import Application, Credential, ServicePrincipal
from tidegate.graph.objects import Document, answer_number, answer_objects, answer_one
from tidegate.incidents.document import format_time
from tidegate.oauth.endpoint import Call
from tidegate.odata.query import Query
from tidegate.odata.resource import Kind, Property, Resource

_BY_NAME: Final = (SortKey("display_name", descending=False), SortKey("id", descending=False))
_PLATFORMS: Final = ("web", "spa", "publicClient")

APPLICATIONS: Final = Resource(
    name="applications",
    properties=(
        Property("id", "id", Kind.GUID),
        Property("appId", "client_id", Kind.GUID),
        Property("displayName", "display_name"),
        Property("signInAudience", "sign_in_audience"),
        Property("createdDateTime", "created_at", Kind.DATETIME),
    ),
    members=(
        "deletedDateTime", "description", "isFallbackPublicClient", "keyCredentials", "passwordCredentials",
        *_PLATFORMS,
    ),
    orderable=("displayName", "createdDateTime"),
    default_order=_BY_NAME,
    largest_top=999,
)  # fmt: skip

PRINCIPALS: Final = Resource(
    name="servicePrincipals",
    properties=(
        Property("id", "id", Kind.GUID),
        Property("appId", "client_id", Kind.GUID),
        Property("displayName", "display_name"),
        Property("appOwnerOrganizationId", "home_tenant_id", Kind.GUID),
        Property("accountEnabled", "is_enabled", Kind.BOOLEAN),
        Property("createdDateTime", "created_at", Kind.DATETIME),
    ),
    members=("appDisplayName", "deletedDateTime", "description", "servicePrincipalType", "signInAudience"),
    orderable=("displayName", "createdDateTime"),
    default_order=_BY_NAME,
    largest_top=999,
)


def list_registered(call: Call) -> HttpResponseBase:
    """The applications registered in the tenant."""
    rows = list_applications(call.scope)
    return answer_objects(call, "applications", rows, APPLICATIONS, _renderer(call))


def count_registered(call: Call) -> HttpResponseBase:
    """How many there are."""
    return answer_number(call, list_applications(call.scope), APPLICATIONS)


def show_registered(call: Call, key: str) -> HttpResponseBase:
    """One of them, by its object id or, as `applications(appId='...')`, by its client id."""
    application = _find(list_applications(call.scope), key)
    return answer_one(call, "applications", application, APPLICATIONS, _renderer(call))


def list_let_in(call: Call) -> HttpResponseBase:
    """The applications that the tenant lets in."""
    return answer_objects(call, "servicePrincipals", _principals(call), PRINCIPALS, render_principals)


def count_let_in(call: Call) -> HttpResponseBase:
    """How many there are."""
    return answer_number(call, _principals(call), PRINCIPALS)


def show_let_in(call: Call, key: str) -> HttpResponseBase:
    """One of them, by its object id or, as `servicePrincipals(appId='...')`, by its client id."""
    principal = _find(_principals(call), key)
    return answer_one(call, "servicePrincipals", principal, PRINCIPALS, render_principals)


def render_principals(principals: Sequence[ServicePrincipal], _query: Query) -> list[Document]:
    """Service principals as they are listed."""
    return [_render_principal(principal) for principal in principals]


def _principals(call: Call) -> QuerySet[ServicePrincipal]:
    enabled = Q(disabled_at__isnull=True, application__disabled_at__isnull=True)
    return list_principals(call.scope).annotate(is_enabled=enabled)


def _find[M: Model](rows: QuerySet[M], key: str) -> M:
    """Raises NotFound."""
    found = parse_uuid(key)
    row = rows.filter(Q(id=found) | Q(client_id=found)).first() if found else None
    if row is None:
        raise NotFound("There is no such application.")
    return row


def _renderer(call: Call) -> Callable[[Sequence[Application], Query], list[Document]]:
    def render(applications: Sequence[Application], _query: Query) -> list[Document]:
        held: dict[UUID, list[Credential]] = {}
        for credential in credentials_of(call.scope, applications, clock.now()):
            held.setdefault(credential.application_id, []).append(credential)
        return [_render_application(each, held.get(each.id, [])) for each in applications]

    return render


def _render_application(application: Application, credentials: Sequence[Credential]) -> Document:
    kinds = Credential.Kind
    addresses = {
        platform: {
            "redirectUris": [one["uri"] for one in application.redirect_uris if one["platform"] == platform]
        }
        for platform in _PLATFORMS
    }
    web = {**addresses["web"], "logoutUrl": application.logout_url or None}
    return {
        "id": str(application.id),
        "appId": str(application.client_id),
        "displayName": application.display_name,
        "description": application.description or None,
        "signInAudience": application.sign_in_audience,
        "createdDateTime": format_time(application.created_at),
        "deletedDateTime": None,
        "isFallbackPublicClient": application.allows_public_client,
        **addresses,
        "web": web,
        "passwordCredentials": [_render_secret(one) for one in credentials if one.kind == kinds.SECRET],
        "keyCredentials": [_render_key(one) for one in credentials if one.kind == kinds.CERTIFICATE],
    }


def _render_secret(credential: Credential) -> Document:
    # Of the secret itself nothing but its first signs is kept.
    return {**_render_credential(credential), "hint": credential.hint, "secretText": None}


def _render_key(credential: Credential) -> Document:
    return {
        **_render_credential(credential),
        "customKeyIdentifier": credential.x5t,
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "key": None,
    }


def _render_credential(credential: Credential) -> Document:
    return {
        "keyId": str(credential.id),
        "displayName": credential.display_name or None,
        "startDateTime": format_time(credential.starts_at),
        "endDateTime": format_time(credential.ends_at),
    }


def _render_principal(principal: ServicePrincipal) -> Document:
    application = principal.application
    return {
        "id": str(principal.id),
        "appId": str(principal.client_id),
        "displayName": principal.display_name,
        "appDisplayName": application.display_name,
        "appOwnerOrganizationId": str(principal.home_tenant_id),
        "accountEnabled": principal.disabled_at is None and application.disabled_at is None,
        "createdDateTime": format_time(principal.created_at),
        "deletedDateTime": None,
        "description": application.description or None,
        "servicePrincipalType": "Application",
        "signInAudience": application.sign_in_audience,
    }
