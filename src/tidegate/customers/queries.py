"""Looking at tenant groups: which there are, and which tenants each takes.

Only members of the home tenant see any. A group grants nothing: what it takes is always met with what the
person may enter, by the gate (`?tid=group:<name>`) or by a `Reach` that the caller was given by it.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, F, Q, QuerySet

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.core.prepared import INSTANT, UUID, PreparedObjects
from tidegate.core.scoped import Reach, ScopedQuerySet
from tidegate.customers.compiling import Groups, StoredRule, TenantsInGroup
from tidegate.customers.members import members_in_force, require_member
from tidegate.customers.models import TenantGroup, TenantGroupMember
from tidegate.customers.rules import GroupRule, is_name, name_key, names_tenants, read_rule
from tidegate.directory.models import Tenant


def find_tenant_group(
    account_id: uuid.UUID | None, home_tenant_id: uuid.UUID | None, name: str
) -> TenantGroup | None:
    """The group that somebody means by a name, whatever its letter case: their own one first, else a shared.

    None unless they are a member of that home tenant who may enter it now. One statement.
    """
    if account_id is None or home_tenant_id is None or not is_name(name):
        return None
    named = _of_member(account_id, home_tenant_id, clock.now()).filter(name_key=name_key(name))
    return named.order_by(F("owner_user_id").asc(nulls_last=True)).first()


def list_usable_groups(account_id: uuid.UUID | None, home_tenant_id: uuid.UUID | None) -> list[TenantGroup]:
    """The groups that `find_tenant_group` would find by their names, by name. One statement."""
    if account_id is None or home_tenant_id is None:
        return []
    return _USABLE.all(account_id=account_id, home_id=home_tenant_id, at=clock.now())


def tenants_in(group: TenantGroup) -> TenantsInGroup:
    """The tenants that a group takes, as a filter made of subqueries; it is evaluated as it is used.

    One statement if the group nests others, none otherwise.
    """
    stored = stored_rule(group)
    groups = shared_rules(group.tenant_id) if stored.rule.nested_ids else {}
    return TenantsInGroup(group.tenant_id, stored, groups)


def tenants_in_rule(scope: Scope, rule: GroupRule) -> TenantsInGroup:
    """The same for a rule that is only being tried. Raises NotFound for who is no member."""
    require_member(scope)
    groups = shared_rules(scope.tenant_id) if rule.nested_ids else {}
    return TenantsInGroup(scope.tenant_id, StoredRule(rule), groups)


def list_tenant_groups(scope: Scope) -> QuerySet[TenantGroup]:
    """The shared groups of the home tenant and the actor's own, by name.

    Raises NotFound for who is no member there.
    """
    require_member(scope)
    seen = Q(owner_user_id__isnull=True)
    if scope.entry.user_id is not None:
        seen |= Q(owner_user_id=scope.entry.user_id)
    rows = TenantGroup.objects.in_scope(scope).filter(seen)
    return rows.order_by("name_key", F("owner_user_id").asc(nulls_last=True))


def get_tenant_group(scope: Scope, group_id: uuid.UUID) -> TenantGroup:
    """One of them. Raises NotFound, the same for a group that is absent and one of others."""
    group = list_tenant_groups(scope).filter(id=group_id).first()
    if group is None:
        raise NotFound("There is no such tenant group.")
    return group


def list_tenants(scope: Scope, taken: TenantsInGroup, reach: Reach) -> QuerySet[Tenant]:
    """The tenants within reach that a group or rule takes, by name. Raises NotFound for who is no member."""
    require_member(scope)
    return taken.tenants().filter(reach.restrict("id")).order_by("display_name", "id")


def named_tenants(scope: Scope, group: TenantGroup, reach: Reach) -> dict[str, frozenset[uuid.UUID]]:
    """The tenants within reach that a group's rule names: under "include" and "exclude". One statement."""
    rows = TenantGroupMember.objects.in_scope(scope).filter(group_id=group.id)
    found = list(rows.filter(reach.restrict("about_tenant_id")).values_list("kind", "about_tenant_id"))
    return {
        str(kind): frozenset(tenant_id for side, tenant_id in found if side == kind)
        for kind in TenantGroupMember.Kind
    }


def rule_of(scope: Scope, group: TenantGroup, reach: Reach) -> GroupRule:
    """A group's rule, with those of the tenants that it names that are within reach. One statement."""
    named = named_tenants(scope, group, reach)
    return read_rule(group.rule, named["include"], named["exclude"])


def list_holders(scope: Scope, group: TenantGroup) -> list[TenantGroup]:
    """The groups that hold this one, of those that the actor sees, by name."""
    seen = list_tenant_groups(scope)
    return [one for one in seen if group.id in read_rule(one.rule).nested_ids]


def count_tenants(scope: Scope, groups: Iterable[TenantGroup], reach: Reach) -> dict[uuid.UUID, int]:
    """How many tenants within reach each group takes. Two statements, however many groups.

    Raises NotFound for who is no member.
    """
    require_member(scope)
    nested = shared_rules(scope.tenant_id)
    counts = {
        f"group_{group.id.hex}": Count(
            "id", filter=TenantsInGroup(scope.tenant_id, stored_rule(group), nested).condition()
        )
        for group in groups
    }
    if not counts:
        return {}
    found = Tenant.objects.filter(reach.restrict("id")).aggregate(**counts)
    return {uuid.UUID(hex=name.removeprefix("group_")): number for name, number in found.items()}


def _of_member(account_id: uuid.UUID, home_tenant_id: uuid.UUID, at: datetime) -> ScopedQuerySet[TenantGroup]:
    """The shared groups of a home tenant and somebody's own, if they are a member there."""
    members = members_in_force(account_id, home_tenant_id, at)
    shared = Q(Exists(members), owner_user_id__isnull=True)
    own = Q(owner_user_id__in=members.values("id"))
    return TenantGroup.objects.of_tenant(home_tenant_id).filter(shared | own)


def _usable(account_id: uuid.UUID, home_id: uuid.UUID, at: datetime) -> QuerySet[TenantGroup]:
    groups = _of_member(account_id, home_id, at)
    own = groups.filter(owner_user_id__isnull=False).values("name_key")
    return groups.exclude(owner_user_id__isnull=True, name_key__in=own).order_by("name_key")


_USABLE: Final = PreparedObjects(_usable, account_id=UUID, home_id=UUID, at=INSTANT)


def shared_rules(home_tenant_id: uuid.UUID) -> Groups:
    """The rules of a home tenant's shared groups: those that others may nest. One statement."""
    rows = TenantGroup.objects.of_tenant(home_tenant_id).filter(owner_user_id__isnull=True)
    return {group.id: stored_rule(group) for group in rows}


def stored_rule(group: TenantGroup) -> StoredRule:
    """A group's rule without the tenants that it names, which stay where they are."""
    return StoredRule(
        read_rule(group.rule),
        group.id,
        names_tenants(group.rule, "include"),
        names_tenants(group.rule, "exclude"),
    )
