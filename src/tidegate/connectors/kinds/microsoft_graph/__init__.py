"""Microsoft Graph's own records: alerts (`alerts_v2`) and incidents with their expanded alerts.

Reads one object that somebody exported; speaks to no service.
"""

from collections.abc import Mapping

from tidegate.connectors.kinds.microsoft_graph.alerts import is_alert, parse_alert
from tidegate.connectors.kinds.microsoft_graph.incidents import is_incident, parse_incident
from tidegate.connectors.kinds.parsed import Parsed
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import Json


def recognise(members: Mapping[str, Json]) -> bool:
    """Say whether the members are those of a Graph alert or incident."""
    return is_alert(members) or is_incident(members)


def parse(members: Mapping[str, Json], raw: str, limits: Limits) -> Parsed:
    """Read one Graph alert or incident. Raises UnreadableRecord."""
    if is_alert(members):
        return Parsed(parse_alert(members, raw, limits))
    return parse_incident(members, raw, limits)
