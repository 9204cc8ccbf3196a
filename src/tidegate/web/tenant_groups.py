"""Tenant groups for their pages: what a rule may choose from, what it says in words, which rows there are."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, ManyScope, Scope
from tidegate.customers.actions.tenant_groups import may_change
from tidegate.customers.levels import list_service_levels
from tidegate.customers.models import TenantGroup
from tidegate.customers.queries import count_tenants, list_tenant_groups
from tidegate.customers.rules import GroupRule, Selection, name_key
from tidegate.customers.tags import tags_by_tenant
from tidegate.directory.models import Tenant
from tidegate.directory.queries import list_enterable
from tidegate.gate.opening import open_many
from tidegate.web import frame as fr
from tidegate.web.countries import country_name
from tidegate.web.forms.tenant_groups import Offered
from tidegate.web.links import tenant_link

SHOWN_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of the list. `count` is how many of the reader's tenants it takes.

    A shared group whose name the reader's own group also has is not what `?tid=group:<name>` opens.
    """

    group: TenantGroup
    count: int
    open_url: str
    queue_url: str
    is_shadowed: bool
    may_change: bool


def enterable(actor: Actor) -> ManyScope:
    """Every tenant that somebody may enter now."""
    return open_many(actor, Permission.TENANT_READ)


def group_tid(group: TenantGroup) -> str:
    """What an address says that opens the group."""
    return f"group:{group.name}"


def list_rows(scope: Scope) -> list[GroupRow]:
    """The groups that the reader sees. Three statements, however many. Raises NotFound for no member."""
    groups = list(list_tenant_groups(scope))
    counts = count_tenants(scope, groups, enterable(scope.actor))
    own = {group.name_key for group in groups if group.is_private}
    return [
        GroupRow(
            group,
            counts[group.id],
            tenant_link("overview", group_tid(group)),
            tenant_link("incidents", group_tid(group)),
            not group.is_private and group.name_key in own,
            may_change(scope, group),
        )
        for group in groups
    ]


def read_offered(scope: Scope, rule: GroupRule | None = None, group_id: uuid.UUID | None = None) -> Offered:
    """What a rule may choose from: what the reader's own tenants have, and what the rule says already.

    Four statements.
    """
    reach = enterable(scope.actor)
    tenants = sorted((user.tenant for user in list_enterable(reach)), key=_by_name)
    said = (rule.include, rule.exclude) if rule else ()
    tags = [tag for tags in tags_by_tenant(scope, reach).values() for tag in tags]
    tags += [tag for selection in said for tag in sorted(selection.tags)]
    countries = {tenant.country for tenant in tenants if tenant.country}
    countries |= {code for selection in said for code in selection.countries}
    shared = [one for one in list_tenant_groups(scope) if not one.is_private and one.id != group_id]
    return Offered(
        tenants=[(str(tenant.id), tenant.display_name) for tenant in tenants],
        tags=[(tag, tag) for tag in _once(tags)],
        countries=sorted(((code, country_name(code)) for code in countries), key=lambda one: str(one[1])),
        levels=[(str(level.id), level.name) for level in list_service_levels(scope)],
        groups=[(str(one.id), one.name) for one in shared],
    )


def describe_rule(rule: GroupRule, offered: Offered) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """A rule in words: what it takes and what it leaves out, each by kind.

    Tenants, levels and groups that are not offered are not named.
    """
    sides = [] if rule.takes_all else [(_("Takes"), _describe(rule.include, offered))]
    if rule.takes_all:
        sides.append((_("Takes"), [(_("All customers"), [])]))
    left_out = _describe(rule.exclude, offered)
    return [*sides, (_("Leaves out"), left_out)] if left_out else sides


def badges(tenants: Iterable[Tenant]) -> list[fr.TenantBadge]:
    """Tenants as rows show them."""
    return [
        fr.tenant_badge(one.id, one.display_name, None, tenant_link("overview", str(one.id)))
        for one in tenants
    ]


def _describe(selection: Selection, offered: Offered) -> list[tuple[str, list[str]]]:
    parts = (
        (_("Customers"), selection.tenant_ids, offered.tenants),
        (_("Tags"), selection.tags, [(tag, tag) for tag in selection.tags]),
        (_("Countries"), selection.countries, offered.countries),
        (_("Service levels"), selection.level_ids, offered.levels),
        (_("Tenant groups"), selection.group_ids, offered.groups),
    )
    described = []
    for label, chosen, choices in parts:
        words: Mapping[str, Promise | str] = dict(choices)
        told = sorted(str(words[str(one)]) for one in chosen if str(one) in words)
        if told:
            described.append((label, told))
    return described


def _once(tags: Iterable[str]) -> list[str]:
    """Each tag in its first spelling, by its letters."""
    spelled: dict[str, str] = {}
    for tag in tags:
        spelled.setdefault(name_key(tag), tag)
    return [spelled[key] for key in sorted(spelled)]


def _by_name(tenant: Tenant) -> tuple[str, str]:
    return tenant.display_name.casefold(), str(tenant.id)
