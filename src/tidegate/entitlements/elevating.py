"""Roles that may be taken up for hours: whose they are, who must agree, what is active now.

A row that says "active" is over once its end has passed; the clock decides, as at the gate.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.directory.models import GroupMembership, RoleAssignment, User
from tidegate.directory.models.dated import in_force
from tidegate.entitlements.models import Activation, Eligibility
from tidegate.entitlements.rules import Approver
from tidegate.entitlements.transitions import EXPIRED
from tidegate.entitlements.words import ActivationState, ApproverKind

DECIDED_WITHIN: Final = timedelta(hours=24)
SHOWN_AT_MOST: Final = 200


class Standing(StrEnum):
    """Where an activation stands, by the clock."""

    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELED = "canceled"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True)
class OwnRole:
    """A role that a person may activate, and the activation of it that is pending or active now."""

    eligibility: Eligibility
    activation: Activation | None

    @property
    def is_active(self) -> bool:
        """Whether it is held now, rather than asked for."""
        return self.activation is not None and self.activation.state == ActivationState.ACTIVE


def standing_of(activation: Activation, at: datetime) -> Standing:
    """Where an activation stands at this instant."""
    if activation.state == ActivationState.ACTIVE:
        return Standing.ACTIVE if activation.ends_at and activation.ends_at > at else Standing.ENDED
    if activation.state == ActivationState.PENDING_APPROVAL:
        return Standing.PENDING if at < activation.created_at + DECIDED_WITHIN else Standing.EXPIRED
    if activation.state == ActivationState.DENIED and activation.decided_by_account_id is None:
        return Standing.EXPIRED if activation.decision_justification == EXPIRED else Standing.DENIED
    return Standing(activation.state)


def open_at(at: datetime) -> Q:
    """The condition on an activation that it is active, or may still be decided, at this instant."""
    active = Q(state=ActivationState.ACTIVE, ends_at__gt=at)
    return active | Q(state=ActivationState.PENDING_APPROVAL, created_at__gt=at - DECIDED_WITHIN)


def eligible_in(tenant_id: uuid.UUID, user_id: uuid.UUID, at: datetime) -> QuerySet[Eligibility]:
    """What a user of a tenant may activate at this instant, directly or through a group."""
    held = GroupMembership.objects.of_tenant(tenant_id).filter(in_force(at), user_id=user_id)
    rows = Eligibility.objects.of_tenant(tenant_id).filter(in_force(at))
    own = rows.filter(Q(user_id=user_id) | Q(group_id__in=held.values("group_id")))
    return own.select_related("role", "group").order_by("role__display_name", "id")


def list_own_roles(scope: Scope) -> list[OwnRole]:
    """What the actor may activate here, and what of it stands open. Two statements."""
    now = clock.now()
    if scope.entry.user_id is None:
        return []
    eligibilities = list(eligible_in(scope.tenant_id, scope.entry.user_id, now))
    rows = own_activations(scope).filter(open_at(now))
    standing = {row.eligibility_id: row for row in rows}
    return [OwnRole(one, standing.get(one.id)) for one in eligibilities]


def own_activations(scope: Scope) -> QuerySet[Activation]:
    """Everything that the actor has activated here, or asked to; newest first."""
    rows = Activation.objects.in_scope(scope)
    if scope.entry.user_id is None:
        return rows.none()
    own = rows.filter(user_id=scope.entry.user_id).order_by("-created_at", "-id")
    return own.select_related("eligibility", "eligibility__role", "user")


def list_decidable(scope: Scope) -> list[Activation]:
    """What waits for the actor's decision here, oldest first; never their own. Two statements."""
    now = clock.now()
    if scope.actor.account_id is None:
        return []
    rows = Activation.objects.in_scope(scope).exclude(account_id=scope.actor.account_id)
    others = rows.filter(
        state=ActivationState.PENDING_APPROVAL, created_at__gt=now - DECIDED_WITHIN
    ).select_related("eligibility", "eligibility__role", "user")
    groups = _groups_of(scope, now)
    waiting = others.order_by("created_at", "id")[:SHOWN_AT_MOST]
    return [row for row in waiting if approves_activation(scope, row.eligibility, groups)]


def get_seen(scope: Scope, activation_id: uuid.UUID) -> Activation:
    """An activation that the actor holds, decides, or may look up as a reader of roles.

    Raises NotFound, the same for one that is absent and one of others.
    """
    rows = Activation.objects.in_scope(scope).select_related("eligibility", "eligibility__role", "user")
    found = rows.filter(id=activation_id).first()
    if found is None or not _sees(scope, found):
        raise NotFound("There is no such activation.")
    return found


def approves_activation(
    scope: Scope, eligibility: Eligibility, groups: Collection[uuid.UUID] | None = None
) -> bool:
    """Whether the actor is among those who agree to activations of it. `groups` are their own, if known."""
    own = _groups_of(scope, clock.now()) if groups is None else groups
    return scope.entry.user_id is not None and any(
        approver.id == scope.entry.user_id if approver.kind == ApproverKind.USER else approver.id in own
        for approver in eligibility.approvers
    )


