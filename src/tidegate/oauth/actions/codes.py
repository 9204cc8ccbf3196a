"""Giving out authorization codes, and redeeming each once."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tidegate.accounts.lasting import mark_sessions
from tidegate.core import clock
from tidegate.core.ids import uuid7
from tidegate.directory.models import User
from tidegate.oauth.actions.refresh_tokens import revoke_family
from tidegate.oauth.models import AuthorizationCode
from tidegate.oauth.opaque import Opaque, make_opaque
from tidegate.oauth.people import account_of
from tidegate.oauth.redirects import Redirect
from tidegate.oauth.scopes import Asked
from tidegate.oauth.tokens import Version

LIFETIME: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class CodeTerms:
    """Everything a code is bound to."""

    client_id: uuid.UUID
    asked: Asked
    version: Version
    redirect: Redirect
    nonce: str
    code_challenge: str
    code_challenge_method: str


def give_code(user: User, signed_in_at: datetime, terms: CodeTerms) -> str:
    """A code for this person's sign-in, good once and for ten minutes (RFC 6749, section 4.1.2)."""
    code, now = make_opaque(user.tenant_id), clock.now()
    AuthorizationCode.rows.create(
        tenant_id=user.tenant_id,
        code_hash=code.digest,
        family_id=uuid7(),
        client_id=terms.client_id,
        user_id=user.id,
        asked=terms.asked.dump(),
        version=terms.version,
        redirect_uri=terms.redirect.uri,
        redirect_is_named=terms.redirect.is_named,
        platform=terms.redirect.platform,
        nonce=terms.nonce,
        code_challenge=terms.code_challenge,
        code_challenge_method=terms.code_challenge_method,
        session_hash=mark_sessions(account_of(user)),
        signed_in_at=signed_in_at,
        issued_at=now,
        ends_at=now + LIFETIME,
    )
    return code.text


def find_code(code: Opaque) -> AuthorizationCode | None:
    """The code with this text, redeemed or not."""
    return AuthorizationCode.objects.of_tenant(code.tenant_id).filter(code_hash=code.digest).first()


def use_code(code: AuthorizationCode) -> bool:
    """Redeem a code; False for a second time.

    Which also takes back what came of the first (RFC 6749, section 4.1.2), unless a verifier was needed:
    then nobody but the client itself can have redeemed it, and a repeated request is only repeated.
    """
    rows = AuthorizationCode.objects.of_tenant(code.tenant_id)
    if rows.filter(id=code.id, redeemed_at__isnull=True).update(redeemed_at=clock.now()):
        return True
    if not code.code_challenge:
        revoke_family(code.tenant_id, code.family_id)
    return False
