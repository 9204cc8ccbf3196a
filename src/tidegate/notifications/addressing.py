"""Who is told under a rule at this instant: addresses, accounts, channels, and whoever is on call."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tidegate.accounts.models import Account
from tidegate.core import clock
from tidegate.notifications.models import NotificationRule, RuleRecipient
from tidegate.notifications.on_call import find_on_call
from tidegate.notifications.words import About, ChannelKind


@dataclass(frozen=True, slots=True)
class Addressee:
    """One recipient of one message. Mails have an address, inboxes an account, the others a channel."""

    kind: ChannelKind
    email: str = ""
    account: Account | None = None
    channel_id: uuid.UUID | None = None


def find_addressees(rule: NotificationRule, *, step: int) -> list[Addressee]:
    """Everybody whom a rule tells in a step, each once; an address with the account whose it is, if any.

    Whoever is on call is told by mail, and in the inbox of their account. Where that is nobody, and nobody
    else is to be told, it is the rule's owner: what happens in a gap of a rota is not lost.
    """
    return find_all_addressees([rule], step=step)[rule.id]


def find_all_addressees(rules: Sequence[NotificationRule], *, step: int) -> dict[uuid.UUID, list[Addressee]]:
    """The same for several rules, by their ids. Two statements."""
    tenant_ids, rule_ids = {rule.tenant_id for rule in rules}, [rule.id for rule in rules]
    rows = RuleRecipient.objects.across_tenants().filter(
        tenant_id__in=tenant_ids, rule_id__in=rule_ids, step=step
    )
    found: dict[uuid.UUID, dict[Addressee, None]] = {rule_id: {} for rule_id in rule_ids}
    on_call: set[uuid.UUID] = set()
    for row in rows.select_related("account", "rota").order_by("id"):
        found[row.rule_id] |= dict.fromkeys(_resolve(row))
        on_call |= {row.rule_id} if row.rota_id else set()
    for rule in rules:
        if rule.id in on_call and not found[rule.id]:
            found[rule.id] = dict.fromkeys(_tell_on_call(rule.owner_account.email))
    addresses = {one.email for some in found.values() for one in some if one.email}
    accounts = _accounts_of(addresses) if addresses else {}
    return {rule.id: list(_with_accounts(rule, found[rule.id], accounts)) for rule in rules}


def _with_accounts(
    rule: NotificationRule, found: Iterable[Addressee], accounts: Mapping[str, Account]
) -> Iterator[Addressee]:
    """The same with the accounts whose the addresses are, each once; no inbox without an account."""
    told: set[uuid.UUID] = set()
    for one in found:
        account = accounts.get(one.email, one.account)
        if one.kind == ChannelKind.INBOX:
            # An inbox shows alerts and incidents.
            if account is None or account.id in told or rule.about == About.PROGRAMS:
                continue
            told.add(account.id)
        yield Addressee(one.kind, one.email, account, one.channel_id)


def _accounts_of(addresses: Collection[str]) -> dict[str, Account]:
    return {account.email: account for account in Account.objects.filter(email__in=addresses, is_active=True)}


def _resolve(row: RuleRecipient) -> Iterator[Addressee]:
    if row.rota is not None:
        for email in find_on_call(row.rota, clock.now()):
            yield from _tell_on_call(email)
    elif row.kind == ChannelKind.INBOX and row.account is not None:
        yield Addressee(ChannelKind.INBOX, account=row.account)
    elif row.kind == ChannelKind.MAIL:
        yield Addressee(ChannelKind.MAIL, row.email)
    elif row.channel_id is not None:
        yield Addressee(ChannelKind(row.kind), channel_id=row.channel_id)


def _tell_on_call(email: str) -> list[Addressee]:
    return [Addressee(ChannelKind.MAIL, email), Addressee(ChannelKind.INBOX, email)]
