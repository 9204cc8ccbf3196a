"""What the pages about elevation say: where an activation stands, and who is asked."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.directory.models import Group, User
from tidegate.entitlements.elevating import Standing, standing_of
from tidegate.entitlements.models import Activation, Eligibility
from tidegate.web.spans import say_span

WORDS: Final[Mapping[Standing, Promise]] = MappingProxyType(
    {
        Standing.PENDING: _("Waiting for approval"),
        Standing.ACTIVE: _("Active"),
        Standing.ENDED: pgettext_lazy("activation", "Over"),
        Standing.DENIED: _("Denied"),
        Standing.EXPIRED: _("Nobody decided in time"),
        Standing.CANCELED: _("Taken back"),
        Standing.DEACTIVATED: _("Ended early"),
    }
)
LEVELS: Final[Mapping[Standing, str]] = MappingProxyType(
    {Standing.PENDING: "warning", Standing.ACTIVE: "ok", Standing.DENIED: "bad"}
)


@dataclass(frozen=True, slots=True)
class ActivationRow:
    """One activation, ready to be read. `left` is how many seconds of it are left."""

    activation: Activation
    word: Promise
    level: str
    asked: str
    left: float | None


def make_row(activation: Activation) -> ActivationRow:
    """An activation in words, as it stands now."""
    now = clock.now()
    standing = standing_of(activation, now)
    ends_at = activation.ends_at if standing == Standing.ACTIVE else None
    left = (ends_at - now).total_seconds() if ends_at else None
    asked = say_span(activation.asked_duration)
    return ActivationRow(activation, WORDS[standing], LEVELS.get(standing, "dim"), asked, left)


def name_approvers(scope: Scope, eligibilities: Iterable[Eligibility]) -> dict[uuid.UUID, str]:
    """Who is asked before each of these is activated, by name; two statements, however many."""
    rows = list(eligibilities)
    ids = {one.id for row in rows for one in row.approvers if one.id}
    users = User.objects.in_scope(scope).filter(id__in=ids).values_list("id", "display_name")
    groups = Group.objects.in_scope(scope).filter(id__in=ids).values_list("id", "display_name")
    names = dict(users) | dict(groups)
    return {row.id: ", ".join(names[one.id] for one in row.approvers if one.id in names) for row in rows}
