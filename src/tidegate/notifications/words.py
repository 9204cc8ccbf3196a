"""The words of notifications, as the tables keep them."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class About(models.TextChoices):
    """What a rule tells of: each alert; incidents as alerts come into them, or as they fall due; programs."""

    ALERTS = "alerts", _("Alerts")
    INCIDENTS = "incidents", _("Incidents")
    CLOCKS = "clocks", _("Incidents whose service level is about to be missed, or was")
    PROGRAMS = "programs", _("Programs that fall behind, credentials and consents that end")


ABOUT_INCIDENTS: Final = frozenset({About.INCIDENTS, About.CLOCKS})
"""What tells of incidents rather than of alerts, with links that lead there."""


class Reach(models.TextChoices):
    """Which tenants a rule is about: its own, or, at home, of those that its owner may enter."""

    TENANT = "tenant", _("This organization")
    ALL = "all", _("All organizations that I may enter")
    GROUP = "group", _("A tenant group")
    CHOSEN = "chosen", _("Chosen organizations")


class Cadence(models.TextChoices):
    """When what happened is told."""

    IMMEDIATELY = "immediately", _("Immediately")
    EVERY = "every", _("Every so many minutes")
    DAILY = "daily", _("Once a day")


class ChannelKind(models.TextChoices):
    """What carries a message away."""

    MAIL = "mail", _("Mail")
    INBOX = "inbox", _("Inbox in the portal")
    WEBHOOK = "webhook", _("Webhook")
    CHAT = "chat", _("Chat")


class Purpose(models.TextChoices):
    """What a delivery carries."""

    NOTIFICATION = "notification", _("A notification")
    BUNDLE = "bundle", _("Several notifications")
    TEST = "test", _("A test of the rule")
    OWNER = "owner", _("News for the rule's owner")
    NOTICE = "notice", _("News about somebody's access")
    INVITATION = "invitation", _("An invitation")


class OwnerNews(models.TextChoices):
    """What the owner of a rule is told about it."""

    RULE_REMOVED = "rule_removed", _("The rule was removed with its device group")
    RULE_LOST_GROUP = "rule_lost_group", _("A device group was deleted and left the rule")
    RULE_LOST_TENANTS = "rule_lost_tenants", _("The rule’s tenant group was deleted")
    CHANNEL_PAUSED = "channel_paused", _("A channel of the rule failed for good and is paused")
    READER_SUPPRESSED = "reader_suppressed", _("A recipient of the rule is suppressed")


class DeliveryState(models.TextChoices):
    """Where a delivery stands. `TRANSITIONS` says what may follow what."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SUPPRESSED = "suppressed", _("Suppressed")


TRANSITIONS: Final[dict[DeliveryState, frozenset[DeliveryState]]] = {
    DeliveryState.WAITING: frozenset({DeliveryState.SENDING, DeliveryState.SUPPRESSED}),
    # Back to waiting: it was not taken now. A worker that died leaves it here; it is claimed again.
    DeliveryState.SENDING: frozenset(
        {
            DeliveryState.SENDING,
            DeliveryState.WAITING,
            DeliveryState.SENT,
            DeliveryState.FAILED,
            DeliveryState.SUPPRESSED,
        }
    ),
    # A webhook is sent again under its old id when somebody asks for it.
    DeliveryState.SENT: frozenset({DeliveryState.WAITING}),
    DeliveryState.FAILED: frozenset({DeliveryState.WAITING}),
    DeliveryState.SUPPRESSED: frozenset({DeliveryState.WAITING}),
}


class Suppression(models.TextChoices):
    """Why nothing is sent to somebody, or was not sent."""

    REFUSED = "refused", _("Their mail server refused several mails for good")
    UNSUBSCRIBED = "unsubscribed", _("They unsubscribed")
    BY_HAND = "by_hand", _("Somebody suppressed them")
    OWNER_LEFT = "owner_left", _("The rule's owner may not see this any more")
    READER_LEFT = "reader_left", _("The reader may not see this any more")
    GONE = "gone", _("What it was about is not there any more")
    RULE_PAUSED = "rule_paused", _("The rule is paused")
    RULE_REMOVED = "rule_removed", _("The rule was removed")
    RULE_CHANGED = "rule_changed", _("The rule is not about this organization any more")
    CHANNEL_REMOVED = "channel_removed", _("The channel was removed")


class BundleReason(models.TextChoices):
    """Why several things are told together."""

    DIGEST = "digest", _("The rule tells of them together")
    QUIET = "quiet", _("They happened in quiet hours")
    STORM = "storm", _("So many happened at once")
