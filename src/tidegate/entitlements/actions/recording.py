"""Requests that administrators and the product make for somebody: kept like those that people make."""

from django.db.models import Q

from tidegate.accounts.models import Account
from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.directory.models import Tenant, User
from tidegate.entitlements.acting import note, request_target
from tidegate.entitlements.models import AssignmentPolicy, AssignmentRequest
from tidegate.entitlements.words import RequestState, RequestType


def record_request(
    actor: Actor, policy: AssignmentPolicy, user: User, request_type: RequestType, words: str
) -> AssignmentRequest:
    """A request that needs nobody's approval, about a user of the tenant; in the caller's transaction."""
    account = Account.objects.filter(Q(id=user.account_id)).first()
    home = Tenant.objects.filter(Q(id=account.home_tenant_id)).first() if account and user.is_guest else None
    request = AssignmentRequest.rows.create(
        tenant_id=user.tenant_id,
        package_id=policy.package_id,
        policy_id=policy.id,
        user_id=user.id,
        request_type=request_type,
        state=RequestState.SUBMITTED,
        requestor=account,
        requestor_name=user.display_name,
        requestor_email=user.mail,
        requestor_tenant_id=account.home_tenant_id if account else None,
        requestor_tenant_name=home.display_name if home else "",
        justification=words[:2000],
        expiration_json=policy.expiration_json,
        created_at=clock.now(),
    )
    details = {"request_type": request_type.value, "justification": words}
    note(user.tenant_id, actor, "access_request.submitted", request_target(request), details=details)
    return request
