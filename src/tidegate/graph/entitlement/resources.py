"""What may be asked of each set of entitlement management.

Of two spellings on which Microsoft's documents disagree (`state` and `requestState`, `userExtend` and
`userUpdate`) both are taken.
"""

from dataclasses import replace
from typing import Final

from tidegate.core.paging import SortKey
from tidegate.entitlements.words import RequestState, RequestType, TargetScope
from tidegate.odata.resource import Kind, Property, Resource

_BY_NAME: Final = (SortKey("display_name", descending=False), SortKey("id", descending=False))
_NEWEST_FIRST: Final = (SortKey("created_at"), SortKey("id"))
_NAMED: Final = (
    Property("id", "id", Kind.GUID),
    Property("displayName", "display_name"),
    Property("description", "description", null_as=("",)),
    Property("createdDateTime", "created_at", Kind.DATETIME),
)
_OF_REQUESTS: Final = {
    "userAdd": RequestType.USER_ADD,
    "userUpdate": RequestType.USER_EXTEND,
    "userExtend": RequestType.USER_EXTEND,
    "userRemove": RequestType.USER_REMOVE,
    "adminAdd": RequestType.ADMIN_ADD,
    "adminUpdate": RequestType.ADMIN_UPDATE,
    "adminRemove": RequestType.ADMIN_REMOVE,
    "systemRemove": RequestType.SYSTEM_REMOVE,
    "systemAdd": (),
    "systemUpdate": (),
}
_STATES: Final = {**{word: word for word in RequestState.values}, "partiallyDelivered": ()}
_HELD: Final = {word: word for word in ("delivering", "delivered", "expired")}

CATALOGS: Final = Resource(
    name="catalogs",
    properties=(
        *_NAMED,
        Property("state", "state", Kind.ENUM, words={word: word for word in ("published", "unpublished")}),
        Property("isExternallyVisible", "is_externally_visible", Kind.BOOLEAN),
    ),
    members=("catalogType", "modifiedDateTime"),
    orderable=("displayName", "createdDateTime"),
    default_order=_BY_NAME,
)
_CATALOG: Final = CATALOGS.one_object()

ROLE_SCOPES: Final = Resource(
    name="resourceRoleScopes",
    properties=(Property("id", "id", Kind.GUID),),
    members=("createdDateTime",),
    expandable={
        "role": Resource(name="role", members=("id", "displayName", "originId", "originSystem", "resource")),
        "scope": Resource(name="scope", members=("id", "displayName", "originId", "originSystem")),
    },
)

_PACKAGE_OF_POLICY: Final = Resource(
    name="accessPackage", members=("id", "displayName", "description")
).one_object()
POLICIES: Final = Resource(
    name="assignmentPolicies",
    properties=(
        *_NAMED,
        Property(
            "allowedTargetScope", "target_scope", Kind.ENUM, words={word: word for word in TargetScope.values}
        ),
        Property("accessPackage/id", "package_id", Kind.GUID),
        Property("catalog/id", "package__catalog_id", Kind.GUID),
    ),
    members=(
        "automaticRequestSettings", "expiration", "modifiedDateTime", "questions", "requestApprovalSettings",
        "requestorSettings", "reviewSettings", "specificAllowedTargets",
    ),
    orderable=("displayName", "createdDateTime"),
    default_order=_NEWEST_FIRST,
    expandable={
        "accessPackage": _PACKAGE_OF_POLICY,
        "catalog": _CATALOG,
        "questions": Resource(name="questions").one_object(),
    },
)  # fmt: skip

_OTHER_PACKAGE: Final = Resource(
    name="accessPackages",
    members=("id", "displayName", "description", "isHidden", "createdDateTime", "modifiedDateTime"),
    expandable={"catalog": _CATALOG},
).one_object()

PACKAGES: Final = Resource(
    name="accessPackages",
    properties=(
        *_NAMED,
        Property("isHidden", "is_hidden", Kind.BOOLEAN),
        Property("catalog/id", "catalog_id", Kind.GUID),
        Property("catalog/displayName", "catalog__display_name"),
    ),
    members=("modifiedDateTime",),
    orderable=("displayName", "createdDateTime"),
    default_order=_BY_NAME,
    expandable={
        "catalog": _CATALOG,
        "assignmentPolicies": POLICIES.one_object(),
        "incompatibleAccessPackages": _OTHER_PACKAGE,
        "accessPackagesIncompatibleWith": _OTHER_PACKAGE,
        "resourceRoleScopes": ROLE_SCOPES.one_object(),
    },
)

