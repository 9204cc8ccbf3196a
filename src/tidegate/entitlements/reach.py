"""Who may ask under which policy, as conditions of SQL: the same for one tenant and for all.

Whoever asks must be in good standing at home; nobody who is stopped or blocked in a tenant is offered
anything there.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from tidegate.accounts.models import Account
from tidegate.authorization.scope import Actor, ActorKind
from tidegate.core import clock
from tidegate.core.conditions import Condition
from tidegate.core.prepared import INSTANT, TEXT, UUID, Prepared
from tidegate.directory.models import Domain, EmergencyStop, GroupMembership, User
from tidegate.directory.models.dated import in_force
from tidegate.directory.models.stop import is_domain_of, of_home
from tidegate.entitlements.models import (
    AssignmentPolicy,
    ConnectedOrganization,
    GovernedGuest,
    PolicyTarget,
)
from tidegate.entitlements.words import CatalogState, OrganizationState, TargetScope


@dataclass(frozen=True, slots=True)
class Asker:
    """A person who asks: their account, and the home in which they are in good standing now, if any."""

    account_id: uuid.UUID
    email: str
    home_tenant_id: uuid.UUID | None
    at: datetime


def read_asker(actor: Actor, at: datetime) -> Asker | None:
    """Who asks; None for nobody. One statement."""
    if actor.account_id is None:
        return None
    home = None
    if actor.home_tenant_id is not None:
        row = _AT_HOME.first(account_id=actor.account_id, home_id=actor.home_tenant_id, at=at)
        home = row[0] if row else None
    return Asker(actor.account_id, actor.email, home, at)


def requestable(asker: Asker) -> QuerySet[AssignmentPolicy]:
    """The policies, of every tenant, under which they may ask for a package now."""
    policies = AssignmentPolicy.objects.across_tenants().filter(
        removed_at__isnull=True,
        accepts_requests=True,
        package__removed_at__isnull=True,
        package__catalog__state=CatalogState.PUBLISHED,
    )
    person = {"account_id": asker.account_id, "at": asker.at}
    allowed = Q(_MEANS_USER(**person))
    if asker.home_tenant_id is not None:
        visible = Q(package__catalog__is_externally_visible=True)
        allowed |= visible & Q(_MEANS_HOME(home_id=asker.home_tenant_id))
    not_stopped = _NOT_STOPPED(
        account_id=asker.account_id, email=asker.email, home_id=asker.home_tenant_id or _NOWHERE
    )
    return policies.filter(allowed, not_stopped, _NOT_BLOCKED(account_id=asker.account_id))


def is_offered(account: Account, policy: AssignmentPolicy) -> bool:
    """Whether the holder of an account may ask under a policy now."""
    actor = Actor(
        ActorKind.PERSON,
        account.get_full_name(),
        account_id=account.id,
        email=account.email,
        home_tenant_id=account.home_tenant_id,
    )
    asker = read_asker(actor, clock.now())
    if asker is None:
        return False
    return requestable(asker).filter(tenant_id=policy.tenant_id, id=policy.id).exists()


def matching_organizations(asker: Asker) -> QuerySet[ConnectedOrganization]:
    """The connected organizations, of every tenant, that a person's home is."""
    if asker.home_tenant_id is None:
        return ConnectedOrganization.objects.across_tenants().none()
    return _organizations_of(asker.home_tenant_id)


def _organizations_of(home_id: uuid.UUID) -> QuerySet[ConnectedOrganization]:
    organizations = ConnectedOrganization.objects.across_tenants().filter(removed_at__isnull=True)
    domains = Domain.objects.filter(tenant_id=home_id, verified_at__isnull=False)
    by_domain = Q(source_tenant_id__isnull=True, source_domain__in=domains.values("name"))
    return organizations.filter(Q(source_tenant_id=home_id) | by_domain)


def _at_home(account_id: uuid.UUID, home_id: uuid.UUID, at: datetime) -> QuerySet[User, Any]:
    members = User.objects.of_tenant(home_id).entering(at)
    own = members.filter(account_id=account_id, user_type=User.UserType.MEMBER)
    return own.values_list("tenant_id")[:1]


def _policies() -> QuerySet[AssignmentPolicy]:
    return AssignmentPolicy.objects.across_tenants()


