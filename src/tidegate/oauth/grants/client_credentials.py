"""Client credentials (RFC 6749, section 4.4): an application asks for itself.

The busiest way in, so it asks the database one prepared question and writes nothing.
"""

import uuid

from tidegate.authorization.api_permissions import Resource
from tidegate.core import clock
from tidegate.oauth.answers import Issued
from tidegate.oauth.clients import prove_at_once
from tidegate.oauth.errors import StsError
from tidegate.oauth.grants.asking import TokenRequest
from tidegate.oauth.queries import Principal, list_application_roles
from tidegate.oauth.scopes import read_audience
from tidegate.oauth.tokens import Issue, Proof, make_access_token


def redeem(asked: TokenRequest) -> Issued:
    """A token with the roles that the tenant grants the application now, maybe none. Raises StsError."""
    tenant_id = asked.place.require_tenant()
    audience = read_audience(asked.form, asked.version, asked.origin, asked.place.text)
    asked.about.resource = audience.resource or ""
    principal, proof, roles = _prove(asked, tenant_id, audience.resource)
    issue = Issue(asked.origin, asked.version, audience, principal, None, roles, proof)
    return Issued(audience, make_access_token(issue))


def _prove(
    asked: TokenRequest, tenant_id: uuid.UUID, resource: Resource | None
) -> tuple[Principal, Proof, list[str]]:
    """Which application it is, how it showed that, and its roles. Raises StsError."""
    proven = prove_at_once(asked.presented, tenant_id, resource, asked.sender)
    if proven is not None:
        asked.about.principal = proven.principal
        return proven.principal, Proof.SECRET, proven.roles
    client = asked.identify(tenant_id)
    if client.is_public:
        raise StsError(7000218)
    roles = list_application_roles(client.principal, resource, clock.now())
    return client.principal, client.proof, roles
