"""The filter by tenant of a list over several: a menu of a few, and a field that finds the others by name."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from tidegate.directory.models import User
from tidegate.web import frame as fr
from tidegate.web.links import tenant_link
from tidegate.web.many_visit import ManyVisit

OFFERED_AT_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class TenantOption:
    """One tenant to which a list can be narrowed."""

    badge: fr.TenantBadge
    current: bool


@dataclass(frozen=True, slots=True)
class TenantMenu:
    """The menu. `names` are those chosen; `own_link` is the list of all, `find_url` finds others by name.

    `is_all` tells that no other tenants are there to be found.
    """

    names: Mapping[uuid.UUID, str]
    own_link: str
    find_url: str
    options: list[TenantOption]
    is_all: bool

    @property
    def chosen(self) -> str:
        """Those chosen, in one line; empty for all."""
        return ", ".join(self.names.values())


def tenant_menu(
    visit: ManyVisit, shown: Mapping[uuid.UUID, User], chosen: Sequence[uuid.UUID], own_link: str
) -> TenantMenu:
    """The menu of a list that shows rows of these tenants, narrowed to those chosen. Two statements."""
    # In no order: only whether there are more than fit is asked of those that may enter thousands.
    found = list(visit.scope.reach.tenant_ids().values_list("tenant_id", flat=True)[: OFFERED_AT_MOST + 1])
    is_all = len(found) <= OFFERED_AT_MOST
    named = {**({} if is_all else shown), **visit.find_users([*(found if is_all else ()), *chosen])}
    names = {one: named[one].tenant.display_name if one in named else str(one) for one in chosen}
    find_url = tenant_link("tenants_find", visit.tid, of=visit.permission, next=own_link)
    ordered = sorted(named.values(), key=lambda user: (user.tenant.display_name.casefold(), user.tenant_id))
    options = list(_options(ordered, chosen, own_link))
    return TenantMenu(names, own_link, find_url, options, is_all)


def find_options(visit: ManyVisit, text: str, own_link: str) -> tuple[list[TenantOption], bool]:
    """The first tenants of this name or Directory ID, and whether there are more. One statement."""
    found = list(visit.readable_users(text)[: OFFERED_AT_MOST + 1])
    return list(_options(found[:OFFERED_AT_MOST], (), own_link)), len(found) > OFFERED_AT_MOST


def _options(users: Iterable[User], chosen: Sequence[uuid.UUID], own_link: str) -> Iterator[TenantOption]:
    narrow = _make_narrow(own_link)
    for user in users:
        url = f"{narrow}{user.tenant_id}"
        badge = fr.tenant_badge(user.tenant_id, user.tenant.display_name, fr.Relation(user.user_type), url)
        yield TenantOption(badge, user.tenant_id in chosen)


def _make_narrow(own_link: str) -> str:
    """The same list of one tenant, from its first page on: its address but for the tenant's id."""
    parts = urlsplit(own_link)
    query = dict(parse_qsl(parts.query))
    kept = {name: value for name, value in query.items() if name not in {"cursor", "tenant"}}
    return f"{parts.path}?{urlencode({**kept, 'tenant': ''})}"
