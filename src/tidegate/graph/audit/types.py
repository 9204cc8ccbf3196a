"""The types of the audit logs (`microsoft.graph`, v1.0)."""

from typing import Final

from tidegate.graph.declaring import entity, flags, lists, texts, times, value, words
from tidegate.graph.model import Primitive, Property

RESULT: Final = words("operationResult", "success failure timeout unknownFutureValue")
_USER: Final = value(
    "auditUserIdentity",
    *texts("displayName homeTenantId homeTenantName id ipAddress userPrincipalName userType"),
)
_APP: Final = value("appIdentity", *texts("appId displayName servicePrincipalId servicePrincipalName"))
_INITIATOR: Final = value("auditActivityInitiator", Property("app", _APP), Property("user", _USER))
_CHANGE: Final = value("modifiedProperty", *texts("displayName newValue oldValue"))
_TARGET: Final = value(
    "targetResource",
    *texts("displayName groupType id type userPrincipalName"),
    Property("modifiedProperties", _CHANGE, many=True),
)
_DETAIL: Final = value("keyValue", *texts("key value"))
EVENT: Final = entity(
    "directoryAudit",
    *texts("activityDisplayName category correlationId loggedByService operationType resultReason"),
    *times("activityDateTime"),
    Property("additionalDetails", _DETAIL, many=True),
    Property("initiatedBy", _INITIATOR),
    Property("result", RESULT),
    Property("targetResources", _TARGET, many=True),
)
_STATUS: Final = value(
    "signInStatus",
    *texts("additionalDetails failureReason"),
    Property("errorCode", Primitive.INT32),
)
SIGN_IN: Final = entity(
    "signIn",
    *texts("appDisplayName appId clientAppUsed correlationId ipAddress resourceDisplayName resourceId"),
    *texts("userAgent userDisplayName userId userPrincipalName"),
    *times("createdDateTime"),
    *flags("isInteractive"),
    *lists("signInEventTypes"),
    Property("status", _STATUS),
)
TYPES: Final = (RESULT, EVENT, SIGN_IN)
