"""Assignment: access in force; what it delivered; the guests that this room brought in; write-ups."""

from datetime import datetime

from django.conf import settings
from django.db import models

from tidegate.core import clock
from tidegate.directory.models import User
from tidegate.directory.models.dated import Dated
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.entitlements.models.organization import ConnectedOrganization
from tidegate.entitlements.models.package import AccessPackage
from tidegate.entitlements.models.policy import AssignmentPolicy


class Assignment(TenantOwned, Dated):
    """A package in a person's hands, from one instant to another. In force by the clock alone.

    `ended_because` is empty while nothing but the clock ends it.
    """

    package_id = models.UUIDField()
    package = TenantForeignObject(AccessPackage, models.CASCADE, "package_id", related_name="assignments")
    policy_id = models.UUIDField()
    policy = TenantForeignObject(AssignmentPolicy, models.CASCADE, "policy_id")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    user_id = models.UUIDField()
    user = TenantForeignObject(User, models.CASCADE, "user_id", related_name="assignments")
    organization_id = models.UUIDField(null=True, blank=True)
    organization = TenantForeignObject(ConnectedOrganization, models.DO_NOTHING, "organization_id", null=True)
    created_at = models.DateTimeField()
    ended_because = models.CharField(max_length=512, blank=True)
    # When the jobs look at it next, to remind and to tell of its end; None once its end was told.
    attend_at = models.DateTimeField(null=True, default=clock.now)

    class Meta(TenantOwned.Meta):
        indexes = (
            models.Index(fields=["tenant", "user_id"], name="assignment_user"),
            models.Index(fields=["tenant", "package_id"], name="assignment_package"),
            models.Index(fields=["tenant", "ends_at"], name="assignment_end"),
            models.Index(fields=["account", "tenant"], name="assignment_account"),
            models.Index(
                fields=["attend_at"],
                condition=models.Q(attend_at__isnull=False),
                name="assignment_attended",
            ),
            # An end that was brought forward is found without the jobs being told of it.
            models.Index(
                fields=["ends_at"],
                condition=models.Q(attend_at__isnull=False),
                name="assignment_ending",
            ),
        )

    def __str__(self) -> str:
        return f"{self.package_id} to {self.user_id}"

    def is_over(self, at: datetime) -> bool:
        """Whether it has ended by this instant."""
        return self.ends_at is not None and self.ends_at <= at


class DeliveredRow(TenantOwned):
    """A row below that an assignment wrote: a group membership or sight of a device group."""

    assignment_id = models.UUIDField()
    assignment = TenantForeignObject(Assignment, models.CASCADE, "assignment_id", related_name="delivered")
    membership_id = models.UUIDField(null=True, blank=True)
    device_access_id = models.UUIDField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = (models.Index(fields=["tenant", "assignment_id"], name="delivered_assignment"),)

    def __str__(self) -> str:
        return f"{self.membership_id or self.device_access_id} by {self.assignment_id}"


class GovernedGuest(TenantOwned):
    """A guest whom an assignment brought in: their dates follow their assignments.

    They are blocked, and later removed, when none is left. Guests invited by hand have no row here.
    """

    user_id = models.UUIDField()
    user = TenantForeignObject(User, models.CASCADE, "user_id")
    created_at = models.DateTimeField()
    blocked_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    # When the jobs look at it next; None while assignments are in force.
    attend_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "user_id"], name="governed_once"),)
        indexes = (
            models.Index(
                fields=["attend_at"],
                condition=models.Q(attend_at__isnull=False),
                name="governed_attended",
            ),
        )

    def __str__(self) -> str:
        return str(self.user_id)


class WriteUp(TenantOwned):
    """What somebody must write after breaking the glass: why, what was seen, what was done."""

    assignment_id = models.UUIDField()
    assignment = TenantForeignObject(Assignment, models.CASCADE, "assignment_id")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_by_name = models.CharField(max_length=256)
    due_at = models.DateTimeField()
    text = models.TextField(blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.CharField(max_length=256, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "assignment_id"], name="write_up_once"),)

    def __str__(self) -> str:
        return f"of {self.assignment_id}"
