"""Which role assignments give a permission, and to which users: the same condition in two shapes.

`given` looks it up for each user, a few microseconds whoever else there is. `given_among_all` reads once what
everybody is given: for a sum over ten thousand tenants that takes a third of the time, where that is not much
more than what is given to the one who asks. `has_much` tells where, by the sizes that the server knows of.
SQLite looks everything up, of the account's users or of what is asked about: whichever `are_fewer`.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import cache, partial
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Exists, FloatField, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import GreaterThanOrEqual, IsNull

from tidegate.accounts.models import Account
from tidegate.authorization.permissions import RolePermission
from tidegate.authorization.roles import BUILT_IN_ROLES
from tidegate.core.conditions import Condition
from tidegate.core.prepared import INSTANT, UUID, Prepared
from tidegate.directory.models import GroupMembership, Role, RoleAssignment, User
from tidegate.directory.models.dated import in_force

type Lines = frozenset[RolePermission]

# How many rows of everybody's are worth reading for each tenant looked up: at eight, both take as long.
_WORTH_READING: Final = 6
# A hash of more may not fit the server's `work_mem` of 4 MB, and it would read all of them for each user.
_AT_MOST: Final = 40_000
# What it costs more to find a tenant's user than to come upon it; and how many are worth being counted.
_DEARER: Final = 1.4
_MANY: Final = 500
_BYTES_OF_ROW: Final = 110
_ENOUGH: Final = f"""
    SELECT sum(reltuples) / {_WORTH_READING} FROM pg_class WHERE oid IN (
        '{GroupMembership._meta.db_table}'::regclass, '{RoleAssignment._meta.db_table}'::regclass
    ) HAVING min(reltuples) > 0 AND max(reltuples) <= {_AT_MOST}
"""  # noqa: S608  the names are ours


def has_much(account_id: uuid.UUID, asked: type[Model]) -> bool:
    """Whether an account's users are many beside all that everybody is given, and rows of what is asked too.

    One statement, or none: SQLite finds everything by an index, however much there is.
    """
    if connection.vendor != "postgresql":
        return False
    return bool(_much_of(asked).first(account_id=account_id))


def are_fewer(rows: QuerySet[Any, Any], account_id: uuid.UUID) -> bool:
    """Whether these are so few beside an account's users that each is better asked about by itself.

    For SQLite, in at most two statements: PostgreSQL's planner weighs it itself.
    """
    if connection.vendor != "sqlite":
        return False
    users = _USERS_OF.first(account_id=account_id) or [0]
    most = int(users[0] / _DEARER)
    return most > _MANY and rows[: most + 1].count() <= most


@cache
def given(lines: Lines) -> Condition:
    """The condition on a user that a role with one of these lines is given to them at an instant."""
    return Condition("given", partial(_users_given, lines), at=INSTANT)


@cache
def given_among_all(lines: Lines) -> Condition:
    """The same, with subqueries that do not look at the row."""
    return Condition("given_all", partial(_users_among_given, lines), at=INSTANT)


def _users_given(lines: Lines, at: datetime) -> QuerySet[User]:
    own = _custom_roles(lines).filter(tenant_id=OuterRef("tenant_id"), id=OuterRef("role_id"))
    granting = _granting(lines, Q(Exists(own)), at)
    directly = granting.filter(tenant_id=OuterRef("tenant_id"), user_id=OuterRef("id"))
    of_group = granting.filter(tenant_id=OuterRef("tenant_id"), group_id=OuterRef("group_id"))
    through_groups = GroupMembership.objects.across_tenants().filter(
        in_force(at), Exists(of_group), tenant_id=OuterRef("tenant_id"), user_id=OuterRef("id")
    )
    # One value looked up for each user: PostgreSQL would answer EXISTS for everybody's users at once.
    found = Coalesce(
        Subquery(directly.values("tenant_id")[:1]), Subquery(through_groups.values("tenant_id")[:1])
    )
    return User.objects.across_tenants().filter(IsNull(found, False))  # noqa: FBT003  it takes it so


def _users_among_given(lines: Lines, at: datetime) -> QuerySet[User]:
    # Looked up for each assignment, roles would seem so dear to the planner that it read nothing at once.
    granting = _granting(lines, Q(role__in=_custom_roles(lines).values("tenant_id", "id")), at)
    directly = granting.filter(user_id__isnull=False).values("tenant_id", "user_id")
    of_groups = granting.filter(group_id__isnull=False).values("tenant_id", "group_id")
    members = GroupMembership.objects.across_tenants().filter(in_force(at), group__in=of_groups)
    through_groups = members.values("tenant_id", "user_id")
    return User.objects.across_tenants().filter(Q(pk__in=directly) | Q(pk__in=through_groups))


def _granting(lines: Iterable[RolePermission], is_custom: Q, at: datetime) -> QuerySet[RoleAssignment]:
    """The assignments in force of roles that hold one of these lines."""
    names = [role for role, held in BUILT_IN_ROLES.items() if held.intersection(lines)]
    # A role of the tenant's own is looked up only where the assignment is of one.
    holds = Q(built_in_role__in=names) | Q(Q(built_in_role=""), is_custom)
    return RoleAssignment.objects.across_tenants().filter(in_force(at), holds)


def _custom_roles(lines: Iterable[RolePermission]) -> QuerySet[Role]:
    """The tenants' own roles that hold one of these lines."""
    custom = Q()
    for line in sorted(lines):
        custom |= Q(role_permissions__contains=f" {line} ")
    return Role.objects.across_tenants().filter(custom, is_built_in=False)


@cache
def _much_of(asked: type[Model]) -> Prepared:
    return Prepared(partial(_accounts_with_much, asked._meta.db_table), account_id=UUID)


def _accounts_with_much(table: str, account_id: uuid.UUID) -> QuerySet[Account, Any]:
    """The account, if as many of its tenants would be looked up as make reading everything worth it."""
    # No users are no number at all, which LEAST would leave out.
    number = Coalesce(Subquery(_count_users(OuterRef("id"))), 0, output_field=FloatField())
    # By its pages, as the planner does: it may have grown since the server counted its rows.
    rows = f"SELECT pg_relation_size('{table}'::regclass) / {_BYTES_OF_ROW}.0"
    looked_up = Least(number, _read_size(rows))
    worth_it = GreaterThanOrEqual(looked_up, _read_size(_ENOUGH))
    return Account.objects.filter(worth_it, id=account_id).values_list("id")


def _count_users(account_id: uuid.UUID | OuterRef) -> QuerySet[User, Any]:
    own = User.objects.across_tenants().filter(account_id=account_id).order_by().values("account_id")
    return own.annotate(number=Count("*")).values_list("number")


_USERS_OF: Final = Prepared(_count_users, account_id=UUID)


def _read_size(sql: str) -> RawSQL:
    return RawSQL(sql, (), FloatField())  # noqa: S611  nothing in it is anybody's
