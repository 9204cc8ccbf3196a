"""`/settings`: what becomes of guests whom access packages brought in. The operator sets it for everybody."""

from django.conf import settings
from django.http import HttpResponseBase

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import require
from tidegate.graph.answers import answer_object
from tidegate.oauth.endpoint import Call

PATH = "identityGovernance/entitlementManagement/settings"


def show(call: Call) -> HttpResponseBase:
    """How long a guest is kept after their last access has ended, and whether they are blocked meanwhile."""
    require(call.scope, Permission.ENTITLEMENT_READ)
    document = {
        "id": str(call.scope.tenant_id),
        "durationUntilExternalUserDeletedAfterBlocked": f"P{settings.GUEST_KEPT_DAYS}D",
        "externalUserLifecycleAction": "blockSignInAndDelete",
    }
    return answer_object(call, PATH, document)
