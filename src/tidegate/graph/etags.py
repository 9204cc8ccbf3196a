"""Versions of objects on the wire: entity tags (RFC 9110, section 8.8.3), weak ones as Graph's."""

import re
from collections.abc import Callable
from typing import Final

from tidegate.core.errors import Stale
from tidegate.oauth.endpoint import Call

_TAG: Final = re.compile(r'\s*(?:W/)?"([^"]*)"\s*(?:,|$)')


def make_etag(version: int) -> str:
    """The tag of this version. Weak: comments that were added since make no other version."""
    return f'W/"{version}"'


def read_expected_version(call: Call, current: Callable[[], int]) -> int | None:
    """The version that `If-Match` names (section 13.1.1); None where any will do.

    Of several, the one that is current. Raises Stale for a tag that is none of ours.
    """
    header = call.request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return None
    versions = {
        int(tag) for tag in _TAG.findall(header) if tag.isascii() and tag.isdecimal() and len(tag) < 10
    }
    if len(versions) == 1:
        return versions.pop()
    if versions and (now := current()) in versions:
        return now
    raise Stale("The object is not in the version that If-Match names.")
