"""Looking at catalogs, packages, their policies, who holds them and who asked. Unseen is NotFound."""

import uuid
from collections.abc import Collection
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.entitlements.models import (
    AccessPackage,
    Assignment,
    AssignmentPolicy,
    AssignmentRequest,
    Catalog,
    Incompatibility,
    PolicyTarget,
    ResourceRole,
)
from tidegate.entitlements.words import RequestState


class Held(StrEnum):
    """Which assignments a list shows, by the clock."""

    IN_FORCE = "in_force"
    SCHEDULED = "scheduled"
    ENDED = "ended"


def list_catalogs(scope: Scope) -> QuerySet[Catalog]:
    """The catalogs, by name. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    return Catalog.objects.in_scope(scope).order_by("display_name", "id")


def get_catalog(scope: Scope, catalog_id: uuid.UUID) -> Catalog:
    """One catalog. Raises NotFound, Forbidden."""
    catalog = list_catalogs(scope).filter(id=catalog_id).first()
    if catalog is None:
        raise NotFound("There is no such catalog.")
    return catalog


def list_packages(scope: Scope | ManyScope) -> QuerySet[AccessPackage]:
    """The packages that were not removed, by catalog and name, each with its catalog. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = AccessPackage.objects.in_scope(scope).filter(removed_at__isnull=True).select_related("catalog")
    return rows.order_by("catalog__display_name", "display_name", "id")


def count_held(
    scope: Scope | ManyScope, packages: Collection[AccessPackage] | None = None
) -> dict[uuid.UUID, int]:
    """How many assignments each package has in force or to come, or each of these. One statement.

    Raises Forbidden.
    """
    require(scope, Permission.ENTITLEMENT_READ)
    rows = (
        Assignment.objects.in_scope(scope).filter(_of(packages)).exclude(ends_at__lte=clock.now()).order_by()
    )
    counted = rows.values("package_id").annotate(counted=Count("id"))
    return {row["package_id"]: row["counted"] for row in counted}


def count_pending(
    scope: Scope | ManyScope, packages: Collection[AccessPackage] | None = None
) -> dict[uuid.UUID, int]:
    """How many requests wait for approval, for each package or each of these. One statement.

    Raises Forbidden.
    """
    require(scope, Permission.ENTITLEMENT_READ)
    waiting = AssignmentRequest.objects.in_scope(scope).filter(state=RequestState.PENDING_APPROVAL)
    rows = waiting.filter(_of(packages)).order_by()
    counted = rows.values("package_id").annotate(counted=Count("id"))
    return {row["package_id"]: row["counted"] for row in counted}


def get_package(scope: Scope, package_id: uuid.UUID) -> AccessPackage:
    """One package that was not removed. Raises NotFound, Forbidden."""
    package = list_packages(scope).filter(id=package_id).first()
    if package is None:
        raise NotFound("There is no such access package.")
    return package


def list_resource_roles(scope: Scope, package_id: uuid.UUID) -> QuerySet[ResourceRole]:
    """What a package gives, with group and device group. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = ResourceRole.objects.in_scope(scope).filter(package_id=package_id)
    return rows.select_related("group", "device_group").order_by(
        "group__display_name", "device_group__display_name", "id"
    )


def list_incompatible(scope: Scope, package_id: uuid.UUID) -> QuerySet[AccessPackage]:
    """The packages that nobody may hold together with this one, named on either side. Raises Forbidden."""
    pairs = Incompatibility.objects.in_scope(scope)
    one_way, other_way = pairs.filter(package_id=package_id), pairs.filter(other_id=package_id)
    either = Q(id__in=one_way.values("other_id")) | Q(id__in=other_way.values("package_id"))
    return list_packages(scope).filter(either)


def list_policies(scope: Scope, package_id: uuid.UUID) -> QuerySet[AssignmentPolicy]:
    """A package's policies that were not removed, by name. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = AssignmentPolicy.objects.in_scope(scope).filter(package_id=package_id, removed_at__isnull=True)
    return rows.select_related("package").order_by("display_name", "id")


