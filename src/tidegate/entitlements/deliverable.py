"""What may stand in the way of a delivery, asked when it happens: much can change after a request was made.

Each raises Conflict, in words for who asked and for who tries again.
"""

import uuid

from django.db.models import Q

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict
from tidegate.directory.models import User
from tidegate.directory.models.user import has_left_home, is_stopped
from tidegate.entitlements.apart import find_incompatible
from tidegate.entitlements.models import Assignment, AssignmentRequest


def check_still_given(request: AssignmentRequest) -> None:
    """A policy that was switched off since gives nothing, whoever agreed to it."""
    if not request.policy.accepts_requests:
        raise Conflict("This policy is switched off: it gives nothing, not even directly.")


def check_still_there(request: AssignmentRequest) -> None:
    """Whoever asked for their organization may have left it since."""
    if request.organization_id is None or request.requestor is None:
        return
    home = request.requestor.home_tenant_id
    users = User.objects.across_tenants().entering(clock.now()).filter(Q(tenant_id=home))
    is_there = home is not None and users.filter(Q(account_id=request.requestor_id)).exists()
    if home != request.requestor_tenant_id or not is_there:
        raise Conflict("They no longer belong to the organization from which they asked.")


def check_not_kept_out(scope: Scope, guest: User) -> None:
    """There are guests whom the gate would keep out whatever is given to them."""
    guests = User.objects.in_scope(scope).filter(id=guest.id)
    if guests.filter(is_stopped()).exists():
        raise Conflict("Access from outside is stopped here.")
    if guests.filter(has_left_home(clock.now())).exists():
        raise Conflict(
            "They have left an organization since they became a guest here. Remove that guest first."
        )


def check_free(scope: Scope, user_id: uuid.UUID, package_id: uuid.UUID) -> None:
    """A package may be held already, or kept apart from one that is.

    When it was asked for, what it is kept apart from may have been a request like itself.
    """
    rows = Assignment.objects.in_scope(scope).filter(user_id=user_id).exclude(ends_at__lte=clock.now())
    if rows.filter(package_id=package_id).exists():
        raise Conflict("They have this access already.")
    other = find_incompatible(scope.tenant_id, package_id, rows)
    if other:
        message = f"This access cannot be held together with {other}."
        raise Conflict(message)
