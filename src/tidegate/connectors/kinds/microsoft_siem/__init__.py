"""Detections as the legacy Defender for Endpoint SIEM API gave them: flat rows, one alert in many.

Each row becomes an alert of its own; those that share an AlertId are merged by whoever stores them.
"""

from tidegate.connectors.kinds.microsoft_siem.detections import is_detection as recognise
from tidegate.connectors.kinds.microsoft_siem.detections import parse_detection as parse

__all__ = ["parse", "recognise"]
