"""Speaking to the authorization server as programs do."""

import json
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from joserfc import jws

from tests.applications import Program, operator_of
from tidegate.authorization.permissions import Permission
from tidegate.directory.actions.credentials import add_secret
from tidegate.directory.models import Tenant

GRAPH = "https://graph.microsoft.com"
FORM = "application/x-www-form-urlencoded"


def give_secret(program: Program, **options: Any) -> str:
    """A secret of the application, made by the operator of its home."""
    application = program.application
    permissions = (Permission.APPLICATION_MANAGE, *Permission)
    scope = operator_of(Tenant.objects.get(id=application.tenant_id), *permissions)
    return add_secret(scope, application.id, **options).text


def post(client: Client, path: str, headers: dict[str, str] | None = None, **values: str) -> Any:
    """Post a form as a program does."""
    return client.post(path, urlencode(values), content_type=FORM, headers=headers)


def token_path(tenant: Tenant | str, version: str = "v2.0") -> str:
    """The address of a tenant's token endpoint."""
    place = tenant if isinstance(tenant, str) else str(tenant.id)
    return f"/{place}/oauth2/v2.0/token" if version == "v2.0" else f"/{place}/oauth2/token"


def ask_for_itself(
    client: Client, program: Program, tenant: Tenant | str, secret: str, **changes: str
) -> Any:
    """Client credentials, as Microsoft's page writes them."""
    values = {
        "grant_type": "client_credentials",
        "client_id": str(program.application.client_id),
        "client_secret": secret,
        "scope": f"{GRAPH}/.default",
        **changes,
    }
    return post(client, token_path(tenant), **values)


def claims_of(token: str) -> dict[str, Any]:
    """What a token says; its signature is another test's matter."""
    payload: dict[str, Any] = json.loads(jws.extract_compact(token.encode()).payload)
    return payload