def list_eligibilities(scope: Scope) -> QuerySet[Eligibility]:
    """Who may activate what here, now or later. Raises Forbidden."""
    require(scope, Permission.ROLE_READ)
    rows = Eligibility.objects.in_scope(scope).exclude(ends_at__lte=clock.now())
    return rows.select_related("role", "group", "user").order_by("role__display_name", "id")


def get_eligibility(scope: Scope, eligibility_id: uuid.UUID) -> Eligibility:
    """One of them. Raises NotFound, Forbidden."""
    found = list_eligibilities(scope).filter(id=eligibility_id).first()
    if found is None:
        raise NotFound("There is no such eligibility.")
    return found


def list_activations(scope: Scope) -> QuerySet[Activation]:
    """Everything that was activated here, or asked for. Raises Forbidden."""
    require(scope, Permission.ROLE_READ)
    return Activation.objects.in_scope(scope).select_related("eligibility", "eligibility__role", "user")


def list_open(scope: Scope, eligibility_id: uuid.UUID) -> QuerySet[Activation]:
    """What of an eligibility is active or pending now. For code that was given the scope by an action."""
    rows = Activation.objects.in_scope(scope).filter(open_at(clock.now()), eligibility_id=eligibility_id)
    return rows.select_related("eligibility", "eligibility__role", "user").order_by("id")


def end_of_activation(
    eligibility: Eligibility, user: User, starts_at: datetime, asked: timedelta
) -> datetime:
    """When an activation ends: as asked, and no later than what it rests on.

    That is the eligibility, the user's own time here, and their time in the group that makes them eligible.
    """
    ends = [starts_at + asked]
    ends += [end for end in (eligibility.ends_at, user.ends_at) if end is not None]
    if eligibility.group_id is not None:
        rows = GroupMembership.objects.of_tenant(user.tenant_id).filter(
            in_force(starts_at), group_id=eligibility.group_id, user_id=user.id
        )
        held = list(rows.values_list("ends_at", flat=True))
        ends += [max(end for end in held if end)] if held and all(held) else []
    return min(ends)


def approving_users(eligibility: Eligibility) -> QuerySet[User]:
    """Everyone who may agree to an activation of it now, by name."""
    now, tenant_id = clock.now(), eligibility.tenant_id
    members = GroupMembership.objects.of_tenant(tenant_id).filter(
        in_force(now), group_id__in=_ids(eligibility.approvers, ApproverKind.GROUP)
    )
    named = Q(id__in=_ids(eligibility.approvers, ApproverKind.USER)) | Q(id__in=members.values("user_id"))
    return User.objects.of_tenant(tenant_id).entering(now).filter(named).order_by("display_name")


def is_eligible(eligibility: Eligibility, user: User, at: datetime) -> bool:
    """Whether a user may activate this at this instant, inside the tenant as they must be for it."""
    entering = User.objects.of_tenant(user.tenant_id).entering(at).filter(id=user.id)
    return eligible_in(user.tenant_id, user.id, at).filter(id=eligibility.id).exists() and entering.exists()


def untenable(at: datetime) -> QuerySet[Activation]:
    """What is active, in every tenant, though what it rested on is gone.

    A group left, a user blocked, or the role itself taken back by other means.
    """
    held = GroupMembership.objects.across_tenants().filter(
        in_force(at),
        tenant_id=OuterRef("tenant_id"),
        group_id=OuterRef("eligibility__group_id"),
        user_id=OuterRef("user_id"),
    )
    lent = RoleAssignment.objects.across_tenants().filter(
        in_force(at), tenant_id=OuterRef("tenant_id"), id=OuterRef("role_assignment_id")
    )
    rests = in_force(at, "eligibility__") & (Q(eligibility__user_id=F("user_id")) | Q(Exists(held)))
    inside = in_force(at, "user__") & Q(user__removed_at__isnull=True, user__blocked_at__isnull=True)
    active = Activation.objects.across_tenants().filter(state=ActivationState.ACTIVE, ends_at__gt=at)
    return active.exclude(id__in=active.filter(Exists(lent), rests, inside).values("id"))


def overdue(at: datetime) -> QuerySet[Activation]:
    """What was asked for, in every tenant, and nobody decided in time."""
    return Activation.objects.across_tenants().filter(
        state=ActivationState.PENDING_APPROVAL, created_at__lte=at - DECIDED_WITHIN
    )


def _sees(scope: Scope, activation: Activation) -> bool:
    own = activation.user_id == scope.entry.user_id
    return own or scope.allows(Permission.ROLE_READ) or approves_activation(scope, activation.eligibility)


def _groups_of(scope: Scope, at: datetime) -> set[uuid.UUID]:
    if scope.entry.user_id is None:
        return set()
    held = GroupMembership.objects.in_scope(scope).filter(in_force(at), user_id=scope.entry.user_id)
    return set(held.values_list("group_id", flat=True))


def _ids(approvers: Collection[Approver], kind: ApproverKind) -> list[uuid.UUID]:
    return [approver.id for approver in approvers if approver.kind == kind and approver.id]
