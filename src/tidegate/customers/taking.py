"""Which tenants people's groups take, asked for many groups and many tenants together.

For what goes on without a page, long after somebody chose a group. It grants nothing: whoever asks also
asks the gate what the person may enter.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import batched
from typing import Final

from django.db.models import BooleanField, ExpressionWrapper

from tidegate.core import clock
from tidegate.customers.compiling import Groups, StoredRule, TenantsInGroup
from tidegate.customers.models import TenantGroup
from tidegate.customers.queries import stored_rule
from tidegate.directory.models import Tenant, User

_GROUPS_AT_ONCE: Final = 20
"""So many conditions stand in one statement: each may hold others."""

_TENANTS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class GroupUse:
    """A tenant group, and the account that looks through it: of a member of the group's home tenant."""

    home_tenant_id: uuid.UUID
    group_id: uuid.UUID
    account_id: uuid.UUID


def find_usable(uses: Collection[GroupUse]) -> dict[GroupUse, TenantGroup]:
    """Those of the groups that are there and may be used: shared with the member, or their own.

    At most two statements; none where nothing is asked.
    """
    if not uses:
        return {}
    homes = {use.home_tenant_id for use in uses}
    rows = TenantGroup.objects.across_tenants().filter(
        tenant_id__in=homes, id__in={use.group_id for use in uses}
    )
    groups = {(group.tenant_id, group.id): group for group in rows}
    members = _find_members(uses) if groups else {}
    found = {}
    for use in uses:
        group = groups.get((use.home_tenant_id, use.group_id))
        user_id = members.get((use.home_tenant_id, use.account_id))
        if group is not None and user_id is not None and group.owner_user_id in {None, user_id}:
            found[use] = group
    return found


def find_taken(
    uses: Collection[GroupUse], tenant_ids: Collection[uuid.UUID]
) -> dict[GroupUse, frozenset[uuid.UUID]]:
    """Which of these tenants each usable group takes at this instant; one that is not usable takes none.

    Three statements and one for every twenty groups, however many uses and, up to 500, tenants.
    """
    usable = find_usable(uses)
    groups = {group.pk: group for group in usable.values()}
    nested = _find_nested(groups.values())
    taken: dict[tuple[uuid.UUID, uuid.UUID], frozenset[uuid.UUID]] = {}
    for some in batched(groups.values(), _GROUPS_AT_ONCE):
        taken |= _ask(some, nested, tenant_ids)
    return {use: taken[group.pk] for use, group in usable.items()}


def _find_members(uses: Collection[GroupUse]) -> dict[tuple[uuid.UUID, uuid.UUID], uuid.UUID]:
    """The user objects of these accounts in these home tenants, of members who may enter now."""
    users = User.objects.across_tenants().entering(clock.now())
    rows = users.filter(
        tenant_id__in={use.home_tenant_id for use in uses},
        account_id__in={use.account_id for use in uses},
        user_type=User.UserType.MEMBER,
    )
    return {
        (tenant_id, account_id): own_id
        for tenant_id, account_id, own_id in rows.values_list("tenant_id", "account_id", "id")
    }


def _find_nested(groups: Collection[TenantGroup]) -> Mapping[uuid.UUID, Groups]:
    """By home tenant, the rules of its shared groups, of those homes in which one of these nests another."""
    homes = {group.tenant_id for group in groups if stored_rule(group).rule.nested_ids}
    if not homes:
        return {}
    found: dict[uuid.UUID, dict[uuid.UUID, StoredRule]] = {home: {} for home in homes}
    rows = TenantGroup.objects.across_tenants().filter(tenant_id__in=homes, owner_user_id__isnull=True)
    for group in rows:
        found[group.tenant_id][group.id] = stored_rule(group)
    return found


def _ask(
    groups: Collection[TenantGroup],
    nested: Mapping[uuid.UUID, Groups],
    tenant_ids: Collection[uuid.UUID],
) -> dict[tuple[uuid.UUID, uuid.UUID], frozenset[uuid.UUID]]:
    conditions = {
        f"group_{number}": ExpressionWrapper(
            TenantsInGroup(group.tenant_id, stored_rule(group), nested.get(group.tenant_id, {})).condition(),
            BooleanField(),
        )
        for number, group in enumerate(groups)
    }
    taken: list[set[uuid.UUID]] = [set() for _ in groups]
    for some in batched(tenant_ids, _TENANTS_AT_ONCE):
        rows = Tenant.objects.filter(id__in=some).annotate(**conditions)
        for tenant_id, *answers in rows.values_list("id", *conditions):
            for number, is_taken in enumerate(answers):
                if is_taken:
                    taken[number].add(tenant_id)
    return {group.pk: frozenset(ids) for group, ids in zip(groups, taken, strict=True)}
