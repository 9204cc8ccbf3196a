"""What becomes of a request by its kind: each is one action of the product.

What people ask for themselves takes a token of an application that acts for them. Emergencies are asked for
in the portal alone, where whoever asks shows once more who they are.
"""

from collections.abc import Callable, Mapping
from typing import Final

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Forbidden, InvalidInput
from tidegate.entitlements.actions.assignments import assign_directly, remove_assignment
from tidegate.entitlements.actions.renewing import renew_assignment
from tidegate.entitlements.actions.requests import give_up, request_access, request_extension
from tidegate.entitlements.listing import all_requests
from tidegate.entitlements.models import AssignmentRequest
from tidegate.entitlements.offers import find_offers
from tidegate.entitlements.words import RequestType
from tidegate.graph.entitlement.persons import scope_of_person
from tidegate.graph.entitlement.request_reading import Wish, need
from tidegate.notifications.actions.invitations import queue_invitation
from tidegate.oauth.endpoint import Call


def act_on(call: Call, wish: Wish) -> AssignmentRequest:
    """Do what is wished; the request that is left of it."""
    return _ACTIONS[wish.kind](call, wish)


def _add_for_oneself(call: Call, wish: Wish) -> AssignmentRequest:
    scope = scope_of_person(call, Permission.ENTITLEMENT_MANAGE)
    package_id = need(wish.package_id, "assignment/accessPackageId")
    offers = find_offers(scope.actor, scope.tenant_id, package_id)
    if offers[0].package.is_break_glass:
        raise Forbidden("An emergency is asked for in the portal, where you show once more who you are.")
    policies = [offer.policy.id for offer in offers]
    if wish.policy_id is None and len(policies) > 1:
        known = ", ".join(map(str, policies))
        raise InvalidInput(fields={"assignment/assignmentPolicyId": f"must be one of: {known}"})
    return request_access(
        scope.actor,
        scope.tenant_id,
        package_id,
        wish.policy_id or policies[0],
        justification=wish.justification,
        answers=wish.answers,
        duration=wish.duration,
        starts_at=wish.starts_at,
    )


def _extend_own(call: Call, wish: Wish) -> AssignmentRequest:
    scope = scope_of_person(call, Permission.ENTITLEMENT_MANAGE)
    assignment_id = need(wish.assignment_id, "assignment/id")
    return request_extension(
        scope.actor,
        scope.tenant_id,
        assignment_id,
        justification=wish.justification,
        duration=wish.duration,
    )


def _give_up_own(call: Call, wish: Wish) -> AssignmentRequest:
    scope = scope_of_person(call, Permission.ENTITLEMENT_MANAGE)
    assignment_id = need(wish.assignment_id, "assignment/id")
    return give_up(scope.actor, scope.tenant_id, assignment_id, justification=wish.justification)


def _give(call: Call, wish: Wish) -> AssignmentRequest:
    given = assign_directly(
        call.scope,
        need(wish.package_id, "assignment/accessPackageId"),
        need(wish.policy_id, "assignment/assignmentPolicyId"),
        user_id=wish.target_id,
        email="" if wish.target_id else need(wish.target_email or None, "assignment/targetId"),
        duration=wish.duration,
        starts_at=wish.starts_at,
        justification=wish.justification,
    )
    if given.invited is not None:
        # Graph has nowhere to put the link: it goes to whom it is for.
        queue_invitation(call.scope, given.invited)
    return given.request


def _renew(call: Call, wish: Wish) -> AssignmentRequest:
    if wish.duration is not None or wish.starts_at is not None:
        raise InvalidInput(fields={"schedule": "cannot be chosen: access is renewed as its policy says"})
    assignment = renew_assignment(call.scope, need(wish.assignment_id, "assignment/id"))
    made = all_requests(call.scope).filter(assignment_id=assignment.id, request_type=RequestType.ADMIN_UPDATE)
    return made[0]


def _take_away(call: Call, wish: Wish) -> AssignmentRequest:
    assignment_id = need(wish.assignment_id, "assignment/id")
    return remove_assignment(call.scope, assignment_id, justification=wish.justification)


_ACTIONS: Final[Mapping[RequestType, Callable[[Call, Wish], AssignmentRequest]]] = {
    RequestType.USER_ADD: _add_for_oneself,
    RequestType.USER_EXTEND: _extend_own,
    RequestType.USER_REMOVE: _give_up_own,
    RequestType.ADMIN_ADD: _give,
    RequestType.ADMIN_UPDATE: _renew,
    RequestType.ADMIN_REMOVE: _take_away,
}
