"""Giving out refresh tokens, using them, and taking them back."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.scoped import ScopedQuerySet
from tidegate.oauth.models import RefreshToken
from tidegate.oauth.opaque import Opaque, make_opaque
from tidegate.oauth.scopes import Asked

LIFETIME: Final = timedelta(days=90)
SINGLE_PAGE_LIFETIME: Final = timedelta(days=1)
# Telling when a token was used last is worth a write an hour, not one each time.
_NOTED_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Holding:
    """A sign-in that refresh tokens rest on, and who holds them. `ends_at`: none of them lasts longer."""

    tenant_id: uuid.UUID
    family_id: uuid.UUID
    client_id: uuid.UUID
    user_id: uuid.UUID
    asked: Asked
    is_public: bool
    session_hash: str
    signed_in_at: datetime
    ends_at: datetime | None = None


def give_refresh_token(holding: Holding) -> str:
    """A refresh token, good for 90 days from now."""
    token, now = make_opaque(holding.tenant_id), clock.now()
    RefreshToken.rows.create(
        tenant_id=holding.tenant_id,
        token_hash=token.digest,
        family_id=holding.family_id,
        client_id=holding.client_id,
        user_id=holding.user_id,
        asked=holding.asked.dump(),
        is_public=holding.is_public,
        is_sliding=holding.ends_at is None,
        session_hash=holding.session_hash,
        signed_in_at=holding.signed_in_at,
        issued_at=now,
        ends_at=holding.ends_at or now + LIFETIME,
    )
    return token.text


def find_refresh_token(token: Opaque) -> RefreshToken | None:
    """The refresh token with this text, whether it is still good or not."""
    return RefreshToken.objects.of_tenant(token.tenant_id).filter(token_hash=token.digest).first()


def use_refresh_token(token: RefreshToken) -> bool:
    """Whether it may be used now. A public client's is good once: a second use takes its family back.

    Whoever uses it twice may be two: the client, and somebody who stole it (RFC 9700, section 4.14.2).
    """
    now = clock.now()
    rows = RefreshToken.objects.of_tenant(token.tenant_id).filter(id=token.id)
    if not token.is_public:
        if token.last_used_at is None or token.last_used_at < now - _NOTED_EVERY:
            rows.update(last_used_at=now)
        return True
    if rows.filter(used_at__isnull=True).update(used_at=now, last_used_at=now):
        return True
    revoke_family(token.tenant_id, token.family_id)
    return False


def revoke_family(tenant_id: uuid.UUID, family_id: uuid.UUID) -> None:
    """Take back every refresh token that came of one sign-in."""
    rows = RefreshToken.objects.of_tenant(tenant_id).filter(family_id=family_id)
    rows.filter(revoked_at__isnull=True).update(revoked_at=clock.now())


def revoke_tokens_of_application(scope: Scope, client_id: uuid.UUID, display_name: str) -> int:
    """Take back all refresh tokens of an application in the tenant; how many. Raises Forbidden."""
    require(scope, Permission.CONSENT_GRANT)
    rows = RefreshToken.objects.in_scope(scope).filter(client_id=client_id)
    return _revoke(scope, rows, Target("application", str(client_id), display_name))


def revoke_tokens_of_user(scope: Scope, user_id: uuid.UUID, display_name: str) -> int:
    """Take back all refresh tokens that rest on a person's sign-ins; how many. Raises Forbidden."""
    require(scope, Permission.USER_UPDATE)
    rows = RefreshToken.objects.in_scope(scope).filter(user_id=user_id)
    return _revoke(scope, rows, Target("user", str(user_id), display_name))


def _revoke(scope: Scope, rows: ScopedQuerySet[RefreshToken], target: Target) -> int:
    now = clock.now()
    with transaction.atomic():
        good = rows.filter(revoked_at__isnull=True, used_at__isnull=True, ends_at__gt=now)
        count = good.update(revoked_at=now)
        record(scope, "refresh_tokens.revoked", target, details={"tokens": count})
    return count
