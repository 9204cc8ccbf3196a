"""Client credentials (RFC 6749, section 4.4): an application asks for itself.

The busiest way in, so it asks the database one prepared question and writes nothing.
"""

import uuid

from tidegate.core import clock
from tidegate.oauth.answers import Issued
from tidegate.oauth.clients import prove_at_once, read_shown
from tidegate.oauth.errors import StsError
from tidegate.oauth.grants.asking import TokenRequest
from tidegate.oauth.queries import list_application_roles
from tidegate.oauth.scopes import read_audience
from tidegate.oauth.tokens import Audience, Issue, Proof, make_access_token


def redeem(asked: TokenRequest) -> Issued:
    """A token with the roles that the tenant grants the application now, maybe none. Raises StsError."""
    tenant_id = asked.place.require_tenant()
    audience = read_audience(asked.form, asked.version, asked.origin, asked.place.text)
    asked.about.resource = audience.resource or ""
    shown = read_shown(asked.presented)
    proven = prove_at_once(shown, tenant_id, audience.resource, asked.sender) if shown else None
    if proven is None:
        return _redeem_other(asked, tenant_id, audience)
    asked.about.principal = proven
    issue = Issue(asked.origin, asked.version, audience, proven, None, proven.roles, Proof.SECRET)
    return Issued(audience, make_access_token(issue))


def _redeem_other(asked: TokenRequest, tenant_id: uuid.UUID, audience: Audience) -> Issued:
    client = asked.identify(tenant_id)
    if client.is_public:
        raise StsError(7000218)
    roles = list_application_roles(client.principal, audience.resource, clock.now())
    issue = Issue(asked.origin, asked.version, audience, client.principal, None, roles, client.proof)
    return Issued(audience, make_access_token(issue))
