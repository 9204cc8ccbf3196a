"""The tables that can be hunted in: Microsoft's names, over our rows, which are in the scope already."""

from types import MappingProxyType
from typing import Final

from tidegate.hunting.tables.alert_evidence import ALERT_EVIDENCE
from tidegate.hunting.tables.alert_info import ALERT_INFO
from tidegate.hunting.tables.device_info import DEVICE_INFO
from tidegate.hunting.tables.identity_info import IDENTITY_INFO

TABLES: Final = MappingProxyType(
    {table.name: table for table in (ALERT_INFO, ALERT_EVIDENCE, DEVICE_INFO, IDENTITY_INFO)}
)
"""Every table by its name."""
