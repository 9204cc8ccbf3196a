"""A rule as the draft that would make it: for a form, a comparison, or a copy."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any, Final

from tidegate.authorization.scope import Scope
from tidegate.directory.models import User
from tidegate.notifications.drafts import RecipientDraft, RuleDraft
from tidegate.notifications.models import NotificationRule, RuleRecipient
from tidegate.notifications.queries import recipients_of

_IDS: Final = ("tenant_ids", "device_group_ids")


def draft_of(scope: Scope, rule: NotificationRule) -> RuleDraft:
    """The draft of a rule, with everything that it names. Raises Forbidden."""
    rows = list(recipients_of(scope, rule))
    users = _users_of(scope, [row.account_id for row in rows if row.account_id])
    return make_draft(rule, rows, users)


def portable_draft_of(scope: Scope, rule: NotificationRule) -> tuple[RuleDraft, int]:
    """The draft without what only the rule's tenant has, and how many recipients that leaves out.

    Raises Forbidden.
    """
    rows = list(recipients_of(scope, rule))
    kept = [row for row in rows if row.email]
    return make_draft(rule, kept, {}, device_group_ids=[]), len(rows) - len(kept)


def make_draft(
    rule: NotificationRule,
    rows: Collection[RuleRecipient],
    users: Mapping[uuid.UUID, uuid.UUID],
    **changes: object,
) -> RuleDraft:
    """The draft of a rule with these recipients; inboxes are those of `users`, by account."""
    columns: dict[str, Any] = {one.name: getattr(rule, one.name, None) for one in fields(RuleDraft)}
    columns |= {name: [uuid.UUID(one) for one in getattr(rule, name)] for name in _IDS}
    columns["recipients"] = [
        RecipientDraft(
            email=row.email,
            user_id=users.get(row.account_id) if row.account_id else None,
            channel_id=row.channel_id,
            rota_id=row.rota_id,
            step=row.step,
        )
        for row in rows
    ]
    return RuleDraft(**{**columns, **changes})


def _users_of(scope: Scope, account_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    users = User.objects.of_tenant(scope.tenant_id).filter(
        removed_at__isnull=True, account_id__in=account_ids
    )
    return {user.account_id: user.id for user in users if user.account_id is not None}
