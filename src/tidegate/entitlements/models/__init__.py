"""The room's tables."""

from tidegate.entitlements.models.assignment import Assignment, DeliveredRow, GovernedGuest, WriteUp
from tidegate.entitlements.models.elevation import Activation, Eligibility
from tidegate.entitlements.models.notice import Notice
from tidegate.entitlements.models.organization import ConnectedOrganization, Sponsor
from tidegate.entitlements.models.package import AccessPackage, Catalog, Incompatibility, ResourceRole
from tidegate.entitlements.models.policy import AssignmentPolicy, PolicyTarget
from tidegate.entitlements.models.request import AssignmentRequest, RequestStage, StageApprover
from tidegate.entitlements.models.review import AccessReview, Outcome, ReviewDecision, Reviewer

__all__ = [
    "AccessPackage",
    "AccessReview",
    "Activation",
    "Assignment",
    "AssignmentPolicy",
    "AssignmentRequest",
    "Catalog",
    "ConnectedOrganization",
    "DeliveredRow",
    "Eligibility",
    "GovernedGuest",
    "Incompatibility",
    "Notice",
    "Outcome",
    "PolicyTarget",
    "RequestStage",
    "ResourceRole",
    "ReviewDecision",
    "Reviewer",
    "Sponsor",
    "StageApprover",
    "WriteUp",
]
