"""All that a tenant's entitlement management has, whatever the package: for programs, which list first."""

import uuid
from collections.abc import Collection

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.directory.models import User
from tidegate.entitlements.models import (
    AccessPackage,
    Assignment,
    AssignmentPolicy,
    AssignmentRequest,
    ConnectedOrganization,
    Incompatibility,
    PolicyTarget,
    RequestStage,
    ResourceRole,
    Sponsor,
)
from tidegate.entitlements.own import own_assignments, own_requests


def all_policies(scope: Scope) -> QuerySet[AssignmentPolicy]:
    """The policies of all packages, with package and catalog, newest first. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = AssignmentPolicy.objects.in_scope(scope).filter(
        removed_at__isnull=True, package__removed_at__isnull=True
    )
    return rows.select_related("package", "package__catalog").order_by("-created_at", "-id")


def find_policy(scope: Scope, policy_id: uuid.UUID) -> AssignmentPolicy:
    """One of them. Raises NotFound, Forbidden."""
    return _first(all_policies(scope).filter(id=policy_id), "There is no such policy.")


def all_requests(scope: Scope) -> QuerySet[AssignmentRequest]:
    """The requests for all packages, with package and policy, newest first. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = AssignmentRequest.objects.in_scope(scope).select_related("package", "package__catalog", "policy")
    return rows.order_by("-created_at", "-id")


def find_request(scope: Scope, request_id: uuid.UUID) -> AssignmentRequest:
    """One of them. Raises NotFound, Forbidden."""
    return _first(all_requests(scope).filter(id=request_id), "There is no such request.")


def own_requests_of(scope: Scope) -> QuerySet[AssignmentRequest]:
    """What the actor has asked for in the scope's tenant, newest first."""
    return own_requests(scope.actor, scope.tenant_id)


def find_own_request(scope: Scope, request_id: uuid.UUID) -> AssignmentRequest:
    """One of them. Raises NotFound."""
    return _first(own_requests_of(scope).filter(id=request_id), "There is no such request.")


def all_approvals(scope: Scope) -> QuerySet[AssignmentRequest]:
    """The requests that somebody has to decide, or had to. Raises Forbidden."""
    stages = RequestStage.objects.in_scope(scope).filter(request_id=OuterRef("id"))
    return all_requests(scope).filter(Exists(stages))


def all_assignments(scope: Scope) -> QuerySet[Assignment]:
    """What is, was or will be held of all packages, newest first. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    return with_state(Assignment.objects.in_scope(scope))


def own_assignments_of(scope: Scope) -> QuerySet[Assignment]:
    """What the actor holds, held or will hold in the scope's tenant, newest first."""
    return with_state(own_assignments(scope.actor, scope.tenant_id))


def assignments_of_requests(scope: Scope, requests: Collection[AssignmentRequest]) -> QuerySet[Assignment]:
    """What requests delivered or are about. Raises Forbidden."""
    wanted = {request.assignment_id for request in requests if request.assignment_id}
    return all_assignments(scope).filter(id__in=wanted)


def find_assignment(scope: Scope, assignment_id: uuid.UUID) -> Assignment:
    """One of them. Raises NotFound, Forbidden."""
    return _first(all_assignments(scope).filter(id=assignment_id), "There is no such access.")


def with_state(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Assignments with all that is told of them; `state_now` is Graph's word by the clock of this instant."""
    now = clock.now()
    state = Case(
        When(Q(ends_at__lte=now), then=Value("expired")),
        When(Q(starts_at__gt=now), then=Value("delivering")),
        default=Value("delivered"),
        output_field=CharField(),
    )
    found = rows.annotate(state_now=state).select_related(
        "user", "policy", "package", "package__catalog", "organization"
    )
    return found.order_by("-created_at", "-id")


def targets_of(scope: Scope, policies: Collection[AssignmentPolicy]) -> QuerySet[PolicyTarget]:
    """Whom policies name, with organization, user and group. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = PolicyTarget.objects.in_scope(scope).filter(policy_id__in=[one.id for one in policies])
    return rows.select_related("organization", "user", "group").order_by("id")


def policies_of(scope: Scope, packages: Collection[AccessPackage]) -> QuerySet[AssignmentPolicy]:
    """The policies of packages, by name. Raises Forbidden."""
    rows = all_policies(scope).filter(package_id__in=[one.id for one in packages])
    return rows.order_by("display_name", "id")


def resource_roles_of(scope: Scope, packages: Collection[AccessPackage]) -> QuerySet[ResourceRole]:
    """What packages give, with group and device group. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = ResourceRole.objects.in_scope(scope).filter(package_id__in=[one.id for one in packages])
    return rows.select_related("group", "device_group").order_by("id")


def kept_apart_of(scope: Scope, packages: Collection[AccessPackage]) -> QuerySet[Incompatibility]:
    """The pairs in which packages stand on either side, with both. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    ids = [one.id for one in packages]
    pairs = Incompatibility.objects.in_scope(scope).filter(
        Q(package_id__in=ids) | Q(other_id__in=ids),
        package__removed_at__isnull=True,
        other__removed_at__isnull=True,
    )
    return pairs.select_related("package", "other").order_by("id")


def sponsors_of(scope: Scope, organizations: Collection[ConnectedOrganization]) -> QuerySet[Sponsor]:
    """Who answers for organizations, with the user. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = Sponsor.objects.in_scope(scope).filter(organization_id__in=[one.id for one in organizations])
    return rows.filter(user__removed_at__isnull=True).select_related("user").order_by("id")


def requestors_of(scope: Scope, requests: Collection[AssignmentRequest]) -> dict[uuid.UUID, User]:
    """What requestors are in this tenant, by user id; for code that may see the requests."""
    wanted = {request.user_id for request in requests if request.user_id}
    return {user.id: user for user in User.objects.in_scope(scope).filter(id__in=wanted)}


def stages_of_requests(tenant_id: uuid.UUID, request_ids: Collection[uuid.UUID]) -> QuerySet[RequestStage]:
    """The stages of requests of one tenant, each request's in order; for code that may see the requests."""
    rows = RequestStage.objects.of_tenant(tenant_id).filter(request_id__in=request_ids)
    return rows.order_by("request_id", "position")


def deciders_of_stages(scope: Scope, stages: Collection[RequestStage]) -> dict[uuid.UUID | None, uuid.UUID]:
    """What who decided is in this tenant, by account; a colleague of the requestor need be nothing here."""
    accounts = {stage.decided_by_account_id for stage in stages if stage.decided_by_account_id}
    users = User.objects.in_scope(scope).filter(account_id__in=accounts)
    return dict(users.values_list("account_id", "id"))


def _first[M: (AssignmentPolicy, AssignmentRequest, Assignment)](rows: QuerySet[M], message: str) -> M:
    row = rows.first()
    if row is None:
        raise NotFound(message)
    return row