# To somebody who may ask for them: what they are, and not how they are put together.
OFFERED: Final = replace(PACKAGES, expandable={"catalog": _CATALOG})

ORGANIZATIONS: Final = Resource(
    name="connectedOrganizations",
    properties=(
        *_NAMED,
        Property("state", "state", Kind.ENUM, words={word: word for word in ("configured", "proposed")}),
    ),
    members=("identitySources", "modifiedDateTime"),
    orderable=("displayName", "createdDateTime"),
    default_order=_BY_NAME,
    expandable={
        name: Resource(name=name, members=("id", "displayName", "userPrincipalName", "mail")).one_object()
        for name in ("internalSponsors", "externalSponsors")
    },
)

_SUBJECT: Final = Resource(
    name="subject",
    members=("id", "displayName", "email", "objectId", "principalName", "subjectType"),
    expandable={"connectedOrganization": ORGANIZATIONS.one_object()},
).one_object()

ASSIGNMENTS: Final = Resource(
    name="assignments",
    properties=(
        Property("id", "id", Kind.GUID),
        Property("state", "state_now", Kind.ENUM, words=_HELD),
        Property("assignmentState", "state_now", Kind.ENUM, words=_HELD),
        Property("accessPackage/id", "package_id", Kind.GUID),
        Property("accessPackageId", "package_id", Kind.GUID),
        Property("assignmentPolicy/id", "policy_id", Kind.GUID),
        Property("target/objectId", "user_id", Kind.GUID),
        Property("target/id", "user_id", Kind.GUID),
        Property("expiredDateTime", "ends_at", Kind.DATETIME),
    ),
    members=("schedule", "status"),
    default_order=_NEWEST_FIRST,
    expandable={
        "accessPackage": PACKAGES.one_object(),
        "assignmentPolicy": POLICIES.one_object(),
        "target": _SUBJECT,
    },
)

REQUESTS: Final = Resource(
    name="assignmentRequests",
    properties=(
        Property("id", "id", Kind.GUID),
        Property("requestType", "request_type", Kind.ENUM, words=_OF_REQUESTS),
        Property("state", "state", Kind.ENUM, words=_STATES),
        Property("requestState", "state", Kind.ENUM, words=_STATES),
        Property("createdDateTime", "created_at", Kind.DATETIME),
        Property("completedDateTime", "completed_at", Kind.DATETIME),
        Property("accessPackage/id", "package_id", Kind.GUID),
        Property("assignment/id", "assignment_id", Kind.GUID),
        Property("requestor/objectId", "user_id", Kind.GUID),
        Property("requestor/id", "user_id", Kind.GUID),
        Property("requestor/email", "requestor_email"),
    ),
    members=("answers", "justification", "schedule", "status"),
    orderable=("createdDateTime",),
    default_order=_NEWEST_FIRST,
    expandable={
        "accessPackage": PACKAGES.one_object(),
        "assignment": ASSIGNMENTS.one_object(),
        "requestor": _SUBJECT,
    },
)

# To who asked, holds or decides: what a package is, and not how it is put together.
_PLAIN_PACKAGE: Final = replace(_OTHER_PACKAGE, expandable={})
OWN_ASSIGNMENTS: Final = replace(
    ASSIGNMENTS, expandable={"accessPackage": _PLAIN_PACKAGE, "target": _SUBJECT}
)
OWN_REQUESTS: Final = replace(REQUESTS, expandable={"accessPackage": _PLAIN_PACKAGE, "requestor": _SUBJECT})

_STAGE_MEMBERS: Final = (
    "id", "assignedToMe", "displayName", "justification", "reviewResult", "reviewedBy", "reviewedDateTime",
    "status",
)  # fmt: skip
STAGES: Final = Resource(name="stages", members=_STAGE_MEMBERS).one_object()
APPROVALS: Final = Resource(
    name="accessPackageAssignmentApprovals",
    properties=(Property("id", "id", Kind.GUID),),
    default_order=_NEWEST_FIRST,
    expandable={"stages": STAGES},
)
