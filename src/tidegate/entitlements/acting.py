"""The room acts for itself: an approval delivers what the approver alone could not give.

The rules of the room decide; the directory's actions then ask the scope made here. The audit log keeps
both: the approver's decision, and what the product did because of it.
"""

import uuid
from typing import Final

from tidegate.audit.actions import Details, Target, append
from tidegate.audit.models import Result
from tidegate.authorization.permissions import EVERYONE_INSIDE, Permission
from tidegate.authorization.scope import SYSTEM, Actor, Entry, Relation, Scope
from tidegate.directory.models import Tenant, User
from tidegate.entitlements.models import Assignment, AssignmentRequest

_NEEDED: Final = EVERYONE_INSIDE | {
    Permission.USER_READ,
    Permission.USER_INVITE,
    Permission.USER_UPDATE,
    Permission.USER_REMOVE,
    Permission.GROUP_READ,
    Permission.GROUP_MANAGE,
    Permission.ROLE_READ,
    Permission.ROLE_ASSIGN,
    Permission.DEVICE_GROUP_READ,
    Permission.DEVICE_GROUP_MANAGE,
}


def system_scope(tenant_id: uuid.UUID, actor: Actor = SYSTEM) -> Scope:
    """A scope of one tenant with what delivery needs of the directory. Never given to a surface."""
    tenant = Tenant.objects.get(id=tenant_id)
    return Scope(actor, Entry(tenant.id, tenant.display_name, None, None, _NEEDED))


def note(
    tenant_id: uuid.UUID,
    actor: Actor,
    tag: str,
    target: Target,
    *,
    details: Details | None = None,
    result: Result = Result.SUCCESS,
) -> None:
    """Append an event by somebody who need not be inside the tenant; if they are, it says as whom."""
    append(tenant_id, actor, tag, target, entry=_entry_of(tenant_id, actor), details=details, result=result)


def request_target(request: AssignmentRequest) -> Target:
    """How the audit log names a request."""
    name = f"{request.requestor_email}: {request.package.display_name}"
    return Target("access_request", str(request.id), name[:512])


def assignment_target(assignment: Assignment) -> Target:
    """How the audit log names an assignment."""
    name = f"{assignment.user.user_principal_name}: {assignment.package.display_name}"
    return Target("assignment", str(assignment.id), name[:512])


def _entry_of(tenant_id: uuid.UUID, actor: Actor) -> Entry | None:
    if actor.account_id is None:
        return None
    users = User.objects.of_tenant(tenant_id).present().select_related("tenant")
    user = users.filter(account_id=actor.account_id).first()
    if user is None:
        return None
    return Entry(tenant_id, user.tenant.display_name, user.id, Relation(user.user_type), frozenset())
