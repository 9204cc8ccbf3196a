"""The metadata of an issuer (OpenID Connect Discovery 1.0; RFC 8414), with Entra's members."""

from typing import Any, Final
from urllib.parse import urlsplit

from tidegate.oauth.places import Place
from tidegate.oauth.tokens import ALGORITHM, Version, issuer_of

_ASSERTION_ALGORITHMS: Final = ("RS256", "PS256", "ES256")
_CLAIMS: Final = (
    "sub", "iss", "aud", "exp", "iat", "nbf", "auth_time", "nonce", "oid", "tid", "ver", "name",
    "preferred_username", "email", "acct", "idp",
)  # fmt: skip


def describe_tenant(place: Place, version: Version, origin: str) -> dict[str, Any]:
    """Where everything of a tenant's issuer is; at /common the issuer is a pattern, as Entra writes it."""
    name = str(place.tenant_id or place.text)
    base, suffix = f"{origin}/{name}/oauth2", "/v2.0" if version == Version.V2 else ""
    return {
        "token_endpoint": f"{base}{suffix}/token",
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "private_key_jwt",
            "client_secret_basic",
        ],
        "token_endpoint_auth_signing_alg_values_supported": list(_ASSERTION_ALGORITHMS),
        "jwks_uri": f"{origin}/{name}/discovery{suffix}/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "response_types_supported": ["code"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "code_challenge_methods_supported": ["S256", "plain"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": _issuer(place, version, origin),
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": f"{origin}/oidc/userinfo",
        "authorization_endpoint": f"{base}{suffix}/authorize",
        "device_authorization_endpoint": f"{base}{suffix}/devicecode",
        "end_session_endpoint": f"{base}{suffix}/logout",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "claims_supported": list(_CLAIMS),
        "tenant_region_scope": None,
        "cloud_instance_name": urlsplit(origin).netloc,
    }


def _issuer(place: Place, version: Version, origin: str) -> str:
    if place.tenant_id is not None:
        return issuer_of(origin, place.tenant_id, version)
    return f"{origin}/{{tenantid}}/v2.0" if version == Version.V2 else f"{origin}/{{tenantid}}/"
