"""AccessReview, its reviewers and decisions: one round of "still needed?" over a policy's assignments."""

from django.db import models

from tidegate.directory.models import Group, User
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.entitlements.models.assignment import Assignment
from tidegate.entitlements.models.policy import AssignmentPolicy
from tidegate.entitlements.rules import ReviewRule
from tidegate.entitlements.words import ApproverKind, ReviewResult, ReviewState


class Outcome(models.TextChoices):
    """What came of a decision when its round was applied."""

    KEPT = "kept"
    REMOVED = "removed"
    # It was over before the round was.
    ENDED = "ended"
    # It could not be taken away: the tenant would be left without an administrator.
    REFUSED = "refused"


class AccessReview(TenantOwned):
    """A round under one policy, with the rule that held when it began."""

    policy_id = models.UUIDField()
    policy = TenantForeignObject(AssignmentPolicy, models.CASCADE, "policy_id", related_name="reviews")
    display_name = models.CharField(max_length=512)
    state = models.CharField(max_length=10, choices=ReviewState.choices, default=ReviewState.IN_PROGRESS)
    rule_json = models.JSONField(default=dict)
    is_self_review = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "policy_id", "starts_at"], name="review_round_once"),
        )
        indexes = (
            models.Index(fields=["tenant", "state", "ends_at"], name="review_state"),
            models.Index(fields=["ends_at"], condition=models.Q(state="inProgress"), name="review_open"),
        )

    def __str__(self) -> str:
        return self.display_name

    @property
    def rule(self) -> ReviewRule:
        """How this round is held."""
        return ReviewRule.read(self.rule_json)


class Reviewer(TenantOwned):
    """Who may answer in a round: a user, or a group or sponsors as they are when somebody answers.

    A round in which everybody answers for themselves has none.
    """

    review_id = models.UUIDField()
    review = TenantForeignObject(AccessReview, models.CASCADE, "review_id", related_name="reviewers")
    kind = models.CharField(max_length=20, choices=ApproverKind.choices)
    user_id = models.UUIDField(null=True, blank=True)
    user = TenantForeignObject(User, models.CASCADE, "user_id", null=True)
    group_id = models.UUIDField(null=True, blank=True)
    group = TenantForeignObject(Group, models.CASCADE, "group_id", null=True)

    class Meta(TenantOwned.Meta):
        indexes = (models.Index(fields=["tenant", "review_id"], name="reviewer_review"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id or self.group_id or ''}"


class ReviewDecision(TenantOwned):
    """What is said about one assignment in one round, and what came of it."""

    review_id = models.UUIDField()
    review = TenantForeignObject(AccessReview, models.CASCADE, "review_id", related_name="decisions")
    assignment_id = models.UUIDField()
    assignment = TenantForeignObject(Assignment, models.CASCADE, "assignment_id")
    result = models.CharField(max_length=11, choices=ReviewResult.choices, default=ReviewResult.NOT_REVIEWED)
    recommendation = models.CharField(max_length=11, choices=ReviewResult.choices)
    recommended_because = models.CharField(max_length=256, blank=True)
    justification = models.CharField(max_length=2000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_account_id = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=256, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "review_id", "assignment_id"], name="decision_once"),
        )

    def __str__(self) -> str:
        return f"{self.result} on {self.assignment_id}"
