"""Requests as Graph shows them (Microsoft, "accessPackageAssignmentRequest resource type")."""

from collections.abc import Mapping, Sequence
from typing import Final

from tidegate.authorization.scope import Scope
from tidegate.entitlements.listing import assignments_of_requests, requestors_of
from tidegate.entitlements.models import AssignmentRequest
from tidegate.entitlements.words import RequestType
from tidegate.graph.entitlement.assignments import assignment_renderer
from tidegate.graph.entitlement.rendering import package_renderer, render_package
from tidegate.graph.entitlement.subjects import render_requestor, render_schedule
from tidegate.graph.objects import Document, Render
from tidegate.incidents.document import format_time
from tidegate.odata.query import Query

# Graph's v1.0 has no word for an extension but this.
_WORD_OF: Final = {RequestType.USER_EXTEND: "userUpdate"}


def request_renderer(scope: Scope) -> Render[AssignmentRequest]:
    """Requests with what was asked to be given with them."""

    def render(requests: Sequence[AssignmentRequest], query: Query) -> list[Document]:
        documents = _render_all(scope, requests, query)
        if found := query.expansion("accessPackage"):
            packages = package_renderer(scope)([one.package for one in requests], found.query)
            for document, package in zip(documents, packages, strict=True):
                document["accessPackage"] = package
        if found := query.expansion("assignment"):
            held = {one.id: one for one in assignments_of_requests(scope, requests)}
            given = assignment_renderer(scope)(list(held.values()), found.query)
            by_id = dict(zip(held, given, strict=True))
            for document, request in zip(documents, requests, strict=True):
                document["assignment"] = by_id.get(request.assignment_id) if request.assignment_id else None
        return [*documents]

    return render


def own_renderer(scope: Scope) -> Render[AssignmentRequest]:
    """The same for who asked or decides, who need not be let to read how packages are put together."""

    def render(requests: Sequence[AssignmentRequest], query: Query) -> list[Document]:
        documents = _render_all(scope, requests, query)
        if query.expansion("accessPackage"):
            for document, request in zip(documents, requests, strict=True):
                document["accessPackage"] = render_package(request.package)
        return [*documents]

    return render


def _render_all(scope: Scope, requests: Sequence[AssignmentRequest], query: Query) -> list[dict[str, object]]:
    documents = [_render(request) for request in requests]
    if found := query.expansion("requestor"):
        users = requestors_of(scope, requests)
        for document, request in zip(documents, requests, strict=True):
            document["requestor"] = render_requestor(request, users, found.query)
    return documents


def _render(request: AssignmentRequest) -> dict[str, object]:
    kind = RequestType(request.request_type)
    return {
        "id": str(request.id),
        "requestType": _WORD_OF.get(kind, kind.value),
        "state": request.state,
        "status": request.status or request.state[0].upper() + request.state[1:],
        "createdDateTime": format_time(request.created_at),
        "completedDateTime": format_time(request.completed_at),
        "justification": request.justification or None,
        "schedule": render_schedule(request.asked_starts_at, duration=request.asked_duration),
        "answers": [_render_answer(answer) for answer in request.answers],
    }


def _render_answer(answer: Mapping[str, str]) -> Document:
    return {
        "@odata.type": "#microsoft.graph.accessPackageAnswerString",
        "displayValue": answer["answer"],
        "value": answer["answer"],
        "answeredQuestion": {
            "@odata.type": "#microsoft.graph.accessPackageTextInputQuestion",
            "id": answer["id"],
            "text": answer["question"],
        },
    }
