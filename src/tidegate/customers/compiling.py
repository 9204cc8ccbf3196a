"""A group's rule as one subquery of tenant ids, put together of subqueries: nothing is fetched first."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Q, QuerySet

from tidegate.customers.models import ServiceLevelAssignment, TenantGroupMember, TenantTag
from tidegate.customers.rules import DEPTH, GroupRule, Selection, name_key
from tidegate.directory.models import Tenant

type Groups = Mapping[uuid.UUID, "StoredRule"]
_NONE: Final = Q(id__isnull=True)


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule, and the group whose rows name its tenants.

    Without a group (a rule that is only being tried) the tenants are those of the rule itself.
    """

    rule: GroupRule
    group_id: uuid.UUID | None = None
    names_included: bool = False
    names_excluded: bool = False


@dataclass(frozen=True, slots=True)
class TenantsInGroup:
    """The tenants that a rule takes at the moment of asking (a `core.scoped.Reach`).

    It grants nothing: whoever uses it also restricts to what the person may enter.
    """

    home_tenant_id: uuid.UUID
    stored: StoredRule
    groups: Groups = field(hash=False, compare=False)

    def restrict(self, tenant_column: str) -> Q:
        """Only rows of those tenants."""
        return Q(**{f"{tenant_column}__in": self.tenants().values("id")})

    def tenants(self) -> QuerySet[Tenant]:
        """Those tenants themselves, whoever asks."""
        return Tenant.objects.filter(self.condition())

    def condition(self) -> Q:
        """The condition on a tenant that the group takes it."""
        return _takes(self.home_tenant_id, self.stored, self.groups, DEPTH)


def _takes(home_id: uuid.UUID, stored: StoredRule, groups: Groups, depth: int) -> Q:
    # Rules are checked as they are written; what got past that all the same must not go on for ever.
    if depth == 0:
        return _NONE
    rule = stored.rule
    include = _selects(home_id, stored, TenantGroupMember.Kind.INCLUDE, groups, depth)
    taken = Q(id__isnull=False) if rule.takes_all else include
    return taken & ~_selects(home_id, stored, TenantGroupMember.Kind.EXCLUDE, groups, depth)


def _selects(
    home_id: uuid.UUID, stored: StoredRule, kind: TenantGroupMember.Kind, groups: Groups, depth: int
) -> Q:
    selection = stored.rule.include if kind == TenantGroupMember.Kind.INCLUDE else stored.rule.exclude
    parts = [*_named(home_id, stored, kind, selection), *_described(home_id, selection)]
    parts += [
        _takes(home_id, groups[group_id], groups, depth - 1)
        for group_id in sorted(selection.group_ids)
        if group_id in groups
    ]
    return reduce(or_, parts) if parts else _NONE


def _named(
    home_id: uuid.UUID, stored: StoredRule, kind: TenantGroupMember.Kind, selection: Selection
) -> list[Q]:
    if stored.group_id is None:
        return [Q(id__in=sorted(selection.tenant_ids))] if selection.tenant_ids else []
    is_named = stored.names_included if kind == TenantGroupMember.Kind.INCLUDE else stored.names_excluded
    rows = TenantGroupMember.objects.of_tenant(home_id).filter(group_id=stored.group_id, kind=kind)
    return [Q(id__in=rows.values("about_tenant_id"))] if is_named else []


def _described(home_id: uuid.UUID, selection: Selection) -> list[Q]:
    parts = []
    if selection.tags:
        keys = sorted({name_key(tag) for tag in selection.tags})
        tagged = TenantTag.objects.of_tenant(home_id).filter(tag_key__in=keys)
        parts.append(Q(id__in=tagged.values("about_tenant_id")))
    if selection.countries:
        parts.append(Q(country__in=sorted(selection.countries)))
    if selection.level_ids:
        given = ServiceLevelAssignment.objects.of_tenant(home_id).filter(
            level_id__in=sorted(selection.level_ids)
        )
        parts.append(Q(id__in=given.values("about_tenant_id")))
    return parts
