"""Id tokens (OpenID Connect Core 1.0, section 2): who signed in, for the application that asked."""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tidegate.core import clock
from tidegate.directory.models import User
from tidegate.oauth.people import home_identity
from tidegate.oauth.tokens import (
    LIFETIME,
    Principal,
    Version,
    describe_user,
    issuer_of,
    name_user,
    sign,
    subject_of,
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who signed in to an application: who, when, and what the application sent along."""

    user: User
    at: datetime
    nonce: str = ""


def make_id_token(
    origin: str, version: Version, principal: Principal, signed_in: SignedIn, openid: frozenset[str]
) -> str:
    """A signed id token; what it tells of the person is what `openid` asks for."""
    now = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "aud": str(principal.client_id),
        "iss": issuer_of(origin, principal.tenant_id, version),
        "iat": now,
        "nbf": now,
        "exp": now + int(LIFETIME.total_seconds()),
        "auth_time": int(signed_in.at.timestamp()),
        "tid": str(principal.tenant_id),
        "uti": secrets.token_urlsafe(16),
        "ver": version.value,
        **describe_person(origin, version, principal, signed_in.user, openid),
    }
    if signed_in.nonce:
        claims["nonce"] = signed_in.nonce
    return sign(claims, version)


def describe_person(
    origin: str, version: Version, principal: Principal, user: User, openid: frozenset[str]
) -> dict[str, Any]:
    """What an application learns of a person; version 1 has no scopes that ask for less."""
    about = {"sub": subject_of(user, principal), **describe_user(user, origin)}
    if version == Version.V1 or "profile" in openid:
        about |= name_user(user, version)
    else:
        about.pop("name")
    if "email" in openid:
        about["email"] = user.mail
    return about


def make_client_info(user: User) -> str:
    """The account in the form of Microsoft's libraries, which ask for it with `client_info=1`."""
    text = json.dumps(home_identity(user), separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
