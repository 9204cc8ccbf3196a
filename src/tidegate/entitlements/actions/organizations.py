"""Administrators connect outside organizations, name who answers for them, and part with them."""

import uuid

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.core.text import clean_line
from tidegate.directory.models import User
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.actions.assignments import cancel_for_tenant, end_assignment
from tidegate.entitlements.models import ConnectedOrganization, PolicyTarget, Sponsor
from tidegate.entitlements.organizations import (
    Ending,
    Found,
    ending_with_organization,
    find_organization,
    get_organization,
    list_organizations,
    list_sponsors,
)
from tidegate.entitlements.words import OrganizationState, RequestState, SponsorKind


def connect_organization(
    scope: Scope,
    *,
    tid: str,
    display_name: str = "",
    description: str = "",
    state: str = OrganizationState.CONFIGURED,
) -> ConnectedOrganization:
    """Connect the organization with this tenant id or domain, whether or not there is one on this portal.

    Without a name it is called by the name its tenant lets be found, else by what was typed. Raises
    Forbidden, InvalidInput, Conflict when it is connected already.
    """
    found = find_organization(scope, tid)
    name = clean_line(display_name, "display_name", longest=256, required=False)
    words = clean_line(description, "description", longest=1024, required=False)
    _check_state(state)
    with transaction.atomic():
        lock_directory(scope)
        _check_not_connected(scope, found)
        organization = ConnectedOrganization.rows.create(
            tenant_id=scope.tenant_id,
            display_name=name or found.name or found.typed,
            description=words,
            source_tenant_id=found.source_tenant_id,
            source_domain="" if found.source_tenant_id else found.source_domain,
            state=state,
            created_at=clock.now(),
        )
        details = {"source": organization.source_domain or organization.source_tenant_id}
        record(scope, "connected_organization.created", _target(organization), details=details)
    return organization


def update_organization(
    scope: Scope, organization_id: uuid.UUID, *, display_name: str, description: str, state: str
) -> ConnectedOrganization:
    """Rename or describe an organization, or say whether it is configured or only proposed.

    The people of a proposed one are not among "all connected organizations". Raises Forbidden, NotFound,
    InvalidInput.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    name = clean_line(display_name, "display_name", longest=256)
    words = clean_line(description, "description", longest=1024, required=False)
    _check_state(state)
    with transaction.atomic():
        lock_directory(scope)
        organization = get_organization(scope, organization_id)
        fields = ("display_name", "description", "state")
        before = {field: getattr(organization, field) for field in fields}
        organization.display_name, organization.description, organization.state = name, words, state
        organization.save(update_fields=fields)
        after = {field: getattr(organization, field) for field in fields}
        changed = {field: [before[field], after[field]] for field in fields if before[field] != after[field]}
        if changed:
            record(
                scope,
                "connected_organization.updated",
                _target(organization),
                details={"changed": changed},
            )
    return organization


def add_sponsor(scope: Scope, organization_id: uuid.UUID, *, user_id: uuid.UUID, kind: str) -> Sponsor:
    """Let a member (internal) or a guest (external) answer for an organization.

    Raises Forbidden, NotFound, InvalidInput for the wrong kind of user, Conflict for one who does already.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        organization = get_organization(scope, organization_id)
        user = User.objects.in_scope(scope).present().filter(id=user_id).first()
        if user is None:
            raise NotFound("There is no such user.")
        _check_kind(user, kind)
        if list_sponsors(scope, organization_id).filter(user_id=user_id).exists():
            raise Conflict("This user is a sponsor of the organization already.")
        sponsor = Sponsor.rows.create(
            tenant_id=scope.tenant_id,
            organization_id=organization.id,
            user_id=user.id,
            kind=kind,
            created_at=clock.now(),
        )
        details = {"user": user.user_principal_name, "user_id": user.id, "kind": kind}
        record(scope, "connected_organization.sponsor_added", _target(organization), details=details)
    return sponsor


def remove_sponsor(scope: Scope, organization_id: uuid.UUID, sponsor_id: uuid.UUID) -> None:
    """Let a user no longer answer for an organization. Raises Forbidden, NotFound."""
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        organization = get_organization(scope, organization_id)
        sponsor = list_sponsors(scope, organization_id).filter(id=sponsor_id).first()
        if sponsor is None:
            raise NotFound("There is no such sponsor.")
        user = sponsor.user
        details = {"user": user.user_principal_name, "user_id": user.id, "kind": sponsor.kind}
        sponsor.delete()
        record(scope, "connected_organization.sponsor_removed", _target(organization), details=details)


def remove_organization(scope: Scope, organization_id: uuid.UUID, *, ends_assignments: bool = True) -> Ending:
    """Part with an organization: its open requests are canceled and no policy names it any more.

    The access that came through it ends now, or runs to its own end when `ends_assignments` is false; it
    is not extended then, for nobody of the organization may ask. Returns what ended. Raises Forbidden,
    NotFound.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        organization = get_organization(scope, organization_id)
        ending = ending_with_organization(scope, organization_id)
        organization.removed_at = clock.now()
        organization.save(update_fields=["removed_at"])
        PolicyTarget.objects.in_scope(scope).filter(organization_id=organization_id).delete()
        details = {
            "ended": len(ending.assignments) if ends_assignments else 0,
            "canceled": len(ending.requests),
            "policies": [policy.display_name for policy in ending.policies],
        }
        record(scope, "connected_organization.removed", _target(organization), details=details)
        because = f"{organization.display_name} is no longer a connected organization."
        end_all(scope, ending, because=because, ends_assignments=ends_assignments)
    return ending


def end_all(scope: Scope, ending: Ending, *, because: str, ends_assignments: bool = True) -> None:
    """Cancel open requests, and end access, inside the caller's transaction and lock.

    Asks no permission: the callers do.
    """
    for request in ending.requests:
        # What was approved for later is access already: it stays with what is held, or ends with it.
        if ends_assignments or request.state != RequestState.SCHEDULED:
            cancel_for_tenant(scope, request, because=because)
    if ends_assignments:
        for assignment in ending.assignments:
            end_assignment(scope, assignment, because=because, actor=scope.actor)


def _check_not_connected(scope: Scope, found: Found) -> None:
    rows = list_organizations(scope)
    if found.source_tenant_id:
        same = rows.filter(source_tenant_id=found.source_tenant_id)
    else:
        same = rows.filter(source_domain=found.source_domain)
    if same.exists():
        raise Conflict("This organization is connected already.")


def _check_state(state: str) -> None:
    if state not in OrganizationState.values:
        raise InvalidInput(fields={"state": "must be configured or proposed"})


def _check_kind(user: User, kind: str) -> None:
    if kind not in SponsorKind.values:
        raise InvalidInput(fields={"kind": "must be internal or external"})
    if kind == SponsorKind.INTERNAL and user.is_guest:
        raise InvalidInput(fields={"user": "must be a member of this tenant to be an internal sponsor"})
    if kind == SponsorKind.EXTERNAL and not user.is_guest:
        raise InvalidInput(fields={"user": "must be a guest to be an external sponsor"})


def _target(organization: ConnectedOrganization) -> Target:
    return Target("connected_organization", str(organization.id), organization.display_name)
