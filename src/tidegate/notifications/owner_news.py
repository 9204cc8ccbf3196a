"""The owner of a rule is told what became of it, by mail, on the same way as everything else."""

from tidegate.notifications.addressing import Addressee
from tidegate.notifications.deliveries import make_deliveries, queue_deliveries
from tidegate.notifications.models import NotificationRule
from tidegate.notifications.words import ChannelKind, OwnerNews, Purpose


def tell_owner(rule: NotificationRule, news: OwnerNews, *, subject: str) -> None:
    """Let the owner be told, in the caller's transaction. `subject` is the name of what it is about."""
    owner = rule.owner_account
    addressee = Addressee(ChannelKind.MAIL, owner.email, owner)
    values = {"news": str(news), "subject": subject[:256]}
    made = make_deliveries(rule, [addressee], purpose=Purpose.OWNER, values=values)
    queue_deliveries(made)
