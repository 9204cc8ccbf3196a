"""`/assignmentRequests`: somebody asks, or an administrator gives and takes away."""

from typing import Final

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.entitlements.actions.assignments import reprocess_request
from tidegate.entitlements.actions.requests import cancel_request
from tidegate.entitlements.inbox import list_pending
from tidegate.entitlements.listing import all_requests, find_own_request, find_request, own_requests_of
from tidegate.entitlements.models import AssignmentRequest
from tidegate.graph.answers import answer_no_content
from tidegate.graph.bodies import Body
from tidegate.graph.entitlement.asking import act_on
from tidegate.graph.entitlement.persons import scope_of_person
from tidegate.graph.entitlement.rendering import package_renderer
from tidegate.graph.entitlement.request_reading import read_wish
from tidegate.graph.entitlement.request_rendering import own_renderer, request_renderer
from tidegate.graph.entitlement.resources import OWN_REQUESTS, PACKAGES, REQUESTS
from tidegate.graph.keys import read_key
from tidegate.graph.objects import answer_number, answer_objects, answer_one
from tidegate.oauth.endpoint import Call

ROOT: Final = "identityGovernance/entitlementManagement"
PATH: Final = f"{ROOT}/assignmentRequests"


def list_all(call: Call) -> HttpResponseBase:
    """The requests for all packages."""
    return answer_objects(call, PATH, all_requests(call.scope), REQUESTS, request_renderer(call.scope))


def count_all(call: Call) -> HttpResponseBase:
    """How many there are."""
    return answer_number(call, all_requests(call.scope), REQUESTS)


def list_own(call: Call, on: str) -> HttpResponseBase:
    """What the person has asked for, or may decide now, for whom the application acts."""
    scope = scope_of_person(call, Permission.ENTITLEMENT_READ)
    rows: QuerySet[AssignmentRequest]
    match on.lower():
        case "target" | "createdby":
            rows = own_requests_of(scope)
        case "approver":
            rows = list_pending(scope.actor, scope.tenant_id)
        case _:
            raise InvalidInput(fields={"on": "must be target, createdBy or approver"})
    return answer_objects(call, PATH, rows, OWN_REQUESTS, own_renderer(scope))


def show(call: Call, key: str) -> HttpResponseBase:
    """One request; one's own needs no permission to read others'."""
    return _answer(call, _find(call, key))


def show_package(call: Call, key: str) -> HttpResponseBase:
    """The package that a request is for."""
    request = find_request(call.scope, read_key(key))
    render = package_renderer(call.scope)
    return answer_one(call, f"{ROOT}/accessPackages", request.package, PACKAGES, render)


def create(call: Call) -> HttpResponseBase:
    """Ask, give or take away, as the kind of request says."""
    wish = read_wish(Body(call.read_json()))
    return _answer(call, act_on(call, wish), status=201)


def cancel(call: Call, key: str) -> HttpResponseBase:
    """Take back a request of one's own that nobody has decided."""
    scope = scope_of_person(call, Permission.ENTITLEMENT_MANAGE)
    cancel_request(scope.actor, scope.tenant_id, read_key(key))
    return answer_no_content()


def reprocess(call: Call, key: str) -> HttpResponseBase:
    """Try a delivery that failed again."""
    reprocess_request(call.scope, read_key(key))
    return HttpResponse(status=202)


def _answer(call: Call, request: AssignmentRequest, *, status: int = 200) -> HttpResponseBase:
    if call.scope.allows(Permission.ENTITLEMENT_READ):
        whole = find_request(call.scope, request.id)
        return answer_one(call, PATH, whole, REQUESTS, request_renderer(call.scope), status=status)
    return answer_one(call, PATH, request, OWN_REQUESTS, own_renderer(call.scope), status=status)


def _find(call: Call, key: str) -> AssignmentRequest:
    request_id = read_key(key)
    if call.scope.entry.user_id is not None and not call.scope.allows(Permission.ENTITLEMENT_READ):
        scope = scope_of_person(call, Permission.ENTITLEMENT_READ)
        return find_own_request(scope, request_id)
    return find_request(call.scope, request_id)
