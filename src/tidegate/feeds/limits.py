"""How often an application may ask in a tenant: Microsoft's limits, and what an operator sets instead."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tidegate.core.errors import InvalidInput
from tidegate.feeds.words import Family


@dataclass(frozen=True, slots=True)
class Limit:
    """Requests in a minute and in an hour; 0 for as many as one likes."""

    per_minute: int
    per_hour: int


# Microsoft, "Microsoft Graph throttling guidance" (security), and the page of each call of the Defender APIs.
# The SIEM API and Graph's directory have no number of calls of theirs to go by; the ledger is ours.
DEFAULTS: Final[Mapping[Family, Limit]] = MappingProxyType(
    {
        Family.GRAPH_SECURITY: Limit(150, 0),
        Family.GRAPH_DIRECTORY: Limit(1_500, 0),
        Family.DEFENDER_ALERTS: Limit(100, 1_500),
        Family.DEFENDER_CHANGES: Limit(100, 1_500),
        Family.DEFENDER_BATCH: Limit(10, 500),
        Family.DEFENDER_CREATE: Limit(15, 0),
        Family.DEFENDER_MACHINES: Limit(100, 1_500),
        Family.DEFENDER_XDR: Limit(50, 1_500),
        Family.SIEM: Limit(300, 6_000),
        Family.FEEDS: Limit(60, 0),
    }
)

_ITEM: Final = re.compile(r"([a-z_]+)=([0-9]{1,9})/([0-9]{1,9})")


def read_limits(text: str) -> Mapping[Family, Limit]:
    """The defaults with what `text` changes: `siem=600/0,defender_batch=20/1000`. Raises InvalidInput."""
    limits = dict(DEFAULTS)
    for item in (part.strip() for part in text.split(",") if part.strip()):
        found = _ITEM.fullmatch(item)
        if found is None or found[1] not in list(Family):
            names = ", ".join(Family)
            raise InvalidInput(f"must be like siem=600/0, by comma; the names are {names}")
        limits[Family(found[1])] = Limit(int(found[2]), int(found[3]))
    return MappingProxyType(limits)
