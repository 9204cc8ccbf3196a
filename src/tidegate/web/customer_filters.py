"""Which rows of the Customers page are shown: by text, tag and tenant group, as the viewer's home keeps them.

Tags and groups are those of the tenant in which somebody is a member, from wherever they look.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Relation, Scope
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.customers.models import TenantGroup
from tidegate.customers.queries import list_tenant_groups, tenants_in
from tidegate.customers.rules import name_key
from tidegate.customers.tags import tag_names, tags_by_tenant, tenants_tagged
from tidegate.directory.queries import list_enterable
from tidegate.gate.opening import open as open_gate
from tidegate.web.customer_ranks import Ranked, matching
from tidegate.web.tenant_groups import enterable

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Asking:
    """What the address asks for; empty leaves that side open."""

    text: str = ""
    tag: str = ""
    group: str = ""

    @property
    def is_any(self) -> bool:
        """Whether anything is asked for at all."""
        return bool(self.text or self.tag or self.group)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the viewer's home tenant keeps about the tenants that they may enter now."""

    home: Scope | None = None
    tag_names: tuple[str, ...] = ()
    groups: tuple[TenantGroup, ...] = ()

    @property
    def may_tag(self) -> bool:
        """Whether the viewer may put tags on customers."""
        return self.home is not None and self.home.allows(Permission.TENANT_GROUP_MANAGE)


def read_asking(values: Mapping[str, str]) -> Asking:
    """Read the address's parameters `q`, `tag` and `group`. Raises InvalidInput naming the parameter."""
    read = {name: values.get(name, "").strip() for name in ("q", "tag", "group")}
    for name, text in read.items():
        if len(text) > LONGEST:
            raise InvalidInput(fields={name: f"must be at most {LONGEST} characters"})
    return Asking(read["q"], read["tag"], read["group"])


def read_kept(scope: Scope) -> Kept:
    """Tags and groups of the viewer's home; nothing for who has none, or may not enter it now.

    The same number of statements, however many tenants.
    """
    home = _open_home(scope)
    if home is None:
        return Kept()
    names = tag_names(home, enterable(scope.actor))
    return Kept(home, tuple(names), tuple(list_tenant_groups(home)))


def read_tags(kept: Kept, tenant_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[str]]:
    """The tags of each of these tenants that the viewer sees tags of. At most one statement."""
    return tags_by_tenant(kept.home, enterable(kept.home.actor), tenant_ids) if kept.home else {}


def find_ranked(ranked: Iterable[Ranked], asking: Asking, kept: Kept) -> list[Ranked]:
    """The tenants that are asked for, in their order. Raises NotFound for a group that is not there."""
    found = matching(ranked, asking.text)
    if asking.tag:
        tagged = _tenants_tagged(asking.tag, kept)
        found = [one for one in found if one.tenant_id in tagged]
    if asking.group:
        inside = _tenants_of(asking.group, kept)
        found = [one for one in found if one.tenant_id in inside]
    return found


def _open_home(scope: Scope) -> Scope | None:
    if scope.entry.relation == Relation.MEMBER:
        return scope
    if scope.actor.home_tenant_id is None:
        return None
    try:
        home = open_gate(scope.actor, "")
    except NotFound:
        return None
    return home if home.entry.relation == Relation.MEMBER else None


def _tenants_tagged(tag: str, kept: Kept) -> set[uuid.UUID]:
    return tenants_tagged(kept.home, enterable(kept.home.actor), name_key(tag)) if kept.home else set()


def _tenants_of(name: str, kept: Kept) -> set[uuid.UUID]:
    """The ids of those of the viewer's tenants that a group takes, their own group of that name first."""
    named = [group for group in kept.groups if group.name_key == name_key(name)]
    if not named or kept.home is None:
        raise NotFound("There is no such tenant group.")
    group = min(named, key=lambda one: not one.is_private)
    users = list_enterable(enterable(kept.home.actor)).filter(tenants_in(group).restrict("tenant_id"))
    return set(users.values_list("tenant_id", flat=True))
