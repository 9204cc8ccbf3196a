"""User: a person as an object of one tenant, member or guest, with an object id of that tenant."""

import uuid
from datetime import UTC, datetime
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from tidegate.core.conditions import Condition
from tidegate.core.prepared import INSTANT, UUID
from tidegate.core.scoped import ScopedQuerySet
from tidegate.directory.models.dated import Dated, in_force
from tidegate.directory.models.owned import TenantOwned
from tidegate.directory.models.stop import EmergencyStop, is_domain_of, of_home


class UserQuerySet(ScopedQuerySet["User"]):
    """Questions about users."""

    def present(self) -> "UserQuerySet":
        """Users that were not removed."""
        return self.filter(removed_at__isnull=True)

    def entering(self, at: datetime) -> "UserQuerySet":
        """Users who may enter at this instant.

        There, accepted, not blocked, within their dates; and of guests only those whom no standing
        stop covers and whose own organization, if they have or had one, still lets them in.
        """
        return self.admitted(at).filter(_NOT_KEPT_OUT(at=at))

    def entering_as(self, account_id: uuid.UUID, at: datetime) -> "UserQuerySet":
        """One person's own users who may enter at this instant.

        The same as `entering`, but what is asked of the person's own organizations is asked once, and
        not of each row: who is a guest of ten thousand tenants has ten thousand.
        """
        return self.admitted(at).filter(_NOT_KEPT_OUT_AS(account_id=account_id, at=at), account_id=account_id)

    def admitted(self, at: datetime) -> "UserQuerySet":
        """Users whose own row lets them in at this instant, whatever else keeps them out."""
        return self.present().filter(
            in_force(at),
            blocked_at__isnull=True,
            external_user_state=User.ExternalUserState.ACCEPTED,
        )


class User(TenantOwned, Dated):
    """An Account in a tenant. The rows of this table are who may enter where."""

    class UserType(models.TextChoices):
        """Member of the tenant, or guest from another (Graph's userType)."""

        MEMBER = "member"
        GUEST = "guest"

    class ExternalUserState(models.TextChoices):
        """Whether a guest has taken up the invitation (Graph's externalUserState)."""

        PENDING_ACCEPTANCE = "PendingAcceptance"
        ACCEPTED = "Accepted"

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    user_type = models.CharField(max_length=6, choices=UserType.choices)
    user_principal_name = models.CharField(max_length=320)
    display_name = models.CharField(max_length=256)
    mail = models.EmailField(max_length=254)
    external_user_state = models.CharField(
        max_length=17,
        choices=ExternalUserState.choices,
        default=ExternalUserState.ACCEPTED,
    )
    # Who approves for a member of the tenant's own people (Graph's manager).
    manager_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_entered_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["User"]] = UserQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "account"],
                condition=models.Q(removed_at__isnull=True, account__isnull=False),
                name="user_once_in_tenant",
            ),
            models.UniqueConstraint(
                fields=["tenant", "user_principal_name"],
                condition=models.Q(removed_at__isnull=True),
                name="user_principal_name_once",
            ),
        )
        indexes = (
            models.Index(fields=["account", "tenant"], name="user_account_tenant"),
            # Users of several tenants in one list.
            models.Index(fields=["display_name", "id"], name="user_name"),
            # Where somebody is or was at home, among however many tenants they are a guest of.
            models.Index(
                fields=["account", "tenant"],
                condition=models.Q(user_type="member"),
                name="user_account_home",
            ),
        )

    def __str__(self) -> str:
        return self.user_principal_name

    @property
    def is_guest(self) -> bool:
        """Whether this person's home is another tenant."""
        return self.user_type == self.UserType.GUEST


