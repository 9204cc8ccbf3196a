"""The types of entitlement management (`microsoft.graph`, v1.0)."""

from dataclasses import replace
from typing import Final

from tidegate.entitlements.words import RequestState, TargetScope
from tidegate.graph.declaring import entity, flags, texts, times, value, words
from tidegate.graph.directory.types import DIRECTORY_OBJECT
from tidegate.graph.model import Navigation, Primitive, Property

_LATER: Final = "unknownFutureValue"
CATALOG_STATE: Final = words("accessPackageCatalogState", f"unpublished published {_LATER}")
_CATALOG_TYPE: Final = words(
    "accessPackageCatalogType", f"userManaged serviceDefault serviceManaged {_LATER}"
)
_ORGANIZATION_STATE: Final = words("connectedOrganizationState", f"configured proposed {_LATER}")
_SCOPE: Final = words("allowedTargetScope", f"{' '.join(TargetScope.values)} {_LATER}")
_REQUEST_TYPE: Final = words(
    "accessPackageRequestType",
    "notSpecified userAdd userUpdate userRemove adminAdd adminUpdate adminRemove systemAdd systemUpdate "
    f"systemRemove onBehalfAdd {_LATER}",
)
_REQUEST_STATE: Final = words(
    "accessPackageRequestState", f"{' '.join(RequestState.values)} partiallyDelivered {_LATER}"
)
_ASSIGNMENT_STATE: Final = words(
    "accessPackageAssignmentState", f"delivering partiallyDelivered delivered expired deliveryFailed {_LATER}"
)
_EXPIRATION_TYPE: Final = words(
    "expirationPatternType", "notSpecified noExpiration afterDateTime afterDuration"
)
_SUBJECT_TYPE: Final = words("accessPackageSubjectType", f"notSpecified user servicePrincipal {_LATER}")
_BEHAVIOR: Final = words(
    "accessReviewExpirationBehavior", f"keepAccess removeAccess acceptAccessRecommendation {_LATER}"
)
_LIFECYCLE: Final = words(
    "accessPackageExternalUserLifecycleAction", f"none blockSignIn blockSignInAndDelete {_LATER}"
)

# Which people are meant, its `@odata.type` says: one user, a group, sponsors and so on.
_SUBJECT_SET: Final = value("subjectSet", is_open=True)
_IDENTITY_SOURCE: Final = value("identitySource", is_open=True)
_QUESTION: Final = entity("accessPackageQuestion", is_open=True)
_ANSWER: Final = value("accessPackageAnswer", is_open=True)
_RECURRENCE: Final = value("patternedRecurrence", is_open=True)
_EXPIRATION: Final = value(
    "expirationPattern",
    *times("endDateTime"),
    Property("duration", Primitive.DURATION),
    Property("type", _EXPIRATION_TYPE),
)
_SCHEDULE: Final = value(
    "entitlementManagementSchedule",
    *times("startDateTime"),
    Property("expiration", _EXPIRATION),
    Property("recurrence", _RECURRENCE),
)
_NAMED: Final = (*texts("description displayName"), *times("createdDateTime modifiedDateTime"))

CATALOG: Final = entity(
    "accessPackageCatalog",
    *_NAMED,
    *flags("isExternallyVisible"),
    Property("catalogType", _CATALOG_TYPE),
    Property("state", CATALOG_STATE),
)
_ROLE: Final = entity("accessPackageResourceRole", *texts("displayName originId originSystem"))
_PLACE: Final = entity(
    "accessPackageResourceScope", *texts("displayName originId originSystem"), *flags("isRootScope")
)
ROLE_SCOPE: Final = replace(
    entity("accessPackageResourceRoleScope", *times("createdDateTime")),
    navigation=(Navigation("role", _ROLE, many=False), Navigation("scope", _PLACE, many=False)),
)
_APPROVERS: Final = (
    "escalationApprovers", "fallbackEscalationApprovers", "fallbackPrimaryApprovers", "primaryApprovers",
)  # fmt: skip
_STAGE_RULE: Final = value(
    "accessPackageApprovalStage",
    *texts("approverInformationVisibility"),
    *flags("isApproverJustificationRequired isEscalationEnabled"),
    Property("durationBeforeAutomaticDenial", Primitive.DURATION),
    Property("durationBeforeEscalation", Primitive.DURATION),
    *(Property(name, _SUBJECT_SET, many=True) for name in _APPROVERS),
)
_APPROVAL_SETTINGS: Final = value(
    "accessPackageAssignmentApprovalSettings",
    *flags("isApprovalRequiredForAdd isApprovalRequiredForUpdate isRequestorJustificationRequired"),
    Property("stages", _STAGE_RULE, many=True),
)
_REQUESTOR_SETTINGS: Final = value(
    "accessPackageAssignmentRequestorSettings",
    *flags("allowCustomAssignmentSchedule enableOnBehalfRequestorsToAddAccess"),
    *flags("enableOnBehalfRequestorsToRemoveAccess enableOnBehalfRequestorsToUpdateAccess"),
    *flags("enableTargetsToSelfAddAccess enableTargetsToSelfRemoveAccess enableTargetsToSelfUpdateAccess"),
    Property("onBehalfRequestors", _SUBJECT_SET, many=True),
)
_REVIEW_SETTINGS: Final = value(
    "accessPackageAssignmentReviewSettings",
    *flags("isEnabled isRecommendationEnabled isReviewerJustificationRequired isSelfReview"),
    Property("expirationBehavior", _BEHAVIOR),
    Property("fallbackReviewers", _SUBJECT_SET, many=True),
    Property("primaryReviewers", _SUBJECT_SET, many=True),
    Property("schedule", _SCHEDULE),
)
_AUTOMATIC: Final = value("accessPackageAutomaticRequestSettings", is_open=True)

