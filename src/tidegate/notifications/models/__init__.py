"""The tables of notifications."""

from tidegate.notifications.models.channel import Channel
from tidegate.notifications.models.delivery import Delivery
from tidegate.notifications.models.inbox import InboxItem
from tidegate.notifications.models.mail_server import MailServer
from tidegate.notifications.models.notification import Bundle, Notification
from tidegate.notifications.models.rota import OnCallRota
from tidegate.notifications.models.rule import NotificationRule, RuleRecipient
from tidegate.notifications.models.suppression import SuppressedRecipient

__all__ = [
    "Bundle",
    "Channel",
    "Delivery",
    "InboxItem",
    "MailServer",
    "Notification",
    "NotificationRule",
    "OnCallRota",
    "RuleRecipient",
    "SuppressedRecipient",
]
