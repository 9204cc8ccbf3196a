"""Who may ask under which policy, as conditions of SQL: the same for one tenant and for all.

Whoever asks must be in good standing at home; nobody who is stopped or blocked in a tenant is offered
anything there.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from tidegate.accounts.models import Account
from tidegate.authorization.scope import Actor, ActorKind
from tidegate.core import clock
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
    home_domains: tuple[str, ...]
    at: datetime


def read_asker(actor: Actor, at: datetime) -> Asker | None:
    """Who asks; None for nobody. Two statements."""
    if actor.account_id is None:
        return None
    home = None
    if actor.home_tenant_id is not None:
        users = User.objects.of_tenant(actor.home_tenant_id).entering(at)
        members = users.filter(account_id=actor.account_id, user_type=User.UserType.MEMBER)
        home = members.values_list("tenant_id", flat=True).first()
    names = (
        Domain.objects.filter(tenant_id=home, verified_at__isnull=False) if home else Domain.objects.none()
    )
    return Asker(actor.account_id, actor.email, home, tuple(names.values_list("name", flat=True)), at)


def requestable(asker: Asker) -> QuerySet[AssignmentPolicy]:
    """The policies, of every tenant, under which they may ask for a package now."""
    policies = AssignmentPolicy.objects.across_tenants().filter(
        removed_at__isnull=True,
        accepts_requests=True,
        package__removed_at__isnull=True,
        package__catalog__state=CatalogState.PUBLISHED,
    )
    allowed = policies.filter(_as_organization(asker) | _as_user(asker))
    return allowed.filter(~Exists(_stops(asker)), ~Exists(_blocked(asker)))


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
    organizations = ConnectedOrganization.objects.across_tenants().filter(removed_at__isnull=True)
    if asker.home_tenant_id is None:
        return organizations.none()
    by_domain = Q(source_tenant_id__isnull=True, source_domain__in=asker.home_domains)
    return organizations.filter(Q(source_tenant_id=asker.home_tenant_id) | by_domain)


def _as_organization(asker: Asker) -> Q:
    if asker.home_tenant_id is None:
        return Q(pk__in=[])
    matching = matching_organizations(asker).filter(tenant_id=OuterRef("tenant_id"))
    configured = matching.filter(state=OrganizationState.CONFIGURED)
    named = PolicyTarget.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"),
        policy_id=OuterRef("id"),
        organization_id__in=matching_organizations(asker)
        .filter(tenant_id=OuterRef("tenant_id"))
        .values("id"),
    )
    return (
        Q(package__catalog__is_externally_visible=True)
        & ~Q(tenant_id=asker.home_tenant_id)
        & (
            Q(Exists(configured), target_scope=TargetScope.ALL_ORGANIZATIONS)
            | Q(Exists(named), target_scope=TargetScope.SPECIFIC_ORGANIZATIONS)
        )
    )


def _as_user(asker: Asker) -> Q:
    own = _own(asker)
    members = Q(target_scope=TargetScope.ALL_MEMBERS) & Q(Exists(own.filter(user_type=User.UserType.MEMBER)))
    named = Q(target_scope=TargetScope.SPECIFIC_USERS) & Q(Exists(_named(asker)))
    # That they may enter is asked once, outside: deeper down only which user object is theirs.
    inside = (
        User.objects.across_tenants()
        .entering(asker.at)
        .filter(tenant_id=OuterRef("tenant_id"), account_id=asker.account_id)
    )
    return Q(Exists(inside)) & (Q(target_scope=TargetScope.ALL_DIRECTORY_USERS) | members | named)


def _own(asker: Asker) -> QuerySet[User]:
    users = User.objects.across_tenants().present()
    return users.filter(tenant_id=OuterRef("tenant_id"), account_id=asker.account_id)


def _named(asker: Asker) -> QuerySet[PolicyTarget]:
    own = _own(asker).values("id")
    held = GroupMembership.objects.across_tenants().filter(
        in_force(asker.at), tenant_id=OuterRef("tenant_id"), group_id=OuterRef("group_id"), user_id__in=own
    )
    return PolicyTarget.objects.across_tenants().filter(
        Q(user_id__in=own) | Q(Exists(held), group_id__isnull=False),
        tenant_id=OuterRef("tenant_id"),
        policy_id=OuterRef("id"),
    )


def _stops(asker: Asker) -> QuerySet[EmergencyStop]:
    """Stops that keep this person out, as the gate reads them; a tenant's own members are never stopped."""
    kinds = EmergencyStop.Covers
    same_person = User.objects.across_tenants().filter(
        Q(account_id=asker.account_id) | Q(mail=asker.email),
        tenant_id=OuterRef("tenant_id"),
        id=OuterRef("user_id"),
    )
    of_organization = User.objects.across_tenants().filter(
        of_home(),
        Q(removed_at__isnull=True) | Q(removed_at__gte=OuterRef("started_at")),
        account_id=asker.account_id,
        user_type=User.UserType.MEMBER,
    )
    standing = EmergencyStop.objects.across_tenants().filter(
        Q(covers=kinds.ALL)
        | Q(Exists(same_person), covers=kinds.GUEST)
        | Q(Exists(of_organization), covers=kinds.ORGANIZATION)
        | is_domain_of(Value(asker.email)),
        lifted_at__isnull=True,
        tenant_id=OuterRef("tenant_id"),
    )
    return standing.exclude(tenant_id=asker.home_tenant_id) if asker.home_tenant_id else standing


def _blocked(asker: Asker) -> QuerySet[User]:
    """Their own user object where an administrator has blocked it.

    The end of a guest's last assignment blocks as well, and keeps nobody from asking again.
    """
    ended = GovernedGuest.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"), user_id=OuterRef("id"), blocked_at=OuterRef("blocked_at")
    )
    return (
        User.objects.across_tenants()
        .present()
        .filter(
            ~Exists(ended),
            tenant_id=OuterRef("tenant_id"),
            account_id=asker.account_id,
            blocked_at__isnull=False,
        )
    )