def is_stopped() -> Exists:
    """The condition on a guest that a standing stop covers them.

    A stopped guest who is removed and invited anew is the same person: the stop knows them by account
    and by address too. A stopped organization is everybody who was its member while the stop stood, so
    that nobody slips out by leaving it; who had left before is not meant. One that is known by a domain is
    also everybody with an address under it.
    """
    kinds = EmergencyStop.Covers
    same_person = (
        User.objects.across_tenants()
        .filter(tenant_id=OuterRef("tenant_id"), id=OuterRef("user_id"))
        .filter(Q(account_id=OuterRef(OuterRef("account_id"))) | Q(mail=OuterRef(OuterRef("mail"))))
    )
    of_organization = (
        User.objects.across_tenants()
        .filter(
            of_home(),
            account_id=OuterRef(OuterRef("account_id")),
            user_type=User.UserType.MEMBER,
        )
        .filter(Q(removed_at__isnull=True) | Q(removed_at__gte=OuterRef("started_at")))
    )
    standing = EmergencyStop.objects.across_tenants().filter(lifted_at__isnull=True)
    return Exists(
        standing.filter(tenant_id=OuterRef("tenant_id")).filter(
            Q(covers=kinds.ALL)
            | Q(Exists(same_person), covers=kinds.GUEST)
            | Q(Exists(of_organization), covers=kinds.ORGANIZATION)
            | is_domain_of(OuterRef("mail"))
        )
    )


def has_left_home(at: datetime) -> Q:
    """The condition on a guest that an organization of their own no longer lets them in.

    One that they were a member of when they became a guest here, or since: another home does not make up
    for it, or leavers would come back through a tenant that they start themselves. Let in anew, they are
    asked about no home that they had left before. Guests who never were a member of any tenant are not
    meant.
    """
    member = User.objects.across_tenants().filter(
        account_id=OuterRef("account_id"), user_type=User.UserType.MEMBER
    )
    still = member.admitted(at).filter(tenant_id=OuterRef("tenant_id"))
    lost = member.filter(
        Q(removed_at__isnull=True) | Q(removed_at__gt=OuterRef("created_at")), ~Exists(still)
    )
    return Q(Exists(lost)) | Q(Exists(member)) & ~Q(Exists(member.admitted(at)))


def _not_kept_out(at: datetime) -> QuerySet[User]:
    """Members, and guests whom nothing beside their own row keeps out."""
    condition = Q(user_type=User.UserType.MEMBER) | ~Q(is_stopped()) & ~Q(has_left_home(at))
    return User.objects.across_tenants().filter(condition)


def _not_kept_out_as(account_id: uuid.UUID, at: datetime) -> QuerySet[User]:
    """The same of one person's users: `has_left_home` with subqueries that do not look at the row."""
    member = User.objects.across_tenants().filter(account_id=account_id, user_type=User.UserType.MEMBER)
    still = member.admitted(at).filter(tenant_id=OuterRef("tenant_id"))
    lost = member.filter(~Exists(still)).annotate(until=Coalesce("removed_at", Value(_NEVER)))
    last_lost = Coalesce(Subquery(lost.order_by("-until").values("until")[:1]), Value(_ALWAYS))
    has_left = Q(created_at__lt=last_lost) | Q(Exists(member)) & ~Q(Exists(member.admitted(at)))
    standing = EmergencyStop.objects.across_tenants().filter(lifted_at__isnull=True)
    # Most tenants have no stop: that is found in one set of all that have.
    stopped = Q(tenant_id__in=standing.values("tenant_id")) & Q(is_stopped())
    condition = Q(user_type=User.UserType.MEMBER) | ~stopped & ~has_left
    return User.objects.across_tenants().filter(condition)


_ALWAYS: Final = datetime(1, 1, 2, tzinfo=UTC)
_NEVER: Final = datetime(9999, 12, 30, tzinfo=UTC)
_NOT_KEPT_OUT: Final = Condition("kept", _not_kept_out, at=INSTANT)
_NOT_KEPT_OUT_AS: Final = Condition("kept_as", _not_kept_out_as, account_id=UUID, at=INSTANT)
