"""Tenant groups are made, changed, copied and deleted: one's own by any member, shared ones by managers.

`reach` is what the actor may enter now, as the gate gives it. Nobody names a tenant beyond it; those that
a group names beyond it already stay as they are, unseen.
"""

import uuid
from typing import Final

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.core.scoped import Reach
from tidegate.customers.members import require_member
from tidegate.customers.models import ServiceLevel, TenantGroup, TenantGroupMember
from tidegate.customers.nesting import groups_around, without
from tidegate.customers.queries import get_tenant_group
from tidegate.customers.rules import (
    SHARED_DEPTH,
    SIZE,
    GroupRule,
    Selection,
    check_nesting,
    clean_name,
    clean_rule,
    name_key,
    names_tenants,
    read_rule,
    write_rule,
)
from tidegate.directory.models import Tenant
from tidegate.directory.policy import lock_directory

SHARED_AT_MOST: Final = 100
PRIVATE_AT_MOST: Final = 50
_KINDS: Final = tuple(TenantGroupMember.Kind)


def create_tenant_group(
    scope: Scope, *, reach: Reach, name: str, rule: GroupRule, is_private: bool = True
) -> TenantGroup:
    """Make a group, private to the actor or shared with every member of the home tenant.

    Raises NotFound for who is no member, Forbidden for a shared one, InvalidInput, Conflict when the name is
    taken or there are too many.
    """
    owner_id = _find_owner(scope, is_private=is_private)
    wanted = clean_rule(rule)
    group = TenantGroup(tenant_id=scope.tenant_id, owner_user_id=owner_id, created_at=clock.now())
    with transaction.atomic():
        lock_directory(scope)
        _check_room(scope, owner_id)
        _rename(scope, group, name)
        _check_rule(scope, group, wanted, reach)
        _keep_rule(group, wanted)
        group.save(force_insert=True)
        _name_tenants(group, wanted)
        record(scope, "tenant_group.created", _target(group), details=_describe(group, wanted))
    return group


def update_tenant_group(
    scope: Scope, group_id: uuid.UUID, *, reach: Reach, name: str, rule: GroupRule
) -> TenantGroup:
    """Give a group another name or rule. Raises as `create_tenant_group`, and NotFound."""
    wanted = clean_rule(rule)
    with transaction.atomic():
        lock_directory(scope)
        group = get_tenant_group(scope, group_id)
        _require_change(scope, group)
        before = {"name": group.name, "rule": group.rule}
        _rename(scope, group, name)
        _check_rule(scope, group, wanted, reach)
        seen = TenantGroupMember.objects.in_scope(scope).filter(group_id=group.id)
        seen.filter(reach.restrict("about_tenant_id")).delete()
        _name_tenants(group, wanted)
        _keep_rule(group, wanted)
        group.save()
        details = {"before": before, "after": _describe(group, wanted)}
        record(scope, "tenant_group.updated", _target(group), details=details)
    return group


def copy_tenant_group(
    scope: Scope, group_id: uuid.UUID, *, name: str, is_private: bool = True
) -> TenantGroup:
    """Make another group by the same rule, under another name. Raises as `create_tenant_group`, NotFound.

    It names what the first one names, also what the actor may not enter: it shows them no more of it.
    """
    owner_id = _find_owner(scope, is_private=is_private)
    with transaction.atomic():
        lock_directory(scope)
        source = get_tenant_group(scope, group_id)
        _check_room(scope, owner_id)
        copy = TenantGroup(tenant_id=scope.tenant_id, owner_user_id=owner_id, created_at=clock.now())
        _rename(scope, copy, name)
        copy.rule, copy.updated_at = source.rule, copy.created_at
        _check_nested(scope, copy, read_rule(copy.rule))
        copy.save(force_insert=True)
        rows = TenantGroupMember.objects.in_scope(scope).filter(group_id=source.id)
        TenantGroupMember.objects.bulk_create(
            [
                TenantGroupMember(
                    tenant_id=scope.tenant_id,
                    group_id=copy.id,
                    kind=row.kind,
                    about_tenant_id=row.about_tenant_id,
                )
                for row in rows
            ]
        )
        details = {"copied_from": source.id, "is_private": copy.is_private}
        record(scope, "tenant_group.created", _target(copy), details=details)
    return copy


def delete_tenant_group(scope: Scope, group_id: uuid.UUID, *, take_out: bool = False) -> None:
    """Delete a group; `take_out` also takes it out of the rules of those that nest it.

    Raises NotFound, Forbidden, Conflict where groups that the actor sees nest it and `take_out` is not given.
    The private groups of others, which the actor does not see, lose it in any case.
    """
    with transaction.atomic():
        lock_directory(scope)
        group = get_tenant_group(scope, group_id)
        _require_change(scope, group)
        around = groups_around(scope.tenant_id, group.id)
        if not take_out and any(_is_seen(scope, one) for one in around):
            raise Conflict("Other tenant groups hold this one.")
        for one in around:
            one.rule, one.updated_at = without(one.rule, group.id), clock.now()
            one.save(update_fields=["rule", "updated_at"])
        details = {"is_private": group.is_private, "taken_out_of": [one.id for one in around]}
        record(scope, "tenant_group.deleted", _target(group), details=details)
        group.delete()


