"""Rules are made, changed, paused, resumed, removed, copied to other tenants, and tried out."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from tidegate.accounts.models import Account
from tidegate.audit.actions import record
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict, NotFound
from tidegate.core.ids import uuid7
from tidegate.directory.policy import lock_directory
from tidegate.notifications.drafts import RuleDraft, clean_draft
from tidegate.notifications.models import Delivery, NotificationRule, RuleRecipient
from tidegate.notifications.policy import (
    check_device_groups,
    check_reach,
    check_tenant_group,
    check_within_sight,
    find_owner,
    require_rules,
)
from tidegate.notifications.recipients import make_recipients
from tidegate.notifications.silence import rule_target
from tidegate.notifications.words import DeliveryState, Suppression


@dataclass(frozen=True, slots=True)
class _Wish:
    """A checked draft: the columns, and whose eyes the rule has."""

    columns: dict[str, object]
    owner: Account


def create_rule(
    scope: Scope, draft: RuleDraft, *, owner_user_id: uuid.UUID | None = None
) -> NotificationRule:
    """Make a rule that tells what its maker may see. The operator names the user whose eyes it has.

    Raises Forbidden, InvalidInput, Conflict when the name is taken.
    """
    wish = _check(scope, draft, owner_user_id)
    now = clock.now()
    with transaction.atomic():
        lock_directory(scope)
        check_tenant_group(scope, draft, wish.owner)
        _check_name_free(scope, str(wish.columns["display_name"]), None)
        rule = NotificationRule(
            tenant_id=scope.tenant_id,
            id=uuid7(),
            owner_account=wish.owner,
            owner_name=wish.owner.get_full_name()[:256],
            created_at=now,
            changed_at=now,
            **wish.columns,
        )
        recipients = make_recipients(scope, rule, draft)
        rule.save(force_insert=True)
        RuleRecipient.objects.bulk_create(recipients)
        details = {"after": wish.columns, "recipients": _describe(recipients)}
        record(scope, "notification_rule.created", rule_target(rule), details=details)
    return rule


def update_rule(
    scope: Scope,
    rule_id: uuid.UUID,
    draft: RuleDraft,
    *,
    version: int | None = None,
    owner_user_id: uuid.UUID | None = None,
) -> NotificationRule:
    """Change all of a rule; from then on it sees what its editor sees, and speaks again if it was silent.

    New recipients are told of what happens later only. Raises Forbidden, NotFound, InvalidInput, Conflict
    when the name is taken or it changed since `version`.
    """
    wish = _check(scope, draft, owner_user_id)
    with transaction.atomic():
        lock_directory(scope)
        rule = _lock(scope, rule_id)
        check_within_sight(scope, rule)
        check_tenant_group(scope, draft, wish.owner)
        if version is not None and rule.version != version:
            raise Conflict("Somebody changed this rule since you opened it. Look again, then decide.")
        _check_name_free(scope, str(wish.columns["display_name"]), rule.id)
        before = {name: getattr(rule, name) for name in wish.columns}
        for name, value in wish.columns.items():
            setattr(rule, name, value)
        rule.owner_account, rule.owner_name = wish.owner, wish.owner.get_full_name()[:256]
        rule.changed_at, rule.silenced_at = clock.now(), None
        rule.version += 1
        recipients = make_recipients(scope, rule, draft)
        rule.save()
        RuleRecipient.objects.in_scope(scope).filter(rule_id=rule.id).delete()
        RuleRecipient.objects.bulk_create(recipients)
        details = {"before": before, "after": wish.columns, "recipients": _describe(recipients)}
        record(scope, "notification_rule.updated", rule_target(rule), details=details)
    return rule


def pause_rule(scope: Scope, rule_id: uuid.UUID) -> NotificationRule:
    """Let a rule tell nothing until it is resumed; what waits to be sent is suppressed.

    Raises Forbidden, NotFound.
    """
    require_rules(scope)
    with transaction.atomic():
        rule = _lock(scope, rule_id)
        check_within_sight(scope, rule)
        if rule.paused_at is None:
            rule.paused_at, rule.paused_by = clock.now(), scope.actor.display_name[:256]
            rule.save(update_fields=["paused_at", "paused_by"])
            _suppress_waiting(rule, Suppression.RULE_PAUSED)
            record(scope, "notification_rule.paused", rule_target(rule))
    return rule


def resume_rule(scope: Scope, rule_id: uuid.UUID) -> NotificationRule:
    """Let a paused rule tell of what happens from now on. Raises Forbidden, NotFound."""
    require_rules(scope)
    with transaction.atomic():
        rule = _lock(scope, rule_id)
        check_within_sight(scope, rule)
        if rule.paused_at is not None:
            rule.paused_at, rule.paused_by = None, ""
            rule.save(update_fields=["paused_at", "paused_by"])
            record(scope, "notification_rule.resumed", rule_target(rule))
    return rule


def remove_rule(scope: Scope, rule_id: uuid.UUID) -> None:
    """Remove a rule; its delivery log stays. Raises Forbidden, NotFound."""
    require_rules(scope)
    with transaction.atomic():
        rule = _lock(scope, rule_id)
        check_within_sight(scope, rule)
        rule.removed_at = clock.now()
        rule.save(update_fields=["removed_at"])
        _suppress_waiting(rule, Suppression.RULE_REMOVED)
        record(scope, "notification_rule.removed", rule_target(rule))


def _check(scope: Scope, draft: RuleDraft, owner_user_id: uuid.UUID | None) -> _Wish:
    require_rules(scope)
    columns = clean_draft(draft)
    owner = find_owner(scope, draft, owner_user_id)
    check_reach(draft, owner)
    check_device_groups(scope, draft.device_group_ids)
    return _Wish(columns, owner)


def _lock(scope: Scope, rule_id: uuid.UUID) -> NotificationRule:
    rows = NotificationRule.objects.in_scope(scope).select_for_update(of=("self",))
    rule = rows.filter(id=rule_id, removed_at__isnull=True).first()
    if rule is None:
        raise NotFound("There is no such notification rule.")
    return rule


def _check_name_free(scope: Scope, name: str, own_id: uuid.UUID | None) -> None:
    same = NotificationRule.objects.in_scope(scope).filter(removed_at__isnull=True, display_name=name)
    if (same.exclude(id=own_id) if own_id else same).exists():
        raise Conflict("A notification rule with this name exists already.")


def _suppress_waiting(rule: NotificationRule, because: Suppression) -> None:
    rows = Delivery.objects.of_tenant(rule.tenant_id).filter(rule_id=rule.id, state=DeliveryState.WAITING)
    rows.update(state=DeliveryState.SUPPRESSED, suppressed_because=because, settled_at=clock.now())


def _describe(recipients: Sequence[RuleRecipient]) -> list[dict[str, object]]:
    return [
        {
            "step": one.step,
            "kind": one.kind,
            "email": one.email,
            "account_id": one.account_id,
            "channel_id": one.channel_id,
            "rota_id": one.rota_id,
        }
        for one in recipients
    ]
