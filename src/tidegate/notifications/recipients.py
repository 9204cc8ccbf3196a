"""Recipients of a draft become rows: what they name must be there, and of the rule's tenant."""

import uuid

from tidegate.accounts.models import Account
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.directory.queries import assignable_users
from tidegate.notifications.drafts import RecipientDraft, RuleDraft, clean_email
from tidegate.notifications.models import Channel, NotificationRule, OnCallRota, RuleRecipient
from tidegate.notifications.words import ChannelKind


def make_recipients(scope: Scope, rule: NotificationRule, draft: RuleDraft) -> list[RuleRecipient]:
    """The rows of a draft's recipients, each once in its step; not written. Raises InvalidInput."""
    made = [_make(scope, rule, one) for one in draft.recipients]
    once = {(row.step, row.kind, row.email, row.account_id, row.channel_id, row.rota_id): row for row in made}
    return list(once.values())


def _make(scope: Scope, rule: NotificationRule, draft: RecipientDraft) -> RuleRecipient:
    row = RuleRecipient(tenant_id=scope.tenant_id, rule_id=rule.id, step=draft.step)
    named = [one for one in (draft.user_id, draft.channel_id, draft.rota_id) if one is not None]
    if len(named) + bool(draft.email) != 1:
        raise InvalidInput(fields={"recipients": "must each be an address, a user, a channel or a rota"})
    if draft.email:
        row.kind, row.email = ChannelKind.MAIL, clean_email(draft.email, "recipients")
    elif draft.user_id is not None:
        row.kind, row.account = ChannelKind.INBOX, _find_account(scope, draft.user_id)
    elif draft.channel_id is not None:
        channel = Channel.objects.in_scope(scope).filter(id=draft.channel_id).first()
        if channel is None:
            raise InvalidInput(fields={"recipients": "must name channels of this organization"})
        row.kind, row.channel_id = channel.kind, channel.id
    elif draft.rota_id is not None:
        rota = OnCallRota.objects.in_scope(scope).filter(id=draft.rota_id).first()
        if rota is None:
            raise InvalidInput(fields={"recipients": "must name rotas of this organization"})
        row.kind, row.rota_id = ChannelKind.MAIL, rota.id
    return row


def _find_account(scope: Scope, user_id: uuid.UUID) -> Account:
    users = assignable_users(scope.tenant_id, clock.now()).filter(id=user_id, account__isnull=False)
    user = users.select_related("account").first()
    if user is None or user.account is None:
        raise InvalidInput(fields={"recipients": "must name users who may enter this organization now"})
    return user.account
