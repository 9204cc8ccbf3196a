"""Who may change which rule: nobody learns, through a rule or a channel, what they may not see themselves."""

import uuid
from collections.abc import Collection

from tidegate.accounts.models import Account
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ActorKind, Relation, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Forbidden, InvalidInput
from tidegate.customers.taking import GroupUse, find_usable
from tidegate.devices.models import DeviceGroup
from tidegate.directory.queries import assignable_users
from tidegate.notifications.drafts import RuleDraft
from tidegate.notifications.models import NotificationRule, RuleRecipient
from tidegate.notifications.owners import NEEDED, readable_tenants
from tidegate.notifications.words import About, Reach


def require_rules(scope: Scope) -> None:
    """Raise Forbidden unless rules may be managed (Microsoft: Manage security settings)."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)


def find_owner(scope: Scope, draft: RuleDraft, owner_user_id: uuid.UUID | None) -> Account:
    """Whose eyes the rule will have: the editor's own. Raises Forbidden, InvalidInput.

    Only the operator, who has no account, names somebody: else a rule could be lent another's eyes.
    """
    if owner_user_id is not None and scope.actor.kind != ActorKind.SYSTEM:
        raise Forbidden("A rule sees what its editor sees; nobody else can be named.")
    if owner_user_id is None:
        for permission in NEEDED[About(draft.about)]:
            require(scope, permission)
    user_id = owner_user_id or scope.entry.user_id
    users = assignable_users(scope.tenant_id, clock.now()).select_related("account")
    user = users.filter(id=user_id).first() if user_id else None
    if user is None or user.account is None:
        raise InvalidInput(fields={"owner": "must be a user who may enter this organization now"})
    if draft.reach != Reach.TENANT and user.user_type != Relation.MEMBER:
        raise Forbidden("A rule about other organizations is made at home.")
    return user.account


def check_reach(draft: RuleDraft, owner: Account) -> None:
    """Raise InvalidInput for chosen tenants that the owner may not enter, or that are not there."""
    if draft.reach == Reach.CHOSEN:
        chosen = set(draft.tenant_ids)
        if readable_tenants(owner, chosen, draft.about) != chosen:
            raise InvalidInput(
                fields={"tenant_ids": "must be organizations in which you may read what it is about"}
            )


def check_tenant_group(scope: Scope, draft: RuleDraft, owner: Account) -> None:
    """Raise InvalidInput for a tenant group that is not the owner's to use, the same as for none at all.

    Asked under the lock of the directory, under which groups are deleted.
    """
    if draft.reach != Reach.GROUP:
        return
    group_id = draft.tenant_group_id
    if group_id is None or not find_usable([GroupUse(scope.tenant_id, group_id, owner.id)]):
        raise InvalidInput(fields={"tenant_group_id": "must be a tenant group that you see"})


def check_device_groups(scope: Scope, chosen: Collection[uuid.UUID]) -> None:
    """Raise InvalidInput for device groups that are not there or that the editor does not see."""
    wanted = set(chosen)
    rows = DeviceGroup.objects.in_scope(scope).filter(id__in=wanted)
    rows = rows.exclude(scope.sight.hidden("id")) if scope.sight.hides else rows
    if set(rows.values_list("id", flat=True)) != wanted:
        raise InvalidInput(fields={"device_group_ids": "must be device groups that you see"})


def check_within_sight(scope: Scope, rule: NotificationRule) -> None:
    """Raise Forbidden for a rule about devices beyond the editor's own (Microsoft, machine groups).

    Whoever sees every device may change every rule; others their own, and those of groups they see.
    """
    if not scope.sight.hides or rule.owner_account_id == scope.actor.account_id:
        return
    groups = [uuid.UUID(one) for one in rule.device_group_ids]
    try:
        check_device_groups(scope, groups)
    except InvalidInput:
        groups = []
    if not groups:
        raise Forbidden("This rule is about devices that you do not see.")


def check_used_within_sight(
    scope: Scope, *, channel_id: uuid.UUID | None = None, rota_id: uuid.UUID | None = None
) -> None:
    """Raise Forbidden for a channel or a rota through which rules tell what the editor may not see.

    Whoever leads it elsewhere reads what those rules tell.
    """
    used = RuleRecipient.objects.in_scope(scope)
    used = used.filter(channel_id=channel_id) if channel_id else used.filter(rota_id=rota_id)
    rows = NotificationRule.objects.in_scope(scope).filter(
        id__in=used.values("rule_id"), removed_at__isnull=True
    )
    for rule in rows.exclude(owner_account_id=scope.actor.account_id):
        for permission in NEEDED[About(rule.about)]:
            require(scope, permission)
        check_within_sight(scope, rule)
        if rule.reach != Reach.TENANT and scope.actor.kind != ActorKind.SYSTEM:
            raise Forbidden("Somebody else tells of other organizations through this. Make one of your own.")
