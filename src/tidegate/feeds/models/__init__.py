"""The tables of what was fetched, and how often."""

from tidegate.feeds.models.allowance import Allowance
from tidegate.feeds.models.consumer import Consumer, DeliveryDay, Gap
from tidegate.feeds.models.ending import EndingNote

__all__ = ["Allowance", "Consumer", "DeliveryDay", "EndingNote", "Gap"]
