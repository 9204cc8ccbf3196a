"""AssignmentPolicy and its targets: who may ask for a package, who decides, how long it lasts."""

from django.db import models

from tidegate.directory.lifetimes import longest_access
from tidegate.directory.models import Group, User
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.entitlements.models.organization import ConnectedOrganization
from tidegate.entitlements.models.package import AccessPackage
from tidegate.entitlements.rules import ExpirationRule, Question, ReviewRule, StageRule
from tidegate.entitlements.words import TargetScope


class AssignmentPolicy(TenantOwned):
    """The rules under which a package is given. The JSON columns are read through `rules`.

    A disabled policy (`accepts_requests` false) gives nothing to anybody, not even directly.
    """

    package_id = models.UUIDField()
    package = TenantForeignObject(AccessPackage, models.CASCADE, "package_id", related_name="policies")
    display_name = models.CharField(max_length=256)
    description = models.CharField(max_length=1024, blank=True)
    target_scope = models.CharField(max_length=40, choices=TargetScope.choices)
    accepts_requests = models.BooleanField(default=True)
    is_justification_required = models.BooleanField(default=True)
    stages_json = models.JSONField(default=list)
    questions_json = models.JSONField(default=list)
    expiration_json = models.JSONField(default=dict)
    review_json = models.JSONField(default=dict)
    allows_custom_duration = models.BooleanField(default=True)
    allows_extension = models.BooleanField(default=True)
    extension_needs_approval = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    # The start of the last round of reviews that was begun under this policy.
    last_review_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = (models.Index(fields=["tenant", "package_id"], name="policy_package"),)

    def __str__(self) -> str:
        return self.display_name

    @property
    def stages(self) -> tuple[StageRule, ...]:
        """The approval stages, in order; none means that no approval is needed."""
        return tuple(StageRule.read(one) for one in self.stages_json)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a requestor is asked."""
        return tuple(Question.read(one) for one in self.questions_json)

    @property
    def expiration(self) -> ExpirationRule:
        """When what is given ends, within what the operator allows now."""
        return ExpirationRule.read(self.expiration_json).within(longest_access())

    @property
    def review(self) -> ReviewRule | None:
        """How often it is asked whether access is still needed; None for never."""
        return ReviewRule.read(self.review_json) if self.review_json else None


class PolicyTarget(TenantOwned):
    """One connected organization, user or group that a policy of a specific scope names."""

    policy_id = models.UUIDField()
    policy = TenantForeignObject(AssignmentPolicy, models.CASCADE, "policy_id", related_name="targets")
    organization_id = models.UUIDField(null=True, blank=True)
    organization = TenantForeignObject(ConnectedOrganization, models.CASCADE, "organization_id", null=True)
    user_id = models.UUIDField(null=True, blank=True)
    user = TenantForeignObject(User, models.CASCADE, "user_id", null=True)
    group_id = models.UUIDField(null=True, blank=True)
    group = TenantForeignObject(Group, models.CASCADE, "group_id", null=True)

    class Meta(TenantOwned.Meta):
        indexes = (models.Index(fields=["tenant", "policy_id"], name="policy_target"),)

    def __str__(self) -> str:
        return f"{self.policy_id} for {self.organization_id or self.user_id or self.group_id}"