# A package leads to policies, and both to packages: what leads back is left open.
POLICY: Final = replace(
    entity(
        "accessPackageAssignmentPolicy",
        *_NAMED,
        Property("allowedTargetScope", _SCOPE),
        Property("automaticRequestSettings", _AUTOMATIC),
        Property("expiration", _EXPIRATION),
        Property("questions", _QUESTION, many=True),
        Property("requestApprovalSettings", _APPROVAL_SETTINGS),
        Property("requestorSettings", _REQUESTOR_SETTINGS),
        Property("reviewSettings", _REVIEW_SETTINGS),
        Property("specificAllowedTargets", _SUBJECT_SET, many=True),
        is_open=True,
    ),
    navigation=(Navigation("catalog", CATALOG, many=False),),
)
PACKAGE: Final = replace(
    entity("accessPackage", *_NAMED, *flags("isHidden"), is_open=True),
    navigation=(
        Navigation("catalog", CATALOG, many=False),
        Navigation("assignmentPolicies", POLICY),
        Navigation("resourceRoleScopes", ROLE_SCOPE),
    ),
)
ORGANIZATION: Final = replace(
    entity(
        "connectedOrganization",
        *_NAMED,
        Property("identitySources", _IDENTITY_SOURCE, many=True),
        Property("state", _ORGANIZATION_STATE),
    ),
    navigation=(
        Navigation("externalSponsors", DIRECTORY_OBJECT),
        Navigation("internalSponsors", DIRECTORY_OBJECT),
    ),
)
_SUBJECT: Final = replace(
    entity(
        "accessPackageSubject",
        *texts("displayName email objectId onPremisesSecurityIdentifier principalName"),
        Property("subjectType", _SUBJECT_TYPE),
    ),
    navigation=(Navigation("connectedOrganization", ORGANIZATION, many=False),),
)
ASSIGNMENT: Final = replace(
    entity(
        "accessPackageAssignment",
        *texts("status"),
        *times("expiredDateTime"),
        Property("schedule", _SCHEDULE),
        Property("state", _ASSIGNMENT_STATE),
    ),
    navigation=(
        Navigation("accessPackage", PACKAGE, many=False),
        Navigation("assignmentPolicy", POLICY, many=False),
        Navigation("target", _SUBJECT, many=False),
    ),
)
REQUEST: Final = replace(
    entity(
        "accessPackageAssignmentRequest",
        *texts("justification status"),
        *times("completedDateTime createdDateTime"),
        Property("answers", _ANSWER, many=True),
        Property("requestType", _REQUEST_TYPE),
        Property("schedule", _SCHEDULE),
        Property("state", _REQUEST_STATE),
    ),
    navigation=(
        Navigation("accessPackage", PACKAGE, many=False),
        Navigation("assignment", ASSIGNMENT, many=False),
        Navigation("requestor", _SUBJECT, many=False),
    ),
)
_REVIEWER: Final = value("identity", *texts("displayName id"))
STAGE: Final = entity(
    "approvalStage",
    *texts("displayName justification reviewResult status"),
    *times("reviewedDateTime"),
    *flags("assignedToMe"),
    Property("reviewedBy", _REVIEWER),
)
APPROVAL: Final = replace(entity("approval"), navigation=(Navigation("stages", STAGE),))
SETTINGS: Final = entity(
    "entitlementManagementSettings",
    Property("durationUntilExternalUserDeletedAfterBlocked", Primitive.DURATION),
    Property("externalUserLifecycleAction", _LIFECYCLE),
)
TYPES: Final = (
    CATALOG, PACKAGE, POLICY, ROLE_SCOPE, REQUEST, ASSIGNMENT, APPROVAL, STAGE, ORGANIZATION, SETTINGS,
)  # fmt: skip
