"""A request for tokens, as every grant takes it."""

from dataclasses import dataclass

from tidegate.oauth.clients import Presented
from tidegate.oauth.form import Form
from tidegate.oauth.places import Place
from tidegate.oauth.sender import Sender
from tidegate.oauth.tokens import Version


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One request to the token endpoint: where it was sent, by whom, and what it says.

    `origin` is our own address as the client wrote it; `token_endpoint` is this very endpoint.
    """

    form: Form
    place: Place
    version: Version
    origin: str
    token_endpoint: str
    presented: Presented
    sender: Sender
