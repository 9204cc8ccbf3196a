"""Access tokens: JSON Web Tokens (RFC 7519, RFC 9068) with the claims of Entra's, versions 1.0 and 2.0.

Microsoft, "Access token claims reference". What a token says is made here and read here; whether it
still holds is the gate's question.
"""

import base64
import hashlib
import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Protocol

from joserfc import jwt
from joserfc.errors import JoseError

from tidegate.authorization.api_permissions import IDENTIFIERS, Resource, find_resource
from tidegate.core import clock
from tidegate.core.ids import parse_uuid
from tidegate.directory.models import User
from tidegate.gate.applications import Claim
from tidegate.oauth.errors import TokenRefused
from tidegate.oauth.keys import PrivateKey, find_public_key, signing_key
from tidegate.oauth.signing import Draft, draft, encode_bytes, encode_header

LIFETIME: Final = timedelta(seconds=3599)
LIFETIME_SECONDS: Final = int(LIFETIME.total_seconds())
ALGORITHM: Final = "RS256"
LONGEST: Final = 16_000

type Frame = dict[str, Any]


class Version(StrEnum):
    """Which of Entra's endpoints made the token (the claim `ver`)."""

    V1 = "1.0"
    V2 = "2.0"


class Proof(StrEnum):
    """How the application showed who it is (`appidacr`, `azpacr`)."""

    NONE = "0"
    SECRET = "1"  # noqa: S105  the claim's value
    CERTIFICATE = "2"


@dataclass(frozen=True, slots=True)
class Audience:
    """What a token is for: one API; or, with none, this portal's own address, which stands for all of them.

    `named` is how the request named it.
    """

    named: str
    resource: Resource | None

    @property
    def resources(self) -> frozenset[Resource]:
        """The APIs that accept it."""
        return frozenset(Resource) if self.resource is None else frozenset({self.resource})


class Principal(Protocol):
    """An application as an object of one tenant, as far as tokens tell of it."""

    @property
    def tenant_id(self) -> uuid.UUID:
        """The tenant that lets it in."""
        ...

    @property
    def id(self) -> uuid.UUID:
        """Its id there."""
        ...

    @property
    def client_id(self) -> uuid.UUID:
        """Its id everywhere."""
        ...


@dataclass(frozen=True, slots=True)
class Issue:
    """Everything a token is made of. `values` are roles, or scopes where there is a user."""

    origin: str
    version: Version
    audience: Audience
    principal: Principal
    user: User | None
    values: Collection[str]
    proof: Proof


@dataclass(frozen=True, slots=True)
class ReadToken:
    """A genuine token within its time."""

    claim: Claim
    resources: frozenset[Resource]
    token_id: str
    expires_at: datetime


def issuer_of(origin: str, tenant_id: uuid.UUID | str, version: Version) -> str:
    """The issuer of a tenant: Entra's form under the address that the client asked."""
    return f"{origin}/{tenant_id}/v2.0" if version == Version.V2 else f"{origin}/{tenant_id}/"


def make_access_token(issue: Issue) -> str:
    """A signed token that is good for `LIFETIME` from now."""
    return sign(_claims(issue), issue.version)


def frame_claims(
    origin: str,
    version: Version,
    audience: Audience,
    tenant_id: uuid.UUID,
    client_id: uuid.UUID,
    proof: Proof,
) -> Frame:
    """What all tokens for one API say alike that an application gets in a tenant, in their order."""
    return {
        "aud": _audience(origin, version, audience),
        "iss": issuer_of(origin, tenant_id, version),
        "iat": 0,
        "nbf": 0,
        "exp": 0,
        "tid": str(tenant_id),
        "uti": "",
        "ver": version.value,
        **_client(client_id, version, proof),
    }


def claim_roles(frame: Frame, own_id: uuid.UUID, roles: Collection[str], at: datetime) -> dict[str, Any]:
    """The claims of an application's own token; `own_id` is its id in the tenant."""
    subject = str(own_id)
    claims = {**frame, **_claim_times(at), "idtyp": "app", "oid": subject, "sub": subject}
    if roles:
        claims["roles"] = sorted(roles)
    return claims


def draft_access_token(claims: dict[str, Any], version: Version, key: PrivateKey) -> Draft:
    """An access token with these claims, to be signed with this key."""
    return draft(_header(key.kid, version), claims, key.key)


def sign(claims: dict[str, Any], version: Version) -> str:
    """These claims, signed with the key of the moment."""
    key = signing_key()
    drafted = draft_access_token(claims, version, key)
    return drafted.finish(drafted.sign())


@lru_cache(maxsize=16)
def _header(kid: str, version: Version) -> bytes:
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": kid}
    if version == Version.V1:
        header["x5t"] = kid
    return encode_header(header)