def get_policy(scope: Scope, package_id: uuid.UUID, policy_id: uuid.UUID) -> AssignmentPolicy:
    """One policy of a package. Raises NotFound, Forbidden."""
    policy = list_policies(scope, package_id).filter(id=policy_id).first()
    if policy is None:
        raise NotFound("There is no such policy.")
    return policy


def list_targets(scope: Scope, package_id: uuid.UUID) -> QuerySet[PolicyTarget]:
    """Whom a package's policies name, with organization, user and group. Raises Forbidden."""
    rows = PolicyTarget.objects.in_scope(scope).filter(
        policy_id__in=list_policies(scope, package_id).order_by().values("id")
    )
    return rows.select_related("organization", "user", "group").order_by(
        "organization__display_name", "user__display_name", "group__display_name", "id"
    )


def list_assignments(scope: Scope, package_id: uuid.UUID, held: Held) -> QuerySet[Assignment]:
    """A package's assignments in force, to come, or ended, with who holds them. Raises Forbidden."""
    return list_all_assignments(scope, held).filter(package_id=package_id)


def list_all_assignments(scope: Scope | ManyScope, held: Held, text: str = "") -> QuerySet[Assignment]:
    """The assignments of every package in force, to come, or ended, with who holds them. Raises Forbidden.

    Only those with this text in the holder's name or address, or in the package's or organization's name.
    """
    require(scope, Permission.ENTITLEMENT_READ)
    rows = Assignment.objects.in_scope(scope).filter(held_condition(held))
    if text:
        people = Q(user__display_name__icontains=text) | Q(user__mail__icontains=text)
        things = Q(package__display_name__icontains=text) | Q(organization__display_name__icontains=text)
        rows = rows.filter(people | things)
    return rows.select_related("user", "policy", "organization", "package")


def count_assignments(scope: Scope, package_id: uuid.UUID) -> dict[Held, int]:
    """How many each choice shows, in one statement. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = Assignment.objects.in_scope(scope).filter(package_id=package_id).order_by()
    found = rows.aggregate(**{held.value: Count("id", filter=held_condition(held)) for held in Held})
    return {held: found[held.value] for held in Held}


def get_assignment(scope: Scope, package_id: uuid.UUID, assignment_id: uuid.UUID) -> Assignment:
    """One assignment of a package that is not over. Raises NotFound, Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = Assignment.objects.in_scope(scope).filter(package_id=package_id, id=assignment_id)
    assignment = rows.exclude(ends_at__lte=clock.now()).select_related("user", "package").first()
    if assignment is None:
        raise NotFound("There is no such access.")
    return assignment


def list_requests(scope: Scope, package_id: uuid.UUID, state: str = "") -> QuerySet[AssignmentRequest]:
    """Who asked for a package, in one state or in all. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = AssignmentRequest.objects.in_scope(scope).filter(package_id=package_id)
    return rows.select_related("package", "policy").filter(**({"state": state} if state else {}))


def count_requests(scope: Scope, package_id: uuid.UUID) -> dict[str, int]:
    """How many requests stand in each state. One statement. Raises Forbidden."""
    rows = list_requests(scope, package_id).order_by().values("state")
    return {row["state"]: row["counted"] for row in rows.annotate(counted=Count("id"))}


def get_request(scope: Scope, package_id: uuid.UUID, request_id: uuid.UUID) -> AssignmentRequest:
    """One request for a package. Raises NotFound, Forbidden."""
    request = list_requests(scope, package_id).filter(id=request_id).first()
    if request is None:
        raise NotFound("There is no such request.")
    return request


def _of(packages: Collection[AccessPackage] | None) -> Q:
    return Q() if packages is None else Q(package_id__in=[one.id for one in packages])


def held_condition(held: Held) -> Q:
    """Which assignments are in force, to come, or over at this instant."""
    now = clock.now()
    over = Q(ends_at__isnull=False, ends_at__lte=now)
    conditions = {
        Held.IN_FORCE: ~over & Q(starts_at__lte=now),
        Held.SCHEDULED: ~over & Q(starts_at__gt=now),
        Held.ENDED: over,
    }
    return conditions[held]
