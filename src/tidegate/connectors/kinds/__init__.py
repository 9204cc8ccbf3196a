"""The registry: every kind of record there is code for, in the order in which they are tried.

A kind is a package with `recognise(members)`, which looks at names only and never raises, and
`parse(members, raw, limits)`, which raises `UnreadableRecord`. A new kind is added to `KINDS` by hand.
"""

from collections.abc import Mapping
from typing import Protocol

from tidegate.connectors.kinds import microsoft_defender_xdr, microsoft_graph, microsoft_siem
from tidegate.connectors.kinds.parsed import Parsed
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import Json

ACCEPTED_SHAPES = (
    "Microsoft Graph alerts (alerts_v2), Microsoft Graph incidents with expanded alerts, "
    "Microsoft Defender XDR incidents, or legacy SIEM detections: one object, a list, "
    '{"value": [...]}, or one per line'
)


class Kind(Protocol):
    """One foreign format."""

    def recognise(self, members: Mapping[str, Json]) -> bool:
        """Say whether an object with these members is meant to be of this kind."""
        ...

    def parse(self, members: Mapping[str, Json], raw: str, limits: Limits) -> Parsed:
        """Read one record whose own text is `raw`. Raises UnreadableRecord."""
        ...


KINDS: tuple[Kind, ...] = (microsoft_siem, microsoft_defender_xdr, microsoft_graph)


def find_kind(members: Mapping[str, Json]) -> Kind | None:
    """Find the kind that recognises an object; None when no kind does."""
    return next((kind for kind in KINDS if kind.recognise(members)), None)
