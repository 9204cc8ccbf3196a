"""Client assertions (RFC 7523): a JWT instead of a secret, signed by the application's own key."""

from dataclasses import dataclass, field

from tidegate.oauth.errors import StsError
from tidegate.oauth.queries import Principal


@dataclass(frozen=True, slots=True)
class Assertion:
    """A client assertion as it came: its text, the endpoint it was sent to, and from where."""

    text: str = field(repr=False)
    token_endpoint: str
    ip_address: str


def peek_client_id(text: str) -> str:
    """Whom an assertion is about, by its own word; nothing is believed yet."""
    return ""


def check_assertion(principal: Principal, assertion: Assertion) -> None:
    raise StsError(700027, reason="")
