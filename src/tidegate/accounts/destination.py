"""Where somebody goes after signing in: only ever a page of this portal."""

import uuid
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.utils.http import url_has_allowed_host_and_scheme

_LONGEST = 4096
_LONGEST_SHOWN = 255


@dataclass(frozen=True, slots=True)
class Destination:
    """The page that was asked for. `tid` as it was written: nothing here looks it up."""

    page: str
    tid: str
    is_directory_id: bool


def is_local(address: str) -> bool:
    """Whether this is a path of this portal, and nothing that a browser takes for another host."""
    return (
        len(address) <= _LONGEST
        and address.startswith("/")
        and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    )


def local_or(address: str, fallback: str) -> str:
    """The address if it is local, else the fallback."""
    return address if is_local(address) else fallback


def describe_destination(address: str) -> Destination | None:
    """What to show of the address on the way to it; None when it names no tenant and no page."""
    if not is_local(address):
        return None
    parts = urlsplit(address)
    tid = parse_qs(parts.query).get("tid", [""])[0].strip()[:_LONGEST_SHOWN]
    if parts.path == "/" and not tid:
        return None
    return Destination(parts.path[:_LONGEST_SHOWN], tid, _is_uuid(tid))


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
