"""Application and what it proves itself with; its ServicePrincipal in each tenant, and what that was granted.

An application is registered in one tenant. Every tenant that lets it in, its own too, has a service
principal of it, which the grants hang on: without one, the application does not exist there.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q

from tidegate.authorization.api_permissions import GrantKind, Resource
from tidegate.core.scoped import ScopedQuerySet
from tidegate.directory.models.dated import Dated
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.directory.models.stop import EmergencyStop
from tidegate.directory.models.tenant import Domain, Tenant
from tidegate.directory.models.user import User


class Application(TenantOwned):
    """A registered client (Graph: `application`). `client_id` is its id on the wire (Graph's `appId`).

    `redirect_uris` are objects of `uri` and `platform` (web, spa or publicClient); `required_permissions`
    are objects of `resource`, `kind` and `value`: what it says it needs, not what anyone granted.
    """

    class Audience(models.TextChoices):
        """Whose tenants it may be used in (Graph's signInAudience)."""

        SINGLE_TENANT = "AzureADMyOrg"
        MULTI_TENANT = "AzureADMultipleOrgs"

    client_id = models.UUIDField(default=uuid.uuid4, db_index=True)
    display_name = models.CharField(max_length=120)
    description = models.CharField(max_length=1024, blank=True)
    sign_in_audience = models.CharField(
        max_length=20, choices=Audience.choices, default=Audience.SINGLE_TENANT
    )
    redirect_uris = models.JSONField(default=list)
    logout_url = models.URLField(max_length=500, blank=True)
    # Whether device codes are given to it, and codes redeemed by it without a secret.
    allows_public_client = models.BooleanField(default=False)
    required_permissions = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=256)
    disabled_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "client_id"], name="application_client_id_once"),
        )

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_multi_tenant(self) -> bool:
        """Whether other tenants may let it in."""
        return self.sign_in_audience == self.Audience.MULTI_TENANT


class Credential(TenantOwned, Dated):
    """What an application proves itself with, from its start up to its end.

    A secret is kept as the SHA-256 of random text, with its first signs as `hint`; a certificate as its
    PEM (public), with its thumbprints in `x5t` (SHA-1) and `x5t_s256`, both base64url; a federated
    credential as the issuer, subject and audience that another issuer's token must have.
    """

    class Kind(models.TextChoices):
        """What it is."""

        SECRET = "secret"  # noqa: S105  the kind's name
        CERTIFICATE = "certificate"
        FEDERATED = "federated"

    application_id = models.UUIDField()
    application = TenantForeignObject(
        Application, models.CASCADE, "application_id", related_name="credentials"
    )
    kind = models.CharField(max_length=11, choices=Kind.choices)
    display_name = models.CharField(max_length=120, blank=True)
    hint = models.CharField(max_length=8, blank=True)
    secret_hash = models.CharField(max_length=64, blank=True)
    certificate = models.TextField(blank=True)
    x5t = models.CharField(max_length=64, blank=True)
    x5t_s256 = models.CharField(max_length=64, blank=True)
    issuer = models.CharField(max_length=600, blank=True)
    subject = models.CharField(max_length=600, blank=True)
    audience = models.CharField(max_length=600, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = (models.Index(fields=["tenant", "application_id"], name="credential_application"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.display_name or self.hint}"


class ServicePrincipalQuerySet(ScopedQuerySet["ServicePrincipal"]):
    """Questions about service principals."""

    def present(self) -> "ServicePrincipalQuerySet":
        """Those that were not removed, of applications that were not."""
        return self.filter(removed_at__isnull=True, application__removed_at__isnull=True)

    def entering(self) -> "ServicePrincipalQuerySet":
        """Those that may be used now: enabled here and at home, and not kept out by a standing stop.

        A stop of all outside access, or of the application's own organization, means its programs too.
        """
        enabled = self.present().filter(disabled_at__isnull=True, application__disabled_at__isnull=True)
        return enabled.filter(~_is_stopped())

    def from_outside(self) -> "ServicePrincipalQuerySet":
        """Those of applications that are registered in another tenant."""
        return self.present().exclude(home_tenant_id=F("tenant_id"))

    def with_stopped(self) -> "ServicePrincipalQuerySet":
        """The same, each with whether a standing stop keeps it out as `is_stopped`."""
        return self.annotate(is_stopped=ExpressionWrapper(_is_stopped(), output_field=BooleanField()))


def _is_stopped() -> Q:
    """The condition that a service principal is one of another tenant's and a standing stop covers it."""
    kinds = EmergencyStop.Covers
    stops = EmergencyStop.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"), lifted_at__isnull=True
    )
    verified = Domain.objects.filter(
        tenant_id=OuterRef(OuterRef("home_tenant_id")),
        name=OuterRef("home_domain"),
        verified_at__isnull=False,
    )
    of_home = Q(home_tenant_id=OuterRef("home_tenant_id")) | Q(Exists(verified))
    covering = stops.filter(Q(covers=kinds.ALL) | Q(of_home, covers=kinds.ORGANIZATION))
    return ~Q(home_tenant_id=F("tenant_id")) & Q(Exists(covering))


class ServicePrincipal(TenantOwned):
    """An application as an object of one tenant (Graph: `servicePrincipal`); its id is the token's `oid`.

    The application itself stands in `home_tenant`; the two together are its key. Removing a service
    principal ends everything the tenant granted it; letting the application in anew makes another.
    """

    client_id = models.UUIDField()
    home_tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    application_id = models.UUIDField()
    application = models.ForeignObject(
        Application,
        on_delete=models.CASCADE,
        from_fields=("home_tenant", "application_id"),
        to_fields=("tenant", "id"),
        related_name="service_principals",
    )
    display_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["ServicePrincipal"]] = ServicePrincipalQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "client_id"],
                condition=models.Q(removed_at__isnull=True),
                name="service_principal_once",
            ),
        )
        # By the application first: "in which tenants" is asked of one application over all of them.
        indexes = (models.Index(fields=["client_id", "tenant"], name="principal_client"),)

    def __str__(self) -> str:
        return self.display_name


class Grant(TenantOwned, Dated):
    """A tenant's consent to one permission of one API, for a time.

    To the application itself (Graph: `appRoleAssignment`), or to the application acting for people
    (`oAuth2PermissionGrant`): for everybody of the tenant, or, with a user, for that one.
    """

    service_principal_id = models.UUIDField()
    service_principal = TenantForeignObject(
        ServicePrincipal, models.CASCADE, "service_principal_id", related_name="grants"
    )
    kind = models.CharField(max_length=11, choices=[(kind.value, kind.value) for kind in GrantKind])
    resource = models.CharField(max_length=16, choices=[(api.value, api.value) for api in Resource])
    value = models.CharField(max_length=64)
    user_id = models.UUIDField(null=True, blank=True)
    user = TenantForeignObject(User, models.CASCADE, "user_id", null=True)
    granted_by = models.CharField(max_length=256)
    # Why it has no end, in the words of whoever gave it so.
    reason = models.CharField(max_length=1024, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = (
            models.Index(fields=["tenant", "service_principal_id", "resource"], name="grant_principal"),
        )

    def __str__(self) -> str:
        return f"{self.value} of {self.resource}"
