"""Everybody from outside, by organization; the stops that keep some of them out; why somebody is kept out."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.directory.homes import NO_HOME, Home, find_homes
from tidegate.directory.models import EmergencyStop, ServicePrincipal, User
from tidegate.directory.models.application import ServicePrincipalQuerySet
from tidegate.directory.models.user import has_left_home, is_stopped
from tidegate.directory.roles_held import role_names_of


class KeptOut(StrEnum):
    """What keeps a guest out beside their own dates."""

    STOPPED = "stopped"
    LEFT_HOME = "left_home"


@dataclass(frozen=True, slots=True)
class Outsider:
    """A guest who may enter now or later, unless `kept_out` says why not."""

    user: User
    home: Home
    role_names: tuple[str, ...]
    kept_out: KeptOut | None


def list_stops(scope: Scope) -> QuerySet[EmergencyStop]:
    """The tenant's stops, those that stand first, then the last begun first. Raises Forbidden."""
    require(scope, Permission.OUTSIDE_ACCESS_STOP)
    return EmergencyStop.objects.in_scope(scope).order_by(F("lifted_at").desc(nulls_first=True), "-id")


def list_standing_stops(scope: Scope) -> QuerySet[EmergencyStop]:
    """The stops that stand now. Raises Forbidden."""
    return list_stops(scope).filter(lifted_at__isnull=True)


def get_stop(scope: Scope, stop_id: uuid.UUID) -> EmergencyStop:
    """One stop of the tenant, standing or lifted. Raises NotFound, Forbidden."""
    stop = list_stops(scope).filter(id=stop_id).first()
    if stop is None:
        raise NotFound("There is no such stop.")
    return stop


def list_outsiders(scope: Scope, at_most: int) -> list[Outsider]:
    """Guests whose access has not ended, by organization and name: who may enter now or later.

    Five statements, however many. Raises Forbidden.
    """
    now = clock.now()
    rows = with_kept_out(_outside(scope, now), now).order_by("display_name", "id")
    users = list(rows[:at_most])
    homes, roles = find_homes(users), role_names_of(users, now)
    outsiders = [
        Outsider(
            user,
            homes.get(user.account_id, NO_HOME) if user.account_id else NO_HOME,
            tuple(roles.get((user.tenant_id, user.id), ())),
            read_kept_out(user),
        )
        for user in users
    ]
    return sorted(outsiders, key=lambda one: (one.home.tenant_id is None, one.home.name.casefold()))


def count_outside(scope: Scope, home_tenant_id: uuid.UUID | None = None) -> int:
    """How many guests may enter now or later, of one organization or of all. Raises Forbidden."""
    users = _outside(scope, clock.now())
    if home_tenant_id is not None:
        members = User.objects.of_tenant(home_tenant_id).present().filter(user_type=User.UserType.MEMBER)
        users = users.filter(account_id__in=members.values("account_id"))
    return users.count()


def list_outside_applications(scope: Scope, at_most: int) -> list[ServicePrincipal]:
    """Applications of other tenants that were let in, each with whether a stop keeps it out; by name.

    Raises Forbidden.
    """
    rows = _outside_applications(scope).with_stopped().select_related("home_tenant", "application")
    return list(rows.order_by("display_name", "id")[:at_most])


def count_outside_applications(scope: Scope, home_tenant_id: uuid.UUID | None = None) -> int:
    """How many applications of other tenants are let in, of one tenant or of all. Raises Forbidden."""
    rows = _outside_applications(scope)
    return (rows if home_tenant_id is None else rows.filter(home_tenant_id=home_tenant_id)).count()


def why_kept_out(scope: Scope, user: User) -> KeptOut | None:
    """What keeps one user of the tenant out beside their own row; None for members and for nothing."""
    now = clock.now()
    rows = with_kept_out(User.objects.in_scope(scope).filter(id=user.id), now)
    found = rows.first() if user.is_guest else None
    return read_kept_out(found) if found else None


def with_kept_out(users: QuerySet[User], at: datetime) -> QuerySet[User]:
    """The same users, with what `read_kept_out` reads."""
    left = ExpressionWrapper(Q(has_left_home(at)), output_field=BooleanField())
    return users.annotate(is_stopped=is_stopped(), has_left_home=left)


def read_kept_out(user: User) -> KeptOut | None:
    """What keeps a user of `with_kept_out` out; None for members and for nothing."""
    if not user.is_guest:
        return None
    if user.is_stopped:  # type: ignore[attr-defined]
        return KeptOut.STOPPED
    return KeptOut.LEFT_HOME if user.has_left_home else None  # type: ignore[attr-defined]


def _outside(scope: Scope, at: datetime) -> QuerySet[User]:
    require(scope, Permission.OUTSIDE_ACCESS_STOP)
    guests = User.objects.in_scope(scope).filter(user_type=User.UserType.GUEST, removed_at__isnull=True)
    return guests.exclude(ends_at__lte=at)


def _outside_applications(scope: Scope) -> ServicePrincipalQuerySet:
    require(scope, Permission.OUTSIDE_ACCESS_STOP)
    return ServicePrincipal.objects.in_scope(scope).from_outside()
