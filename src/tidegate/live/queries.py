"""Who looks at what, as far as somebody may know it; and everybody, for the process that tells pages."""

import uuid
from collections import defaultdict
from collections.abc import Mapping

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.directory.models import User
from tidegate.live.models import Onlooker

type Place = tuple[uuid.UUID, str]
"""A tenant's id and what is looked at there."""


def list_onlookers(scope: Scope, target: str) -> list[User]:
    """The others who look at one thing of the tenant now, by name: users of this very tenant.

    Whoever may see a thing may see who works on it, so nothing but the thing itself is asked for, by the
    caller. Of somebody who may no longer enter nothing is said, however fresh their row is.
    """
    now = clock.now()
    looking = Onlooker.objects.in_scope(scope).filter(target=target, until__gt=now)
    users = User.objects.in_scope(scope).filter(id__in=looking.values("user_id"))
    others = users.exclude(id=scope.entry.user_id) if scope.entry.user_id else users
    return list(others.entering(now).order_by("display_name", "id"))


def everybody_looking() -> Mapping[Place, frozenset[uuid.UUID]]:
    """Who looks at what in all tenants, by user id. A row for each open page; for the one who tells them."""
    found: defaultdict[Place, set[uuid.UUID]] = defaultdict(set)
    rows = Onlooker.objects.across_tenants().filter(until__gt=clock.now())
    for tenant_id, target, user_id in rows.values_list("tenant_id", "target", "user_id"):
        found[tenant_id, target].add(user_id)
    return {place: frozenset(users) for place, users in found.items()}
