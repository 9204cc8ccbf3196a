"""The tables of what was fetched, and how often."""

from tidegate.feeds.models.allowance import Allowance
from tidegate.feeds.models.consumer import Consumer, DeliveryDay, Gap
from tidegate.feeds.models.ending import EndingNote
from tidegate.feeds.models.subscription import ChangeNotification, Subscription

__all__ = [
    "Allowance",
    "ChangeNotification",
    "Consumer",
    "DeliveryDay",
    "EndingNote",
    "Gap",
    "Subscription",
]
