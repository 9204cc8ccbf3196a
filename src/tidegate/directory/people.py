"""A tenant's users and guests as a list: searched, filtered, with how much each of them holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.core.paging import Page, SortKey, take_page
from tidegate.core.scoped import ScopedQuerySet
from tidegate.directory.models import GroupMembership, RoleAssignment, User
from tidegate.directory.models.dated import in_force
from tidegate.directory.queries import list_users

ENDS_SOON: Final = timedelta(days=7)
OFFERED: Final = 100
_ORDER: Final = (SortKey("display_name", descending=False), SortKey("id", descending=False))


class Shown(StrEnum):
    """Which users a list shows."""

    ALL = "all"
    MEMBERS = "members"
    GUESTS = "guests"
    PENDING = "pending"
    ENDED = "ended"


class Standing(StrEnum):
    """What stands between a user and the tenant now, the hardest first."""

    BLOCKED = "blocked"
    ENDED = "ended"
    PENDING = "pending"
    NOT_STARTED = "not_started"
    ENDS = "ends"
    IN_FORCE = "in_force"


@dataclass(frozen=True, slots=True)
class UserFilter:
    """What is asked of the list: a choice, and text in name, mail or user principal name."""

    shown: Shown = Shown.ALL
    text: str = ""


def find_users(scope: Scope | ManyScope, chosen: UserFilter) -> QuerySet[User]:
    """The users that a filter leaves, each with `groups_held` and `roles_held` in force. Raises Forbidden."""
    now = clock.now()
    rows = _search(list_users(scope), chosen.text).filter(_conditions(now)[chosen.shown])
    return _count_held(rows, now)


def page_users(scope: Scope, chosen: UserFilter, cursor: str) -> Page[User]:
    """One page of them, by name. Raises Forbidden, InvalidInput."""
    return take_page(find_users(scope, chosen), _ORDER, cursor=cursor)


def count_users(scope: Scope, text: str) -> dict[Shown, int]:
    """How many users each choice shows, in one statement. Raises Forbidden."""
    conditions = _conditions(clock.now())
    counts = {shown.value: Count("id", filter=condition) for shown, condition in conditions.items()}
    found = _search(list_users(scope), text).order_by().aggregate(**counts)
    return {shown: found[shown.value] for shown in conditions}


def find_user(scope: Scope, text: str, field: str = "user") -> User:
    """The one user with this user principal name or address.

    Raises InvalidInput naming the field, Forbidden.
    """
    named = Q(user_principal_name__iexact=text) | Q(mail__iexact=text)
    found = list(list_users(scope).filter(named)[:2])
    if len(found) != 1:
        raise InvalidInput(fields={field: "must be the user principal name or address of one user"})
    return found[0]


def standing_of(user: User, at: datetime) -> Standing:
    """What a user's row says at this instant."""
    conditions = (
        (Standing.BLOCKED, user.blocked_at is not None),
        (Standing.ENDED, user.ends_at is not None and user.ends_at <= at),
        (Standing.PENDING, user.external_user_state == User.ExternalUserState.PENDING_ACCEPTANCE),
        (Standing.NOT_STARTED, user.starts_at > at),
        (Standing.ENDS, user.ends_at is not None and user.ends_at <= at + ENDS_SOON),
    )
    return next((standing for standing, holds in conditions if holds), Standing.IN_FORCE)


def _conditions(at: datetime) -> dict[Shown, Q]:
    return {
        Shown.ALL: Q(tenant_id__isnull=False),
        Shown.MEMBERS: Q(user_type=User.UserType.MEMBER),
        Shown.GUESTS: Q(user_type=User.UserType.GUEST),
        Shown.PENDING: Q(external_user_state=User.ExternalUserState.PENDING_ACCEPTANCE),
        Shown.ENDED: Q(ends_at__lte=at),
    }


def _search(users: QuerySet[User], text: str) -> QuerySet[User]:
    if not text:
        return users
    found = Q(display_name__icontains=text) | Q(mail__icontains=text) | Q(user_principal_name__icontains=text)
    return users.filter(found)


def _count_held(users: QuerySet[User], at: datetime) -> QuerySet[User]:
    """Within the tenant of each user, which the query outside keeps to its scope."""
    held = GroupMembership.objects.across_tenants().filter(in_force(at))
    memberships = held.filter(tenant_id=OuterRef("tenant_id"), user_id=OuterRef("id"))
    in_groups = held.filter(tenant_id=OuterRef(OuterRef("tenant_id")), user_id=OuterRef(OuterRef("id")))
    roles = RoleAssignment.objects.across_tenants().filter(
        in_force(at),
        Q(user_id=OuterRef("id")) | Q(group_id__in=in_groups.values("group_id")),
        tenant_id=OuterRef("tenant_id"),
    )
    return users.annotate(groups_held=_count(memberships, "group_id"), roles_held=_count(roles, "role_id"))


def _count(rows: "ScopedQuerySet[GroupMembership] | ScopedQuerySet[RoleAssignment]", column: str) -> Coalesce:
    counted = rows.order_by().values("tenant_id").annotate(held=Count(column, distinct=True)).values("held")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