def may_change(scope: Scope, group: TenantGroup) -> bool:
    """Whether the actor may change a group that they see."""
    return group.is_private or scope.allows(Permission.TENANT_GROUP_MANAGE)


def _find_owner(scope: Scope, *, is_private: bool) -> uuid.UUID | None:
    require_member(scope)
    if not is_private:
        require(scope, Permission.TENANT_GROUP_MANAGE)
        return None
    if scope.entry.user_id is None:
        raise InvalidInput(fields={"is_private": "must be shared where no member of the tenant makes it"})
    return scope.entry.user_id


def _require_change(scope: Scope, group: TenantGroup) -> None:
    if not group.is_private:
        require(scope, Permission.TENANT_GROUP_MANAGE)


def _is_seen(scope: Scope, group: TenantGroup) -> bool:
    return group.owner_user_id in {None, scope.entry.user_id}


def _check_room(scope: Scope, owner_id: uuid.UUID | None) -> None:
    beside = TenantGroup.objects.in_scope(scope).filter(owner_user_id=owner_id).count()
    if beside >= (PRIVATE_AT_MOST if owner_id else SHARED_AT_MOST):
        raise Conflict("There are too many tenant groups already; delete one that nobody uses.")


def _rename(scope: Scope, group: TenantGroup, name: str) -> None:
    group.name = clean_name(name)
    group.name_key = name_key(group.name)
    same = TenantGroup.objects.in_scope(scope).filter(
        owner_user_id=group.owner_user_id, name_key=group.name_key
    )
    if same.exclude(id=group.id).exists():
        raise Conflict("A tenant group with this name exists already.")


def _check_rule(scope: Scope, group: TenantGroup, rule: GroupRule, reach: Reach) -> None:
    named = rule.include.tenant_ids | rule.exclude.tenant_ids
    if Tenant.objects.filter(reach.restrict("id"), id__in=named).count() < len(named):
        raise InvalidInput(fields={"tenants": "must be tenants that you may enter now"})
    levels = ServiceLevel.objects.in_scope(scope).filter(id__in=rule.level_ids)
    if levels.count() < len(rule.level_ids):
        raise InvalidInput(fields={"levels": "must be service levels of this tenant"})
    _check_nested(scope, group, rule)


def _check_nested(scope: Scope, group: TenantGroup, rule: GroupRule) -> None:
    shared = TenantGroup.objects.in_scope(scope).filter(owner_user_id__isnull=True)
    nested = {one.id: read_rule(one.rule).nested_ids for one in shared}
    if not set(rule.nested_ids) <= set(nested):
        raise InvalidInput(fields={"groups": "must be shared tenant groups"})
    if not group.is_private:
        check_nesting({**nested, group.id: rule.nested_ids}, SHARED_DEPTH, SIZE)


def _name_tenants(group: TenantGroup, rule: GroupRule) -> None:
    TenantGroupMember.objects.bulk_create(
        [
            TenantGroupMember(
                tenant_id=group.tenant_id, group_id=group.id, kind=kind, about_tenant_id=tenant_id
            )
            for kind in _KINDS
            for tenant_id in sorted(_side(rule, kind).tenant_ids)
        ]
    )


def _keep_rule(group: TenantGroup, rule: GroupRule) -> None:
    """Put the rule at the group, and on which sides it names tenants, unseen ones too."""
    kept = write_rule(rule)
    kinds = set(
        TenantGroupMember.objects.of_tenant(group.tenant_id)
        .filter(group_id=group.id)
        .values_list("kind", flat=True)
    )
    for kind in _KINDS:
        part = kept[str(kind)]
        if isinstance(part, dict):
            part["tenants"] = names_tenants(kept, kind) or str(kind) in kinds
    group.rule, group.updated_at = kept, clock.now()


def _side(rule: GroupRule, kind: TenantGroupMember.Kind) -> Selection:
    return rule.include if kind == TenantGroupMember.Kind.INCLUDE else rule.exclude


def _describe(group: TenantGroup, rule: GroupRule) -> dict[str, object]:
    named = {str(kind): sorted(map(str, _side(rule, kind).tenant_ids)) for kind in _KINDS}
    return {"name": group.name, "is_private": group.is_private, "rule": group.rule, "named": named}


def _target(group: TenantGroup) -> Target:
    return Target("tenant_group", str(group.id), group.name)
