"""Who of us may enter whom: a tenant's own people, and the tenants in which they are guests.

Only user objects of accounts whose home is the tenant are ever looked at; of the tenants they are in,
nothing but the name and what these people hold there.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.directory.expiring import our_people
from tidegate.directory.models import Tenant, User
from tidegate.directory.people import Standing, standing_of
from tidegate.directory.roles_held import role_names_of
from tidegate.directory.stops import read_kept_out, with_kept_out

PEOPLE_A_PAGE: Final = 50
TENANTS_A_PAGE: Final = 20
_EXPORTED_AT_ONCE: Final = 500


class Access(StrEnum):
    """Whether somebody may enter now, or why not."""

    IN_FORCE = "in_force"
    ENDS = "ends"
    PENDING = "pending"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    # Blocked, stopped, or no longer at home here: the tenant's own reasons stay its own.
    KEPT_OUT = "kept_out"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one of our people is in one tenant."""

    user: User
    access: Access
    role_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoverageFilter:
    """Text in a person's name or address, and in a tenant's name."""

    person: str = ""
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """One page: the members down, the tenants across; `cells` by (account id, tenant id)."""

    people: list[User]
    tenants: list[Tenant]
    cells: dict[tuple[uuid.UUID, uuid.UUID], Coverage]
    more_people: bool
    more_tenants: bool


def read_matrix(scope: Scope, chosen: CoverageFilter, people_page: int, tenants_page: int) -> Matrix:
    """One page of the matrix; pages count from 0. Six statements. Raises Forbidden."""
    guests = _guests(scope, chosen)
    people, more_people = _cut(_members(scope, guests), people_page, PEOPLE_A_PAGE)
    tenants, more_tenants = _cut(_tenants(guests), tenants_page, TENANTS_A_PAGE)
    shown = guests.filter(
        account_id__in=[person.account_id for person in people], tenant_id__in=[one.id for one in tenants]
    )
    cells = {(one.user.account_id, one.user.tenant_id): one for one in _describe(list(shown), clock.now())}
    return Matrix(people, tenants, cells, more_people, more_tenants)  # type: ignore[arg-type]


def list_coverage(scope: Scope, chosen: CoverageFilter) -> Iterator[Coverage]:
    """Everything that the filter leaves, person by person. Raises Forbidden before the first.

    Read a few hundred at a time, so that memory stays the same however many there are.
    """
    return _read_all(_guests(scope, chosen).order_by("mail", "tenant_id"))


def _read_all(guests: QuerySet[User]) -> Iterator[Coverage]:
    start = 0
    while users := list(guests[start : start + _EXPORTED_AT_ONCE]):
        yield from _describe(users, clock.now())
        start += len(users)


def _guests(scope: Scope, chosen: CoverageFilter) -> QuerySet[User]:
    whose = our_people(scope)
    guests = User.objects.across_tenants().present().filter(whose.restrict(), user_type=User.UserType.GUEST)
    if chosen.person:
        named = Q(display_name__icontains=chosen.person) | Q(mail__icontains=chosen.person)
        members = User.objects.in_scope(scope).present().filter(named, user_type=User.UserType.MEMBER)
        guests = guests.filter(account_id__in=members.values("account_id"))
    if chosen.tenant:
        guests = guests.filter(tenant__display_name__icontains=chosen.tenant)
    return with_kept_out(guests, clock.now()).select_related("tenant")


def _members(scope: Scope, guests: QuerySet[User]) -> QuerySet[User]:
    members = User.objects.in_scope(scope).present().filter(user_type=User.UserType.MEMBER)
    seen = members.filter(account_id__in=guests.order_by().values("account_id"))
    return seen.order_by("display_name", "id")


def _tenants(guests: QuerySet[User]) -> QuerySet[Tenant]:
    there = guests.order_by().filter(tenant_id=OuterRef("id"))
    return Tenant.objects.filter(Exists(there)).order_by("display_name", "id")


def _cut[T: (User, Tenant)](rows: QuerySet[T], page: int, size: int) -> tuple[list[T], bool]:
    found = list(rows[page * size : page * size + size + 1])
    return found[:size], len(found) > size


def _describe(users: list[User], at: datetime) -> Iterator[Coverage]:
    roles = role_names_of(users, at)
    for user in users:
        yield Coverage(user, _access(user, at), tuple(roles.get((user.tenant_id, user.id), ())))


def _access(user: User, at: datetime) -> Access:
    standing = standing_of(user, at)
    if standing == Standing.BLOCKED or (read_kept_out(user) and standing != Standing.ENDED):
        return Access.KEPT_OUT
    return Access(standing)