def _mean_home(home_id: uuid.UUID) -> QuerySet[AssignmentPolicy]:
    """Policies of other tenants that mean everybody of this home."""
    here = _organizations_of(home_id).filter(tenant_id=OuterRef("tenant_id"))
    configured = here.filter(state=OrganizationState.CONFIGURED)
    named = PolicyTarget.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"), policy_id=OuterRef("id"), organization_id__in=here.values("id")
    )
    return _policies().filter(
        Q(Exists(configured), target_scope=TargetScope.ALL_ORGANIZATIONS)
        | Q(Exists(named), target_scope=TargetScope.SPECIFIC_ORGANIZATIONS),
        ~Q(tenant_id=home_id),
    )


def _mean_user(account_id: uuid.UUID, at: datetime) -> QuerySet[AssignmentPolicy]:
    """Policies of tenants that this person may enter which mean them there."""
    own = _own(account_id)
    members = Q(target_scope=TargetScope.ALL_MEMBERS) & Q(Exists(own.filter(user_type=User.UserType.MEMBER)))
    named = Q(target_scope=TargetScope.SPECIFIC_USERS) & Q(Exists(_named(account_id, at)))
    # That they may enter is asked once, outside: deeper down only which user object is theirs.
    inside = (
        User.objects.across_tenants()
        .entering(at)
        .filter(tenant_id=OuterRef("tenant_id"), account_id=account_id)
    )
    scopes = Q(target_scope=TargetScope.ALL_DIRECTORY_USERS) | members | named
    return _policies().filter(Exists(inside), scopes)


def _own(account_id: uuid.UUID) -> QuerySet[User]:
    users = User.objects.across_tenants().present()
    return users.filter(tenant_id=OuterRef("tenant_id"), account_id=account_id)


def _named(account_id: uuid.UUID, at: datetime) -> QuerySet[PolicyTarget]:
    own = _own(account_id).values("id")
    held = GroupMembership.objects.across_tenants().filter(
        in_force(at), tenant_id=OuterRef("tenant_id"), group_id=OuterRef("group_id"), user_id__in=own
    )
    return PolicyTarget.objects.across_tenants().filter(
        Q(user_id__in=own) | Q(Exists(held), group_id__isnull=False),
        tenant_id=OuterRef("tenant_id"),
        policy_id=OuterRef("id"),
    )


def _not_stopped(account_id: uuid.UUID, email: str, home_id: uuid.UUID) -> QuerySet[AssignmentPolicy]:
    """Policies of tenants in which no stop keeps this person out, as the gate reads them.

    A tenant's own members are never stopped.
    """
    kinds = EmergencyStop.Covers
    same_person = User.objects.across_tenants().filter(
        Q(account_id=account_id) | Q(mail=email),
        tenant_id=OuterRef("tenant_id"),
        id=OuterRef("user_id"),
    )
    of_organization = User.objects.across_tenants().filter(
        of_home(),
        Q(removed_at__isnull=True) | Q(removed_at__gte=OuterRef("started_at")),
        account_id=account_id,
        user_type=User.UserType.MEMBER,
    )
    standing = EmergencyStop.objects.across_tenants().filter(
        Q(covers=kinds.ALL)
        | Q(Exists(same_person), covers=kinds.GUEST)
        | Q(Exists(of_organization), covers=kinds.ORGANIZATION)
        | is_domain_of(Value(email)),
        lifted_at__isnull=True,
        tenant_id=OuterRef("tenant_id"),
    )
    return _policies().filter(~Exists(standing.exclude(tenant_id=home_id)))


def _not_blocked(account_id: uuid.UUID) -> QuerySet[AssignmentPolicy]:
    """Policies of tenants in which no administrator has blocked this person's own user object.

    The end of a guest's last assignment blocks as well, and keeps nobody from asking again.
    """
    ended = GovernedGuest.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"), user_id=OuterRef("id"), blocked_at=OuterRef("blocked_at")
    )
    blocked = _own(account_id).filter(~Exists(ended), blocked_at__isnull=False)
    return _policies().filter(~Exists(blocked))


_NOWHERE: Final = uuid.UUID(int=0)
_AT_HOME: Final = Prepared(_at_home, account_id=UUID, home_id=UUID, at=INSTANT)
_MEANS_HOME: Final = Condition("means_home", _mean_home, home_id=UUID)
_MEANS_USER: Final = Condition("means_user", _mean_user, account_id=UUID, at=INSTANT)
_NOT_STOPPED: Final = Condition("unstopped", _not_stopped, account_id=UUID, email=TEXT, home_id=UUID)
_NOT_BLOCKED: Final = Condition("unblocked", _not_blocked, account_id=UUID)
