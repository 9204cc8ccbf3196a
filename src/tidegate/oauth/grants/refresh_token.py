"""Refreshing (RFC 6749, section 6), as Entra does it: each use gives a new token, and the old stays good.

A public client's is good once (RFC 9700, section 4.14.2). What was asked for first may be asked for again,
and any other API of which something is granted: consent is looked up anew each time.
"""

from tidegate.core import clock
from tidegate.oauth.actions.refresh_tokens import Holding, find_refresh_token, use_refresh_token
from tidegate.oauth.answers import Issued
from tidegate.oauth.clients import Client
from tidegate.oauth.errors import StsError
from tidegate.oauth.grants.asking import TokenRequest
from tidegate.oauth.issuing import Delegation, issue_for_person
from tidegate.oauth.models import RefreshToken
from tidegate.oauth.opaque import read_opaque
from tidegate.oauth.people import get_person
from tidegate.oauth.scopes import Asked, narrow


def redeem(request: TokenRequest) -> Issued:
    """New tokens for a refresh token. Raises StsError."""
    opaque = read_opaque(request.form.require("refresh_token"))
    if opaque is None:
        raise StsError(70000, reason="the refresh token is malformed.")
    request.check_tenant(opaque.tenant_id)
    client = request.identify(opaque.tenant_id)
    token = find_refresh_token(opaque)
    if token is None or token.client_id != client.principal.client_id:
        raise StsError(70000, reason="the refresh token is not one that was given to this application.")
    _check(token, client)
    first = Asked.load(token.asked)
    asked = narrow(first, request.form, request.version, request.origin)
    request.about.resource = asked.audience.resource or ""
    user = request.about.user = get_person(token.tenant_id, token.user_id, token.session_hash)
    if not use_refresh_token(token):
        raise StsError(50173)
    return issue_for_person(request, Delegation(client, user, asked, token.signed_in_at), _hold(token, first))


def _check(token: RefreshToken, client: Client) -> None:
    if client.is_public and not token.is_public:
        raise StsError(7000218)
    if token.revoked_at is not None:
        raise StsError(50173)
    if token.ends_at <= clock.now():
        raise StsError(700082 if token.is_sliding else 700084)


def _hold(token: RefreshToken, first: Asked) -> Holding:
    return Holding(
        tenant_id=token.tenant_id,
        family_id=token.family_id,
        client_id=token.client_id,
        user_id=token.user_id,
        asked=first,
        is_public=token.is_public,
        session_hash=token.session_hash,
        signed_in_at=token.signed_in_at,
        ends_at=None if token.is_sliding else token.ends_at,
    )
