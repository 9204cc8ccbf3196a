"""A request for tokens, as every grant takes it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from tidegate.directory.models import User
from tidegate.oauth.clients import Client, Presented, authenticate, find_client
from tidegate.oauth.errors import StsError
from tidegate.oauth.form import Form
from tidegate.oauth.places import Place
from tidegate.oauth.queries import Principal, Proven
from tidegate.oauth.sender import Sender
from tidegate.oauth.tokens import Version, issuer_of


@dataclass(slots=True)
class About:
    """What became known of a request on its way, for the sign-in log."""

    principal: Principal | Proven | None = None
    user: User | None = None
    resource: str = ""


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One request to the token endpoint: where it was sent, by whom, and what it says.

    `origin` is our own address as the client wrote it; `endpoint` is this very endpoint.
    """

    form: Form
    place: Place
    version: Version
    origin: str
    endpoint: str
    presented: Presented
    sender: Sender
    about: About = field(default_factory=About)

    def identify(self, tenant_id: uuid.UUID) -> Client:
        """The application that asks, in this tenant. Raises StsError."""
        principal = self.about.principal = find_client(self.presented, tenant_id, self.place)
        return authenticate(principal, self.presented, self._audiences(tenant_id), self.sender)

    def check_tenant(self, tenant_id: uuid.UUID) -> None:
        """Raise StsError where something given out in one tenant is sent to the address of another."""
        if self.place.tenant_id not in {None, tenant_id}:
            raise StsError(700005)

    def _audiences(self, tenant_id: uuid.UUID) -> Collection[str]:
        """Everything by which an assertion may name us (RFC 7523, section 3): token endpoint or issuer."""
        if not self.presented.assertion:
            return ()
        base = f"{self.origin}/{tenant_id}/oauth2"
        issuers = [issuer_of(self.origin, tenant_id, version) for version in Version]
        return {self.endpoint, f"{base}/token", f"{base}/v2.0/token", *issuers}
