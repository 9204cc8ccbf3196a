"""How often, and for how long, the same thing is asked of the same people."""

from datetime import timedelta
from typing import Final

from django.db.models import Q

from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.core.errors import Conflict
from tidegate.entitlements.models import AccessPackage, AssignmentRequest
from tidegate.entitlements.reach import is_offered
from tidegate.entitlements.words import RequestState, RequestType

IN_VAIN_AT_MOST: Final = 5
"""How many requests of one person for one package may come to nothing within a day."""

TRIED_WITHIN: Final = timedelta(days=14)
"""How long a delivery that failed can be tried again (Microsoft, "Reprocess requests")."""


def check_not_too_often(actor: Actor, package: AccessPackage) -> None:
    """Raise Conflict for who has asked for a package, in vain, as often as approvers are told of it in a day.

    Each request mails them, and taking it back costs nothing. Of an emergency package what nobody answered
    does not count: colleagues may well be asleep.
    """
    states = [RequestState.CANCELED, *([] if package.is_break_glass else [RequestState.DENIED])]
    asked = AssignmentRequest.objects.of_tenant(package.tenant_id).filter(
        Q(requestor_id=actor.account_id),
        package_id=package.id,
        state__in=states,
        created_at__gt=clock.now() - timedelta(days=1),
    )
    if asked.count() >= IN_VAIN_AT_MOST:
        raise Conflict("You have asked for this five times within a day; ask again tomorrow.")


def check_may_try_again(request: AssignmentRequest) -> None:
    """Raise Conflict for a failed delivery that is too old, or of somebody who could no longer ask for it."""
    if clock.now() > (request.decided_at or request.created_at) + TRIED_WITHIN:
        raise Conflict("This was to be delivered more than 14 days ago; it can be asked for again.")
    asked = request.request_type in {RequestType.USER_ADD, RequestType.USER_EXTEND}
    if asked and request.requestor and not is_offered(request.requestor, request.policy):
        raise Conflict("This access is no longer offered to them under the policy by which they asked.")
