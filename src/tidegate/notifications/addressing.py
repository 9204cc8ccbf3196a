"""Who is told under a rule at this instant: addresses, accounts, channels, and whoever is on call."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from tidegate.accounts.models import Account
from tidegate.core import clock
from tidegate.notifications.models import NotificationRule, RuleRecipient
from tidegate.notifications.on_call import find_on_call
from tidegate.notifications.words import ChannelKind


@dataclass(frozen=True, slots=True)
class Addressee:
    """One recipient of one message. Mails have an address, inboxes an account, the others a channel."""

    kind: ChannelKind
    email: str = ""
    account: Account | None = None
    channel_id: uuid.UUID | None = None


def find_addressees(rule: NotificationRule, *, step: int) -> list[Addressee]:
    """Everybody whom a rule tells in a step, each once; an address with the account whose it is, if any."""
    rows = RuleRecipient.objects.of_tenant(rule.tenant_id).filter(rule_id=rule.id, step=step)
    chosen = list(rows.select_related("account", "rota").order_by("id"))
    found = dict.fromkeys(one for row in chosen for one in _resolve(row))
    addresses = {one.email for one in found if one.email}
    accounts = {
        account.email: account for account in Account.objects.filter(email__in=addresses, is_active=True)
    }
    return [
        Addressee(one.kind, one.email, accounts.get(one.email, one.account), one.channel_id) for one in found
    ]


def _resolve(row: RuleRecipient) -> Iterator[Addressee]:
    if row.rota is not None:
        for email in find_on_call(row.rota, clock.now()):
            yield Addressee(ChannelKind.MAIL, email)
    elif row.kind == ChannelKind.INBOX and row.account is not None:
        yield Addressee(ChannelKind.INBOX, account=row.account)
    elif row.kind == ChannelKind.MAIL:
        yield Addressee(ChannelKind.MAIL, row.email)
    elif row.channel_id is not None:
        yield Addressee(ChannelKind(row.kind), channel_id=row.channel_id)
