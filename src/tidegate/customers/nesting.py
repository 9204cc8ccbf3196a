"""Groups within groups: which hold one, and their rules without it."""

import copy
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from tidegate.customers.models import TenantGroup


def groups_around(home_tenant_id: uuid.UUID, group_id: uuid.UUID) -> list[TenantGroup]:
    """Every group of a home tenant whose rule names this one, private ones of anybody too; by name.

    For actions: pages show of them what their reader sees.
    """
    # An id is in no other place of a rule by chance, so its text is all that needs to be looked for.
    groups = TenantGroup.objects.of_tenant(home_tenant_id).annotate(text=Cast("rule", TextField()))
    return list(groups.filter(text__contains=str(group_id)).order_by("name_key", "id"))


def without(rule: Mapping[str, Any], group_id: uuid.UUID) -> dict[str, Any]:
    """A rule's JSON that no longer names a group."""
    kept = copy.deepcopy(dict(rule))
    for side in ("include", "exclude"):
        part = kept.get(side)
        if isinstance(part, dict):
            part["groups"] = [one for one in part.get("groups", ()) if one != str(group_id)]
    return kept
