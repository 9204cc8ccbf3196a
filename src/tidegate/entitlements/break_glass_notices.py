"""Who is told of broken glass: the customer at once, its holder what they owe."""

from tidegate.accounts.models import Account
from tidegate.entitlements.models import Assignment, AssignmentRequest, WriteUp
from tidegate.entitlements.notices import NoticeKind, Value, tell, tell_administrators


def tell_opened(assignment: Assignment, write_up: WriteUp) -> None:
    """Tell the tenant's administrators and its technical contact; tell the holder that they will owe."""
    request = _find_request(assignment)
    values: dict[str, Value] = {
        "assignment_id": assignment.id,
        "person": assignment.user.display_name,
        "organization": request.requestor_tenant_name if request else "",
        "package": assignment.package.display_name,
        "justification": request.justification if request else "",
        "confirmed_by": write_up.confirmed_by_name,
        "ends_at": assignment.ends_at,
    }
    tenant, key = assignment.tenant, f"break-glass-opened:{assignment.id}"
    kind = NoticeKind.BREAK_GLASS_OPENED
    tell_administrators(tenant.id, kind, key=key, values=values)
    if tenant.technical_contact:
        tell(tenant.id, kind, key=key, to=tenant.technical_contact, values=values)
    _tell_owing(assignment, write_up)


def tell_written(write_up: WriteUp) -> None:
    """Tell the tenant's administrators that there is a write-up to read."""
    assignment = write_up.assignment
    values: dict[str, Value] = {
        "assignment_id": assignment.id,
        "person": assignment.user.display_name,
        "package": assignment.package.display_name,
    }
    key = f"write-up-written:{assignment.id}"
    tell_administrators(write_up.tenant_id, NoticeKind.WRITE_UP_WRITTEN, key=key, values=values)


def _tell_owing(assignment: Assignment, write_up: WriteUp) -> None:
    account = Account.objects.get(id=write_up.account_id)
    values: dict[str, Value] = {
        "assignment_id": assignment.id,
        "package": assignment.package.display_name,
        "until": write_up.due_at,
    }
    key = f"write-up-due:{assignment.id}"
    tell(assignment.tenant_id, NoticeKind.WRITE_UP_DUE, key=key, to=account, values=values)


def _find_request(assignment: Assignment) -> AssignmentRequest | None:
    """What led to it: the holder's last request for the package, which does not name it yet."""
    requests = AssignmentRequest.objects.of_tenant(assignment.tenant_id).filter(
        package_id=assignment.package_id, requestor_id=assignment.account_id
    )
    return requests.order_by("-created_at", "-id").first()
