"""Entra's numbered errors: the table of those that can occur here, each with what the protocol calls it.

Microsoft, "Microsoft Entra authentication and authorization error codes". Clients act on `error` alone;
people and support desks look for the number. The words are ours.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: the `error` of RFC 6749, the status it is sent with, and the sentence (a format).

    `suberror` is what Microsoft's libraries read to know what would help.
    """

    error: str
    text: str
    status: int = 400
    suberror: str = ""


_BAD: Final = "invalid_request"
_GRANT: Final = "invalid_grant"
_CLIENT: Final = "invalid_client"
_SCOPE: Final = "invalid_scope"
_UNAUTHORIZED: Final = "unauthorized_client"

TABLE: Final = MappingProxyType(
    {
        16000: Entry(
            "interaction_required",
            "The account that is signed in is not in the tenant '{tenant}'. Sign in with another account.",
        ),
        50011: Entry(
            _BAD,
            "The redirect URI '{redirect_uri}' is not registered for the application '{client}'.",
        ),
        50020: Entry(
            _GRANT,
            "User account '{email}' does not exist in tenant '{tenant}' and cannot access the application "
            "'{client}' there. The account must be added as an external user in the tenant first.",
        ),
        50049: Entry("invalid_instance", "'{instance}' is not an address of this authority."),
        50057: Entry(_GRANT, "The user account may not sign in: it is disabled or has ended."),
        50058: Entry("login_required", "Nobody is signed in, and the request does not allow to ask."),
        50173: Entry(
            _GRANT, "The grant was revoked, or the password was changed or sessions were ended since."
        ),
        50194: Entry(
            _BAD,
            "Application '{client}' is for one tenant only: /common and /organizations are not for it. "
            "Use the tenant's own address.",
        ),
        54005: Entry(_GRANT, "The authorization code was redeemed already."),
        65001: Entry(
            _GRANT,
            "Neither the user nor an administrator has consented to what '{client}' asks for.",
            suberror="consent_required",
        ),
        65004: Entry("access_denied", "The user declined to consent to the application."),
        70000: Entry(_GRANT, "The provided grant is not valid: {reason}"),
        70003: Entry("unsupported_grant_type", "The grant type '{grant_type}' is not supported."),
        70008: Entry(_GRANT, "The authorization code has expired."),
        70011: Entry(_SCOPE, "The value '{scope}' of the parameter scope is not valid."),
        70016: Entry("authorization_pending", "The user has not finished signing in yet. Ask again."),
        70018: Entry("bad_verification_code", "The device code is not one that was given out."),
        70019: Entry("expired_token", "The device code has expired."),
        90002: Entry(
            _BAD,
            "Tenant '{tenant}' not found. Check that it is the right tenant ID or a verified domain name.",
        ),
        90015: Entry(_BAD, "The request is too long."),
        90033: Entry("temporarily_unavailable", "Something failed on our side. Try again.", 503),
        90055: Entry(
            "temporarily_unavailable", "There are too many requests. Try again in {seconds} seconds.", 429
        ),
        90094: Entry("consent_required", "An administrator must consent to the application '{client}'."),
        500011: Entry(
            "invalid_resource", "The resource '{resource}' was not found in the tenant '{tenant}'."
        ),
        650057: Entry(
            "invalid_resource",
            "The application '{client}' has not registered any permission of the resource '{resource}', "
            "and none was granted.",
        ),
        500112: Entry(
            _GRANT, "The reply address '{redirect_uri}' is not the one that the code was asked with."
        ),
        700005: Entry(_GRANT, "The code or token was issued in another tenant than this one."),
        700016: Entry(
            _UNAUTHORIZED,
            "Application with identifier '{client}' was not found in the directory '{tenant}'. It may not "
            "be installed there, or the request may have gone to the wrong tenant.",
        ),
        700021: Entry(_CLIENT, "The client assertion is not for the application '{client}'.", 401),
        700022: Entry(_SCOPE, "The scope '{scope}' names more than one resource."),
        700024: Entry(_CLIENT, "The client assertion is not within its valid time.", 401),
        700025: Entry(
            _CLIENT, "The client '{client}' is public, so it must not present a secret or an assertion.", 401
        ),
        700027: Entry(_CLIENT, "The client assertion is not valid: {reason}", 401),
        700054: Entry("unsupported_response_type", "The response type '{response_type}' is not supported."),
        700211: Entry(
            _CLIENT, "No federated credential of the application matches the issuer of the assertion.", 401
        ),
        700213: Entry(
            _CLIENT, "No federated credential of the application matches the subject of the assertion.", 401
        ),
        700212: Entry(
            _CLIENT, "No federated credential of the application matches the audience of the assertion.", 401
        ),
        700082: Entry(_GRANT, "The refresh token has expired: it was not used for too long."),
        700084: Entry(_GRANT, "The refresh token of the single page application has expired."),
        7000112: Entry(_UNAUTHORIZED, "Application '{client}' is disabled."),
        7000215: Entry(_CLIENT, "Invalid client secret provided.", 401),
        7000218: Entry(_CLIENT, "The request body must contain 'client_assertion' or 'client_secret'.", 401),
        7000222: Entry(
            _CLIENT, "The provided client secrets of the application '{client}' are expired.", 401
        ),
        900144: Entry(_BAD, "The request body must contain the parameter '{name}'."),
        900561: Entry(_BAD, "The endpoint only accepts POST requests. Received a {method} request."),
        900971: Entry(_BAD, "No reply address was given, and none or several are registered."),
        901002: Entry(_BAD, "The parameter 'resource' is not supported by the v2.0 endpoint. Use 'scope'."),
        9000411: Entry(_BAD, "The parameter '{name}' is sent more than once."),
        9001023: Entry(_BAD, "The grant type is not supported over /common, /organizations or /consumers."),
        9002313: Entry(_BAD, "The request is malformed: {reason}"),
        9002325: Entry(_GRANT, "Proof Key for Code Exchange is required to redeem this authorization code."),
        501481: Entry(_GRANT, "The code_verifier does not match the code_challenge of the request."),
    }
)
"""By number. What stands in braces is filled in by whoever raises it."""
