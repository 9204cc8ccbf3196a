"""AssignmentRequest and the stages of its approval."""

from django.conf import settings
from django.db import models

from tidegate.directory.lifetimes import longest_access
from tidegate.directory.models import Group, User
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.entitlements.models.organization import ConnectedOrganization
from tidegate.entitlements.models.package import AccessPackage
from tidegate.entitlements.models.policy import AssignmentPolicy
from tidegate.entitlements.rules import ExpirationRule
from tidegate.entitlements.words import ApproverKind, RequestState, RequestType, StageState


class AssignmentRequest(TenantOwned):
    """Somebody asks for a package, for more time, or to be rid of it.

    `requestor` is the person who is to have the access, wherever their home; `user_id` is what they
    are in this tenant, once they are. Of the policy it keeps what held when it was made: its stages
    and its expiration. `status` says in words why it stands where it stands.
    """

    package_id = models.UUIDField()
    package = TenantForeignObject(AccessPackage, models.CASCADE, "package_id", related_name="requests")
    policy_id = models.UUIDField()
    policy = TenantForeignObject(AssignmentPolicy, models.CASCADE, "policy_id")
    assignment_id = models.UUIDField(null=True, blank=True)
    request_type = models.CharField(max_length=12, choices=RequestType.choices)
    state = models.CharField(max_length=16, choices=RequestState.choices)
    status = models.CharField(max_length=512, blank=True)
    requestor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    requestor_name = models.CharField(max_length=256)
    requestor_email = models.EmailField(max_length=254)
    requestor_tenant_id = models.UUIDField(null=True, blank=True)
    requestor_tenant_name = models.CharField(max_length=256, blank=True)
    organization_id = models.UUIDField(null=True, blank=True)
    organization = TenantForeignObject(ConnectedOrganization, models.DO_NOTHING, "organization_id", null=True)
    user_id = models.UUIDField(null=True, blank=True)
    justification = models.CharField(max_length=2000, blank=True)
    answers = models.JSONField(default=list)
    asked_duration = models.DurationField(null=True, blank=True)
    asked_starts_at = models.DateTimeField(null=True, blank=True)
    expiration_json = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = (
            models.Index(fields=["tenant", "state", "-created_at"], name="request_state"),
            models.Index(fields=["requestor", "-created_at"], name="request_requestor"),
            models.Index(fields=["tenant", "package_id"], name="request_package"),
            # One open request of a person for a package: a second one finds the first.
        )
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "package_id", "requestor"],
                condition=models.Q(state="pendingApproval"),
                name="request_open_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.request_type} {self.state} {self.requestor_email}"

    @property
    def expiration(self) -> ExpirationRule:
        """When what is asked would end: as the policy said when it was asked, within what is allowed now."""
        return ExpirationRule.read(self.expiration_json).within(longest_access())


class RequestStage(TenantOwned):
    """One stage of one request's approval (Graph's approvalStage); `position` counts from 1."""

    request_id = models.UUIDField()
    request = TenantForeignObject(AssignmentRequest, models.CASCADE, "request_id", related_name="stages")
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=StageState.choices, default=StageState.NOT_STARTED)
    time_limit = models.DurationField()
    escalate_after = models.DurationField(null=True, blank=True)
    is_justification_required = models.BooleanField(default=True)
    began_at = models.DateTimeField(null=True, blank=True)
    escalates_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    alternates_told_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_account_id = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=256, blank=True)
    justification = models.CharField(max_length=2000, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "request_id", "position"], name="stage_position_once"),
        )
        indexes = (
            models.Index(
                fields=["tenant", "expires_at"],
                condition=models.Q(state="inProgress"),
                name="stage_open",
            ),
            models.Index(
                fields=["escalates_at"],
                condition=models.Q(state="inProgress", alternates_told_at__isnull=True),
                name="stage_escalating",
            ),
        )

    def __str__(self) -> str:
        return f"stage {self.position} of {self.request_id}"


class StageApprover(TenantOwned):
    """Who may decide at a stage of a request. Groups and sponsors are looked up when somebody decides."""

    stage_id = models.UUIDField()
    stage = TenantForeignObject(RequestStage, models.CASCADE, "stage_id", related_name="approvers")
    kind = models.CharField(max_length=20, choices=ApproverKind.choices)
    is_alternate = models.BooleanField(default=False)
    user_id = models.UUIDField(null=True, blank=True)
    user = TenantForeignObject(User, models.CASCADE, "user_id", null=True)
    group_id = models.UUIDField(null=True, blank=True)
    group = TenantForeignObject(Group, models.CASCADE, "group_id", null=True)

    class Meta(TenantOwned.Meta):
        indexes = (models.Index(fields=["tenant", "stage_id"], name="stage_approver"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id or self.group_id or ''}"
