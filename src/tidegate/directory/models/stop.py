"""EmergencyStop: outside access ended at once, until an administrator lifts it."""

from types import MappingProxyType
from typing import Final

from django.db import models
from django.db.models import OuterRef, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower, StrIndex, Substr

from tidegate.directory.models.owned import TenantOwned

_NO_HOME: Final = MappingProxyType({"home_tenant_id__isnull": True, "home_domain": ""})


class EmergencyStop(TenantOwned):
    """While it stands, guests it covers may not enter, whatever else was granted them.

    It covers one guest (`user_id`), everybody whose home is one tenant (`home_tenant_id`), or every
    guest there is or will be. An organization known by a domain alone (`home_domain`) is whatever tenant
    has that domain verified, and everybody with an address under it; a tenant that had it verified when it
    was stopped stands in `home_tenant_id`, so that it does not slip out by giving the domain up. Stops are
    kept: who stopped and who lifted, when, in what words.
    """

    class Covers(models.TextChoices):
        """Whom a stop keeps out."""

        GUEST = "guest"
        ORGANIZATION = "organization"
        ALL = "all"

    covers = models.CharField(max_length=12, choices=Covers.choices)
    user_id = models.UUIDField(null=True, blank=True)
    home_tenant_id = models.UUIDField(null=True, blank=True)
    home_domain = models.CharField(max_length=253, blank=True)
    name = models.CharField(max_length=320)
    reason = models.CharField(max_length=1024)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=256)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=256, blank=True)
    lifted_reason = models.CharField(max_length=1024, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.CheckConstraint(
                condition=models.Q(covers="guest", user_id__isnull=False, **_NO_HOME)
                | models.Q(covers="organization", user_id__isnull=True, home_tenant_id__isnull=False)
                | models.Q(covers="organization", user_id__isnull=True, home_domain__gt="")
                | models.Q(covers="all", user_id__isnull=True, **_NO_HOME),
                name="stop_covers_one_kind",
            ),
        )
        indexes = (
            models.Index(
                fields=["tenant", "covers"],
                condition=models.Q(lifted_at__isnull=True),
                name="stop_standing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.covers} {self.name}"


def of_home() -> Q:
    """The condition on rows of a tenant, inside a query of stops, that the stop covers that tenant.

    A join, not a query of its own: SQLite's parser takes only so many within each other.
    """
    verified = Q(tenant__domains__name=OuterRef("home_domain"), tenant__domains__verified_at__isnull=False)
    return Q(tenant_id=OuterRef("home_tenant_id")) | verified


def is_domain_of(address: Combinable) -> Q:
    """The condition on a stop that it covers an organization by its domain, and the address is under that."""
    domain = Lower(Substr(address, StrIndex(address, Value("@")) + 1))
    return Q(covers=EmergencyStop.Covers.ORGANIZATION, home_domain__gt="") & Q(home_domain=domain)
