"""Where codes may be sent, compared letter by letter (RFC 6749, section 3.1.2; RFC 9700)."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from tidegate.directory.models import Application
from tidegate.oauth.errors import StsError

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST: Final = 256


@dataclass(frozen=True, slots=True)
class Redirect:
    """A registered address, as the request wrote it, and the kind of client that waits there.

    `is_named` is False where the request named none and the only one that is registered was taken.
    """

    uri: str
    platform: str
    is_named: bool = True

    @property
    def origin(self) -> str:
        """The host, as a Content-Security-Policy names it; the scheme alone for a native client's own."""
        parts = urlsplit(self.uri)
        return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"


def find_redirect(application: Application, uri: str) -> Redirect:
    """The registered address that a request names. Raises StsError for any other."""
    rows = application.redirect_uris
    if not uri:
        if len(rows) != 1:
            raise StsError(900971)
        return Redirect(rows[0]["uri"], rows[0]["platform"], is_named=False)
    for row in rows:
        if _is_plain(uri) and _matches(uri, row["uri"], row["platform"]):
            return Redirect(uri, row["platform"])
    raise StsError(50011, redirect_uri=uri, client=application.client_id)


def _is_plain(uri: str) -> bool:
    """Without the signs that parsers of addresses pass over in silence, and which headers must not hold."""
    return len(uri) <= LONGEST and uri.isascii() and uri.isprintable() and " " not in uri


def _matches(uri: str, registered: str, platform: str) -> bool:
    return uri == registered or _matches_but_for_port(uri, registered, platform)


def _matches_but_for_port(uri: str, registered: str, platform: str) -> bool:
    """A program on the person's own machine takes whatever port is free (RFC 8252, section 7.3).

    For native clients on any loopback address; for others on localhost, as Entra does.
    """
    try:
        asked, known = urlsplit(uri), urlsplit(registered)
        hosts, _ports = (asked.hostname, known.hostname), (asked.port, known.port)
    except ValueError:
        return False
    if asked.scheme != "http" or hosts[0] != hosts[1] or hosts[0] not in _LOOPBACK:
        return False
    if platform != "publicClient" and hosts[0] != "localhost":
        return False
    # Written out again without the port, both must be the same text: no name hides before the host.
    return _portless(uri) == _portless(registered)


def _portless(uri: str) -> str:
    parts = urlsplit(uri)
    port = f":{parts.port}" if parts.port is not None else ""
    return urlunsplit(parts._replace(netloc=parts.netloc.removesuffix(port)))
