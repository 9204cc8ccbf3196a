"""`/assignments`: access in force, to come, or over."""

from collections.abc import Sequence
from typing import Final

from django.http import HttpResponseBase

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core.errors import InvalidInput
from tidegate.entitlements.listing import all_assignments, find_assignment, own_assignments_of
from tidegate.entitlements.models import Assignment
from tidegate.graph.entitlement.persons import scope_of_person
from tidegate.graph.entitlement.policy_rendering import policy_renderer
from tidegate.graph.entitlement.rendering import package_renderer, render_package
from tidegate.graph.entitlement.resources import ASSIGNMENTS, OWN_ASSIGNMENTS, PACKAGES, POLICIES
from tidegate.graph.entitlement.subjects import render_schedule, render_target
from tidegate.graph.keys import read_key
from tidegate.graph.objects import Document, Render, answer_number, answer_objects, answer_one
from tidegate.incidents.document import format_time
from tidegate.oauth.endpoint import Call
from tidegate.odata.query import Query

ROOT: Final = "identityGovernance/entitlementManagement"
PATH: Final = f"{ROOT}/assignments"
_STATUS: Final = {"delivering": "Delivering", "delivered": "Delivered", "expired": "Expired"}


def list_all(call: Call) -> HttpResponseBase:
    """What anybody holds, held or will hold."""
    render = assignment_renderer(call.scope)
    return answer_objects(call, PATH, all_assignments(call.scope), ASSIGNMENTS, render)


def count_all(call: Call) -> HttpResponseBase:
    """How many there are."""
    return answer_number(call, all_assignments(call.scope), ASSIGNMENTS)


def list_own(call: Call, on: str) -> HttpResponseBase:
    """What the person holds for whom the application acts."""
    if on.lower() not in {"target", "createdby"}:
        raise InvalidInput(fields={"on": "must be target"})
    scope = scope_of_person(call, Permission.ENTITLEMENT_READ)
    return answer_objects(call, PATH, own_assignments_of(scope), OWN_ASSIGNMENTS, render_own)


def show(call: Call, key: str) -> HttpResponseBase:
    """One of them."""
    assignment = find_assignment(call.scope, read_key(key))
    return answer_one(call, PATH, assignment, ASSIGNMENTS, assignment_renderer(call.scope))


def show_package(call: Call, key: str) -> HttpResponseBase:
    """The package of an assignment."""
    assignment = find_assignment(call.scope, read_key(key))
    render = package_renderer(call.scope)
    return answer_one(call, f"{ROOT}/accessPackages", assignment.package, PACKAGES, render)


def show_policy(call: Call, key: str) -> HttpResponseBase:
    """The policy under which an assignment was given."""
    assignment = find_assignment(call.scope, read_key(key))
    render = policy_renderer(call.scope)
    return answer_one(call, f"{ROOT}/assignmentPolicies", assignment.policy, POLICIES, render)


def assignment_renderer(scope: Scope) -> Render[Assignment]:
    """Assignments with what was asked to be given with them."""

    def render(assignments: Sequence[Assignment], query: Query) -> list[Document]:
        documents = [_render(assignment, query) for assignment in assignments]
        if found := query.expansion("accessPackage"):
            packages = package_renderer(scope)([one.package for one in assignments], found.query)
            _put(documents, "accessPackage", packages)
        if found := query.expansion("assignmentPolicy"):
            policies = policy_renderer(scope)([one.policy for one in assignments], found.query)
            _put(documents, "assignmentPolicy", policies)
        return [*documents]

    return render


def render_own(assignments: Sequence[Assignment], query: Query) -> list[Document]:
    """The same for who holds them, who need not be let to read how packages are put together."""
    documents = [_render(assignment, query) for assignment in assignments]
    if query.expansion("accessPackage"):
        _put(documents, "accessPackage", [render_package(one.package) for one in assignments])
    return [*documents]


def _put(documents: Sequence[dict[str, object]], name: str, values: Sequence[Document]) -> None:
    for document, value in zip(documents, values, strict=True):
        document[name] = value


def _render(assignment: Assignment, query: Query) -> dict[str, object]:
    state: str = assignment.state_now  # type: ignore[attr-defined]  # an annotation of the rows
    is_over = state == "expired"
    document: dict[str, object] = {
        "id": str(assignment.id),
        "expiredDateTime": format_time(assignment.ends_at) if is_over else None,
        "schedule": render_schedule(assignment.starts_at, ends_at=assignment.ends_at),
        "state": state,
        "status": _STATUS[state],
    }
    if found := query.expansion("target"):
        document["target"] = render_target(assignment, found.query)
    return document
