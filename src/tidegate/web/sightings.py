"""In which tenants a thing was seen, as rows."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.incidents.indicator_queries import Sighting
from tidegate.web import frame as fr
from tidegate.web.links import tenant_link


@dataclass(frozen=True, slots=True)
class SightingRow:
    """One tenant; `url` leads to what was found there."""

    sighting: Sighting
    tenant: fr.TenantBadge
    severity: str
    url: str


def sighting_rows(
    sightings: Sequence[Sighting], badges: Mapping[uuid.UUID, fr.TenantBadge], text: str
) -> list[SightingRow]:
    """Rows of tenants that can be entered; of others there is none."""
    return [
        SightingRow(
            one,
            badges[one.tenant_id],
            one.severity.word,
            tenant_link("sightings", str(one.tenant_id), q=text),
        )
        for one in sightings
        if one.tenant_id in badges
    ]
