"""Incidents as the Microsoft Defender XDR incidents API gives them, turned into Graph's words.

Reads one object that somebody exported; speaks to no service.
"""

from tidegate.connectors.kinds.microsoft_defender_xdr.incidents import is_incident as recognise
from tidegate.connectors.kinds.microsoft_defender_xdr.incidents import parse_incident as parse

__all__ = ["parse", "recognise"]
