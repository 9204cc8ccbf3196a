"""A rule whose owner may not see its tenant any more is silent; that is noted once, and told."""

from tidegate.audit.actions import Target, append
from tidegate.audit.models import Result
from tidegate.authorization.scope import SYSTEM
from tidegate.core import clock
from tidegate.notifications.models import NotificationRule
from tidegate.notifications.words import Reach


def note_silence(rule: NotificationRule, *, is_silent: bool) -> None:
    """Note that a tenant's own rule fell silent, or speaks again. Of wide rules that is as it should be."""
    if rule.reach != Reach.TENANT or is_silent == (rule.silenced_at is not None):
        return
    rule.silenced_at = clock.now() if is_silent else None
    rows = NotificationRule.objects.of_tenant(rule.tenant_id).filter(id=rule.id)
    rows.update(silenced_at=rule.silenced_at)
    if is_silent:
        details = {"owner": rule.owner_name}
        append(
            rule.tenant_id,
            SYSTEM,
            "notification_rule.silenced",
            rule_target(rule),
            result=Result.FAILURE,
            details=details,
        )


def rule_target(rule: NotificationRule) -> Target:
    """How the audit log names a rule."""
    return Target("notification_rule", str(rule.id), rule.display_name)
