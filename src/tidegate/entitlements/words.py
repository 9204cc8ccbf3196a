"""The room's names for states and kinds: Microsoft Graph's, letter for letter, where Graph has one.

Source: Graph, "entitlementManagement" resources.
"""

from django.db import models


class OrganizationState(models.TextChoices):
    """Graph's connectedOrganizationState."""

    CONFIGURED = "configured"
    PROPOSED = "proposed"


class SponsorKind(models.TextChoices):
    """A member of this tenant, or a guest from the connected organization."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class CatalogState(models.TextChoices):
    """Graph's accessPackageCatalogState: nothing of an unpublished catalog can be requested."""

    UNPUBLISHED = "unpublished"
    PUBLISHED = "published"


class TargetScope(models.TextChoices):
    """Who may request under a policy (Graph's allowedTargetScope). NOT_SPECIFIED: administrators assign."""

    NOT_SPECIFIED = "notSpecified"
    SPECIFIC_USERS = "specificDirectoryUsers"
    SPECIFIC_ORGANIZATIONS = "specificConnectedOrganizationUsers"
    ALL_ORGANIZATIONS = "allConfiguredConnectedOrganizationUsers"
    ALL_MEMBERS = "allMemberUsers"
    ALL_DIRECTORY_USERS = "allDirectoryUsers"


class ApproverKind(models.TextChoices):
    """Who may decide (Graph's subjectSet kinds); COLLEAGUE is ours, for break-glass.

    A colleague is another person of the requestor's own organization who may request the same.
    """

    USER = "singleUser"
    GROUP = "groupMembers"
    INTERNAL_SPONSORS = "internalSponsors"
    EXTERNAL_SPONSORS = "externalSponsors"
    MANAGER = "requestorManager"
    COLLEAGUE = "requestorColleague"


class RequestType(models.TextChoices):
    """What is asked, and by whom (Graph's accessPackageRequestType)."""

    USER_ADD = "userAdd"
    USER_EXTEND = "userExtend"
    USER_REMOVE = "userRemove"
    ADMIN_ADD = "adminAdd"
    ADMIN_UPDATE = "adminUpdate"
    ADMIN_REMOVE = "adminRemove"
    SYSTEM_REMOVE = "systemRemove"


class RequestState(models.TextChoices):
    """Graph's accessPackageRequestState."""

    SUBMITTED = "submitted"
    PENDING_APPROVAL = "pendingApproval"
    SCHEDULED = "scheduled"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "deliveryFailed"
    DENIED = "denied"
    CANCELED = "canceled"


class StageState(models.TextChoices):
    """Where one stage of an approval stands."""

    NOT_STARTED = "notStarted"
    IN_PROGRESS = "inProgress"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"


class ExpirationType(models.TextChoices):
    """Graph's expirationPatternType."""

    NO_EXPIRATION = "noExpiration"
    AFTER_DATE_TIME = "afterDateTime"
    AFTER_DURATION = "afterDuration"


class ReviewState(models.TextChoices):
    """Where one round of a review stands."""

    IN_PROGRESS = "inProgress"
    APPLIED = "applied"


class ReviewResult(models.TextChoices):
    """A reviewer's answer about one assignment (Graph's accessReviewInstanceDecisionItem)."""

    NOT_REVIEWED = "NotReviewed"
    APPROVE = "Approve"
    DENY = "Deny"
    DONT_KNOW = "DontKnow"


class WithoutAnswer(models.TextChoices):
    """What happens to access that nobody answered for (Graph's accessReviewExpirationBehavior)."""

    KEEP = "keepAccess"
    REMOVE = "removeAccess"
    RECOMMENDATION = "acceptAccessRecommendation"


class ActivationState(models.TextChoices):
    """Where the activation of an eligible role stands."""

    PENDING_APPROVAL = "pendingApproval"
    ACTIVE = "active"
    DENIED = "denied"
    CANCELED = "canceled"
    DEACTIVATED = "deactivated"
