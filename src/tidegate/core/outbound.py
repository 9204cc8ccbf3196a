"""Outgoing HTTP to addresses that others chose: one client, so that nobody reaches through us what is inside.

Only https, and only to public addresses, but for hosts and networks that the operator allows. A name is
looked up once and every address it has must be allowed; the connection then goes to an address that was
looked at, so that a name which changes its mind meanwhile gains nothing. Redirects are not followed,
answers are cut, and everything is over by one deadline.
"""

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from tidegate.core.errors import InvalidInput, TidegateError

DEADLINE: Final = 10.0
LARGEST_ANSWER: Final = 1_048_576
LONGEST_ADDRESS: Final = 2048
_LOOKS_UP_FOR: Final = 3.0
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
# RFC 6052: an IPv4 address stands in the last 32 bits, and a gateway takes us to it.
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutboundFailed(TidegateError):
    """The other side gave no answer. `is_refused`: we would not send, so trying again is vain."""

    code = "outbound_failed"

    def __init__(self, message: str, *, is_refused: bool = False) -> None:
        super().__init__(message)
        self.is_refused = is_refused


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; `body` is cut at the size asked for."""

    status: int
    content_type: str
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether it took what was sent (RFC 9110, section 15.3)."""
        return 200 <= self.status < 300


def check_address(url: str, field: str) -> None:
    """Raise InvalidInput, naming the field, for an address that is never sent to. Looks nothing up."""
    _split(url, field)


def check_place(url: str, field: str) -> None:
    """The same for an address that is kept and sent to later, where its name may lead now.

    What cannot be looked up within seconds is let through: sending looks again each time. Raises
    InvalidInput, naming the field, also for what is not on the public internet and not allowed.
    """
    parts = _split(url, field)
    host, found = str(parts.hostname), list[str]()
    if host in _allowed().hosts:
        return
    looking = threading.Thread(target=_find_addresses, args=(host, found), daemon=True)
    looking.start()
    looking.join(_LOOKS_UP_FOR)
    if any(not _allowed().admits(_read_address(text)) for text in list(found)):
        raise InvalidInput(fields={field: "must be on the public internet"})


def send(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] = _NO_HEADERS,
    deadline: float = DEADLINE,
    largest: int = LARGEST_ANSWER,
) -> Answer:
    """Send a request and read the answer, all within `deadline` seconds. Raises OutboundFailed."""
    ends = time.monotonic() + deadline
    try:
        parts = _split(url, "address")
    except InvalidInput as error:
        raise OutboundFailed(error.message, is_refused=True) from error
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    sent = {"Host": parts.netloc, "User-Agent": "Tidegate", "Connection": "close", **headers}
    try:
        with _connect(parts, ends) as connection:
            connection.request(method, target, body=body, headers=sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers.get_content_type(), answer.read(largest))
    except (OSError, HTTPException, ValueError) as error:
        message = f"{parts.hostname} could not be reached: {str(error) or type(error).__name__}"
        raise OutboundFailed(message) from error


def _split(url: str, field: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    is_listed = host in _allowed().hosts
    if len(url) > LONGEST_ADDRESS or not host or parts.username is not None or port == 0:
        raise InvalidInput(fields={field: "must be an address like https://host.example/path"})
    if parts.scheme != "https" and not (parts.scheme == "http" and is_listed):
        raise InvalidInput(fields={field: "must begin with https://"})
    return parts


@contextlib.contextmanager
def _connect(parts: SplitResult, ends: float) -> Iterator[HTTPConnection]:
    """A connection to one of the host's addresses that is cut off when the time is over."""
    host, is_tls = str(parts.hostname), parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    streams = [_reach(_look_up(host, port), port, ends)]
    # Time-outs count from each read anew: a server that sends a byte now and then would never meet one.
    guard = threading.Timer(max(0.0, ends - time.monotonic()), _cut, [streams])
    guard.daemon = True
    guard.start()
    try:
        connection = HTTPConnection(host, port)
        if is_tls:
            tls = _trust().wrap_socket(streams[0], server_hostname=host, do_handshake_on_connect=False)
            streams[0] = tls
            tls.do_handshake()
        connection.sock = streams[0]
        yield connection
    finally:
        guard.cancel()
        streams[0].close()


def _look_up(host: str, port: int) -> list[str]:
    found = dict.fromkeys(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    allowed = _allowed()
    for text in found:
        if host not in allowed.hosts and not allowed.admits(_read_address(text)):
            raise OutboundFailed(f"{host} is not on the public internet.", is_refused=True)
    return list(found)


def _find_addresses(host: str, found: list[str]) -> None:
    with contextlib.suppress(OSError, ValueError):
        found += [str(row[4][0]) for row in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def _read_address(text: str) -> Address:
    return ipaddress.ip_address(text.partition("%")[0])


def _reach(addresses: list[str], port: int, ends: float) -> socket.socket:
    failure: OSError = TimeoutError("timed out")
    for address in addresses:
        left = ends - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((address, port), timeout=left)
        except OSError as error:
            failure = error
    raise failure


def _cut(streams: list[socket.socket]) -> None:
    try:
        streams[0].shutdown(socket.SHUT_RDWR)
    except OSError:
        # It is over already.
        return


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What the operator allows beyond the public internet: hosts, also without TLS, and networks."""

    hosts: frozenset[str]
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]

    def admits(self, address: Address) -> bool:
        return any(address in network for network in self.networks) or _is_public(address)


def _allowed() -> _Allowed:
    hosts, networks = set(), []
    for text in settings.OUTBOUND_ALLOWED:
        if "/" in text:
            networks.append(ipaddress.ip_network(text))
        else:
            hosts.add(text.strip("[]").lower())
    return _Allowed(frozenset(hosts), tuple(networks))


def _is_public(address: Address) -> bool:
    inner = _inside(address)
    return address.is_global and not address.is_multicast and (inner is None or _is_public(inner))


def _inside(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for, if it stands for one."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
