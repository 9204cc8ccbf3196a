"""A rule is copied to other tenants in which its copier may manage security settings."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tidegate.authorization.scope import Scope
from tidegate.core.errors import Conflict, InvalidInput, TidegateError
from tidegate.devices.models import DeviceGroup
from tidegate.gate.opening import open as open_gate
from tidegate.notifications.actions.rules import create_rule
from tidegate.notifications.drafting import portable_draft_of
from tidegate.notifications.drafts import RuleDraft
from tidegate.notifications.models import NotificationRule
from tidegate.notifications.policy import require_rules
from tidegate.notifications.queries import get_rule
from tidegate.notifications.words import Reach


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a copy in one tenant: the rule, or why there is none; and what could not go with it."""

    tenant_id: uuid.UUID
    rule: NotificationRule | None = None
    refused: TidegateError | None = None
    left_out: int = 0


def copy_rule(scope: Scope, rule_id: uuid.UUID, tenant_ids: Iterable[uuid.UUID]) -> list[Copied]:
    """Make the same rule in other tenants, each in a transaction of its own; one refusal stops no other.

    Addresses go with it, channels, rotas and inboxes stay: they belong to the tenant. Device groups are
    found by name; where one is missing there is no copy, which would tell of other devices.
    Raises Forbidden, NotFound, and Conflict for a rule about several tenants.
    """
    require_rules(scope)
    rule = get_rule(scope, rule_id)
    if rule.reach != Reach.TENANT:
        raise Conflict("This rule is about several organizations already.")
    draft, left_out = portable_draft_of(scope, rule)
    groups = DeviceGroup.objects.in_scope(scope).filter(id__in=rule.device_group_ids)
    group_names = list(groups.values_list("display_name", flat=True))
    return [_copy(scope, draft, group_names, one, left_out) for one in dict.fromkeys(tenant_ids)]


def _copy(
    scope: Scope, draft: RuleDraft, group_names: Sequence[str], tenant_id: uuid.UUID, left_out: int
) -> Copied:
    try:
        target = open_gate(scope.actor, str(tenant_id))
        require_rules(target)
        rows = DeviceGroup.objects.in_scope(target).filter(display_name__in=group_names)
        groups = list(rows.values_list("id", flat=True))
        if len(groups) < len(group_names):
            raise InvalidInput(fields={"device_group_ids": "are not all there by the same names"})
        made = create_rule(target, replace(draft, device_group_ids=groups))
    except TidegateError as refused:
        return Copied(tenant_id, refused=refused)
    return Copied(tenant_id, made, left_out=left_out)