def read_access_token(text: str) -> ReadToken:
    """What a token says. Raises TokenRefused, saying why, for any that is not ours, whole and in time."""
    claims = verify(text)
    now = clock.now().timestamp()
    expires, begins = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(expires, int) or not isinstance(begins, int) or now >= expires:
        raise TokenRefused("Lifetime validation failed, the token is expired.")
    if now + 300 < begins:
        raise TokenRefused("Lifetime validation failed, the token is not yet valid.")
    tenant_id = _uuid(claims, "tid")
    if not str(claims.get("iss", "")).endswith((f"/{tenant_id}/", f"/{tenant_id}/v2.0")):
        raise TokenRefused("The issuer is not one of ours.")
    if claims.get("idtyp") not in {"app", "user"}:
        # An id token is signed with the same keys: it tells an application about a person and opens nothing.
        raise TokenRefused("The token is not an access token.")
    is_application = claims["idtyp"] == "app"
    values = claims.get("roles") if is_application else str(claims.get("scp", "")).split()
    return ReadToken(
        claim=Claim(
            tenant_id=tenant_id,
            client_id=_uuid(claims, "azp" if claims.get("ver") == Version.V2 else "appid"),
            object_id=None if is_application else _uuid(claims, "oid"),
            values=frozenset(str(value) for value in values or ()),
        ),
        resources=_resources(claims),
        token_id=str(claims.get("uti", "")),
        expires_at=datetime.fromtimestamp(expires, UTC),
    )


def subject_of(user: User, principal: Principal) -> str:
    """The pairwise subject (OpenID Connect Core, section 8.1): another for each application."""
    digest = hashlib.sha256(f"{user.tenant_id} {user.id} {principal.client_id}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def describe_user(user: User, origin: str) -> dict[str, Any]:
    """Claims about a person in a tenant, alike in access tokens and id tokens."""
    about: dict[str, Any] = {"oid": str(user.id), "name": user.display_name, "acct": int(user.is_guest)}
    home = user.account.home_tenant_id if user.account else None
    if user.is_guest and home:
        about["idp"] = f"{origin}/{home}/"
    return about


def name_user(user: User, version: Version) -> dict[str, str]:
    """By which name a person signs in, for people to read; nobody may be known by it."""
    name = user.mail if user.is_guest else user.user_principal_name
    if version == Version.V2:
        return {"preferred_username": name}
    return {"unique_name": name} if user.is_guest else {"unique_name": name, "upn": name}


def _claims(issue: Issue) -> dict[str, Any]:
    principal, user, at = issue.principal, issue.user, clock.now()
    frame = frame_claims(
        issue.origin, issue.version, issue.audience, principal.tenant_id, principal.client_id, issue.proof
    )
    if user is None:
        return claim_roles(frame, principal.id, issue.values, at)
    return {
        **frame,
        **_claim_times(at),
        "idtyp": "user",
        "sub": subject_of(user, principal),
        "scp": " ".join(sorted(issue.values)),
        **describe_user(user, issue.origin),
        **name_user(user, issue.version),
    }


def _claim_times(at: datetime) -> dict[str, Any]:
    now = int(at.timestamp())
    token_id = encode_bytes(secrets.token_bytes(16)).decode()
    return {"iat": now, "nbf": now, "exp": now + LIFETIME_SECONDS, "uti": token_id}


def _client(client_id: uuid.UUID, version: Version, proof: Proof) -> dict[str, str]:
    if version == Version.V1:
        return {"appid": str(client_id), "appidacr": proof.value}
    return {"azp": str(client_id), "azpacr": proof.value}


def _audience(origin: str, version: Version, audience: Audience) -> str:
    if audience.resource is None:
        # However the request spelled our own address: a reader compares it with the issuer's.
        return origin
    if version == Version.V2:
        return str(IDENTIFIERS[audience.resource].app_id)
    return audience.named


def verify(text: str) -> dict[str, Any]:
    """The claims of a token that we signed, whatever it is and whenever it ends. Raises TokenRefused."""
    if len(text) > LONGEST or text.count(".") != 2:
        raise TokenRefused("The token is malformed.")
    try:
        # The header is read to choose the key; nothing in it is believed before the signature holds.
        token = jwt.decode(text, lambda guest: _key(guest.headers()), algorithms=[ALGORITHM])
    except (JoseError, ValueError, TypeError, RecursionError):
        raise TokenRefused("The signature or the form of the token is not valid.") from None
    return dict(token.claims)


def _key(header: dict[str, Any]) -> Any:
    key = find_public_key(str(header.get("kid", "")))
    if key is None:
        raise TokenRefused("The token was signed with a key that is not ours.")
    return key


def _uuid(claims: dict[str, Any], name: str) -> uuid.UUID:
    found = parse_uuid(str(claims.get(name, "")))
    if found is None:
        raise TokenRefused("The token lacks a claim.")
    return found


def _resources(claims: dict[str, Any]) -> frozenset[Resource]:
    named = str(claims.get("aud", ""))
    resource = find_resource(named)
    if resource is None and not str(claims.get("iss", "")).startswith(f"{named}/"):
        raise TokenRefused("Access token validation failure. Invalid audience.")
    return Audience(named, resource).resources
