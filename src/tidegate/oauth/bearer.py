"""Bearer tokens as requests carry them (RFC 6750): who calls, and the scopes the gate opens for them."""

from dataclasses import dataclass

from django.http import HttpRequest

from tidegate.accounts.actors import unknown_actor
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, Scope
from tidegate.core.errors import NotFound
from tidegate.gate.applications import (
    Claim,
    open_for_claim,
    permissions_lent,
)
from tidegate.oauth.errors import TokenRefused
from tidegate.oauth.tokens import ReadToken, read_access_token


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a genuine token with a request, asking one API."""

    token: ReadToken
    resource: Resource
    origin: Actor

    @property
    def claim(self) -> Claim:
        """What the token says."""
        return self.token.claim

    def open(self) -> Scope:
        """The token's tenant, now. Raises TokenRefused where the gate does not open any more."""
        try:
            return open_for_claim(self.claim, self.resource, self.origin)
        except NotFound:
            raise _undone() from None

    def lends(self, permission: Permission) -> bool:
        """Whether the application may do this for people who may. Raises TokenRefused."""
        try:
            return permission in permissions_lent(self.claim, self.resource)
        except NotFound:
            raise _undone() from None


def read_token(request: HttpRequest) -> ReadToken:
    """The request's token, for whichever API it is. Raises TokenRefused."""
    header = request.headers.get("Authorization", "").strip()
    scheme, _, rest = header.partition(" ")
    # Clients exist that send the token alone.
    text = rest.strip() if scheme.casefold() == "bearer" else header
    if not text or " " in text:
        raise TokenRefused("Access token is empty.")
    return read_access_token(text)


def authenticate(request: HttpRequest, resource: Resource) -> Caller:
    """Who calls this API. Raises TokenRefused, also for a token that is for another API."""
    token = read_token(request)
    if resource not in token.resources:
        raise TokenRefused("Access token validation failure. Invalid audience.")
    return Caller(token, resource, unknown_actor(request))


def _undone() -> TokenRefused:
    return TokenRefused("The application, its consent or its user is not let into this tenant any more.")
