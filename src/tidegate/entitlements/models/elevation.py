"""Eligibility and Activation: a role that somebody may take up for hours, with a reason.

As Privileged Identity Management does: eligible is not active, and active ends by the clock.
"""

from django.conf import settings
from django.db import models

from tidegate.directory.models import Group, Role, User
from tidegate.directory.models.dated import Dated
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.entitlements.rules import Approver
from tidegate.entitlements.words import ActivationState


class Eligibility(TenantOwned, Dated):
    """A user, or everybody in a group, may activate a role for at most `longest` at a time."""

    role_id = models.UUIDField()
    role = TenantForeignObject(Role, models.PROTECT, "role_id")
    group_id = models.UUIDField(null=True, blank=True)
    group = TenantForeignObject(Group, models.PROTECT, "group_id", null=True)
    user_id = models.UUIDField(null=True, blank=True)
    user = TenantForeignObject(User, models.CASCADE, "user_id", null=True)
    longest = models.DurationField()
    approvers_json = models.JSONField(default=list)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.CheckConstraint(
                condition=models.Q(group_id__isnull=False, user_id__isnull=True)
                | models.Q(group_id__isnull=True, user_id__isnull=False),
                name="eligible_group_or_user",
            ),
        )
        indexes = (models.Index(fields=["tenant", "user_id"], name="eligible_user"),)

    def __str__(self) -> str:
        return f"{self.role_id} for {self.group_id or self.user_id}"

    @property
    def approvers(self) -> tuple[Approver, ...]:
        """Who must agree to an activation (users and groups); none means that nobody must."""
        return tuple(Approver.read(one) for one in self.approvers_json)


class Activation(TenantOwned):
    """One time that somebody took up, or asked to take up, an eligible role."""

    eligibility_id = models.UUIDField()
    eligibility = TenantForeignObject(
        Eligibility, models.CASCADE, "eligibility_id", related_name="activations"
    )
    user_id = models.UUIDField()
    user = TenantForeignObject(User, models.CASCADE, "user_id")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=ActivationState.choices)
    justification = models.CharField(max_length=2000)
    asked_duration = models.DurationField()
    created_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    role_assignment_id = models.UUIDField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_account_id = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=256, blank=True)
    decision_justification = models.CharField(max_length=2000, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = (models.Index(fields=["tenant", "state"], name="activation_state"),)
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "eligibility_id", "user_id"],
                condition=models.Q(state="pendingApproval"),
                name="activation_pending_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.user_id}"
