"""The authorization code (RFC 6749, section 4.1.3) with Proof Key for Code Exchange (RFC 7636)."""

import base64
import hashlib
import hmac
import re
from typing import Final

from tidegate.core import clock
from tidegate.oauth.actions.codes import find_code, use_code
from tidegate.oauth.actions.refresh_tokens import SINGLE_PAGE_LIFETIME, Holding
from tidegate.oauth.answers import Issued
from tidegate.oauth.clients import Client
from tidegate.oauth.errors import StsError
from tidegate.oauth.grants.asking import TokenRequest
from tidegate.oauth.issuing import Delegation, issue_for_person
from tidegate.oauth.models import AuthorizationCode
from tidegate.oauth.opaque import read_opaque
from tidegate.oauth.people import get_person
from tidegate.oauth.scopes import Asked, narrow

_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_PUBLIC_PLATFORMS: Final = frozenset({"spa", "publicClient"})


def redeem(request: TokenRequest) -> Issued:
    """Tokens for a code. Raises StsError."""
    opaque = read_opaque(request.form.require("code"))
    if opaque is None:
        raise StsError(70000, reason="the code is malformed.")
    request.check_tenant(opaque.tenant_id)
    client = request.identify(opaque.tenant_id)
    code = find_code(opaque)
    if code is None or code.client_id != client.principal.client_id:
        raise StsError(70000, reason="the code is not one that was given to this application.")
    asked = narrow(Asked.load(code.asked), request.form, request.version, request.origin)
    request.about.resource = asked.audience.resource or ""
    _check(code, client, request)
    user = request.about.user = get_person(code.tenant_id, code.user_id, code.session_hash)
    if not use_code(code):
        raise StsError(54005)
    delegation = Delegation(client, user, asked, code.signed_in_at, code.nonce)
    return issue_for_person(request, delegation, _hold(code, client, asked))


def _check(code: AuthorizationCode, client: Client, request: TokenRequest) -> None:
    """Raise StsError for a code whose time is over, or that another client or sign-in sent."""
    if code.redeemed_at is not None:
        use_code(code)
        raise StsError(54005)
    if code.ends_at <= clock.now():
        raise StsError(70008)
    redirect_uri = request.form.get("redirect_uri", "")
    if redirect_uri != code.redirect_uri and (redirect_uri or code.redirect_is_named):
        raise StsError(500112, redirect_uri=redirect_uri)
    if client.is_public:
        _check_public(code, client)
    _check_verifier(code, request.form.get("code_verifier", ""))


def _check_public(code: AuthorizationCode, client: Client) -> None:
    if code.platform not in _PUBLIC_PLATFORMS and not client.principal.allows_public_client:
        raise StsError(7000218)
    if not code.code_challenge:
        raise StsError(9002325)


def _check_verifier(code: AuthorizationCode, verifier: str) -> None:
    """RFC 7636, section 4.6; and a verifier without a challenge is refused (RFC 9700, section 4.8.2)."""
    if not code.code_challenge and not verifier:
        return
    challenge = verifier if code.code_challenge_method == "plain" else _challenge_of(verifier)
    is_good = _VERIFIER.fullmatch(verifier) and hmac.compare_digest(challenge, code.code_challenge)
    if not is_good:
        raise StsError(501481)


def _challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _hold(code: AuthorizationCode, client: Client, asked: Asked) -> Holding | None:
    if not asked.offline:
        return None
    is_single_page = code.platform == "spa"
    return Holding(
        tenant_id=code.tenant_id,
        family_id=code.family_id,
        client_id=code.client_id,
        user_id=code.user_id,
        asked=Asked.load(code.asked),
        is_public=client.is_public,
        session_hash=code.session_hash,
        signed_in_at=code.signed_in_at,
        ends_at=clock.now() + SINGLE_PAGE_LIFETIME if is_single_page else None,
    )
