"""What people do through a program: ask for themselves, decide on others."""

from datetime import timedelta

import pytest

from tests.cast import NOW, Cast
from tests.entitlements.offering import by_user, make_package, make_policy, offer_to_provider
from tests.graph.speaking import Speaker, speak, speak_for
from tidegate.core.clock import standing_at
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.models import AssignmentPolicy, AssignmentRequest, RequestStage
from tidegate.entitlements.rules import Question, StageRule
from tidegate.entitlements.words import RequestState, TargetScope

pytestmark = pytest.mark.usefixtures("now")
ROOT = "identityGovernance/entitlementManagement"
REQUESTS = f"{ROOT}/assignmentRequests"
ALL = "EntitlementManagement.ReadWrite.All"
QUESTION = "7e3f0d6e-0000-4000-8000-000000000001"


def offer(cast: Cast) -> AssignmentPolicy:
    """To the provider, and the customer's member decides."""
    return offer_to_provider(cast, stages=(StageRule((by_user(cast.user("member")),)),))


def ask(cast: Cast, policy: AssignmentPolicy, name: str = "helper") -> AssignmentRequest:
    return request_access(cast.actor(name), cast.customer.id, policy.package_id, policy.id)


def stage_path(request: AssignmentRequest) -> str:
    stage = RequestStage.rows.get(request_id=request.id)
    return f"{ROOT}/accessPackageAssignmentApprovals/{request.id}/stages/{stage.id}"


def approver(cast: Cast) -> Speaker:
    """Who decides has no role in the tenant at all."""
    return speak_for(cast, cast.user("member"), ALL)


def test_guest_asks_for_more_and_takes_it_back(cast: Cast) -> None:
    policy, guest = offer(cast), speak_for(cast, cast.user("helper"), ALL)
    body = {
        "requestType": "UserAdd",
        "assignment": {"accessPackageId": str(policy.package_id)},
        "justification": "On duty",
    }

    offered = guest.get(f"{ROOT}/accessPackages/filterByCurrentUser(on='allowedRequestor')").values
    asked = guest.post(REQUESTS, body)

    assert [one["displayName"] for one in offered] == ["Tier 2 access"]
    assert (asked.status, asked.body["state"], asked.body["justification"]) == (
        201,
        "pendingApproval",
        "On duty",
    )
    own = guest.get(f"{REQUESTS}/filterByCurrentUser(on='target')?$expand=accessPackage,requestor").values
    assert [(one["id"], one["requestor"]["objectId"]) for one in own] == [
        (asked.body["id"], str(cast.user("helper").id))
    ]
    assert guest.get(f"{REQUESTS}/{asked.body['id']}").status == 200
    assert guest.post(REQUESTS, body).code == (409, "Conflict")
    assert guest.post(f"{REQUESTS}/{asked.body['id']}/cancel").status == 204
    assert guest.post(f"{REQUESTS}/{asked.body['id']}/cancel").status == 409
    assert AssignmentRequest.rows.get().state == RequestState.CANCELED


def test_answers_are_kept_beside_their_questions(cast: Cast) -> None:
    question = Question(QUESTION, "Which shift?", is_required=True)
    policy = offer_to_provider(cast, questions_json=[question.write()])
    guest = speak_for(cast, cast.user("helper"), ALL)
    answer = {
        "@odata.type": "#microsoft.graph.accessPackageAnswerString",
        "value": "Night",
        "answeredQuestion": {"id": QUESTION},
    }
    body = {"requestType": "userAdd", "assignment": {"accessPackageId": str(policy.package_id)}}

    refused, asked = guest.post(REQUESTS, body), guest.post(REQUESTS, {**body, "answers": [answer]})

    assert refused.status == 400
    assert [(one["answeredQuestion"]["text"], one["value"]) for one in asked.body["answers"]] == [
        ("Which shift?", "Night")
    ]
    assert asked.body["state"] == "delivered"


def test_holder_extends_and_gives_up(cast: Cast) -> None:
    policy = offer_to_provider(cast)
    guest, request = speak_for(cast, cast.user("helper"), ALL), ask(cast, policy)
    about = {"id": str(request.assignment_id)}

    held = guest.get(f"{ROOT}/assignments/filterByCurrentUser(on='target')?$expand=accessPackage").values
    assert [(one["id"], one["state"]) for one in held] == [(about["id"], "delivered")]
    with standing_at(NOW + timedelta(days=9)):
        later = speak_for(cast, cast.user("helper"), ALL, program=guest.program)
        extended = later.post(REQUESTS, {"requestType": "userExtend", "assignment": about})
    assert (extended.status, extended.body["requestType"]) == (201, "userUpdate")
    given_up = guest.post(REQUESTS, {"requestType": "userRemove", "assignment": about})
    assert (given_up.status, given_up.body["requestType"]) == (201, "userRemove")


@pytest.mark.parametrize("kind", ["userAdd", "userExtend", "userRemove"])
def test_application_asks_for_nothing_itself(cast: Cast, kind: str) -> None:
    policy = offer(cast)
    about = {"accessPackageId": str(policy.package_id), "id": str(policy.id)}

    answer = speak(cast, ALL).post(REQUESTS, {"requestType": kind, "assignment": about})

    assert answer.code == (403, "Authorization_RequestDenied")


def test_person_asks_only_through_an_application_that_may(cast: Cast) -> None:
    policy = offer(cast)
    reader = speak_for(cast, cast.user("helper"), "EntitlementManagement.Read.All")
    about = {"accessPackageId": str(policy.package_id)}

    assert reader.get(f"{REQUESTS}/filterByCurrentUser(on='target')").values == []
    assert reader.post(REQUESTS, {"requestType": "userAdd", "assignment": about}).status == 403
    basic = speak_for(cast, cast.user("helper"), "User.Read")
    assert basic.get(f"{REQUESTS}/filterByCurrentUser(on='target')").status == 403


def test_what_is_not_offered_reads_like_what_is_not_there(cast: Cast) -> None:
    package = make_package(cast.customer)
    make_policy(package, TargetScope.ALL_MEMBERS)
    guest = speak_for(cast, cast.user("helper"), ALL)

    answers = [
        guest.post(REQUESTS, {"requestType": "userAdd", "assignment": {"accessPackageId": found}})
        for found in (str(package.id), QUESTION)
    ]

    assert {answer.code for answer in answers} == {(404, "ResourceNotFound")}
    assert len({answer.message for answer in answers}) == 1


def test_approver_sees_what_waits_and_decides_once(cast: Cast) -> None:
    request = ask(cast, offer(cast))
    speaker, path = approver(cast), stage_path(request)

    waiting = speaker.get(
        f"{ROOT}/accessPackageAssignmentApprovals/filterByCurrentUser(on='approver')?$expand=stages"
    ).values
    assert [(one["id"], one["stages"][0]["assignedToMe"], one["stages"][0]["status"]) for one in waiting] == [
        (str(request.id), True, "InProgress")
    ]
    decision = {"reviewResult": "Approve", "justification": "On duty"}
    assert speaker.patch(path, {"reviewResult": "Perhaps"}).status == 400
    assert speaker.patch(path, {"reviewResult": "Approve"}).status == 400
    assert speaker.patch(path, decision).status == 204
    assert speaker.patch(path, decision).code == (409, "Conflict")
    stage = speaker.get(path).body
    assert (stage["reviewResult"], stage["reviewedBy"]["displayName"], stage["status"]) == (
        "Approved", "Member", "Completed",
    )  # fmt: skip
    assert AssignmentRequest.rows.get(id=request.id).state == RequestState.DELIVERED


def test_nobody_decides_their_own_request(cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(StageRule((by_user(cast.user("helper")),)),))
    request = ask(cast, policy)
    guest = speak_for(cast, cast.user("helper"), ALL)

    answer = guest.patch(stage_path(request), {"reviewResult": "Approve", "justification": "x"})

    assert answer.code == (403, "Authorization_RequestDenied")
    assert AssignmentRequest.rows.get(id=request.id).state == RequestState.PENDING_APPROVAL


def test_application_decides_nothing_itself(cast: Cast) -> None:
    path = stage_path(ask(cast, offer(cast)))

    answer = speak(cast, ALL).patch(path, {"reviewResult": "Approve", "justification": "x"})

    assert answer.code == (403, "Authorization_RequestDenied")


@pytest.mark.parametrize(("name", "status"), [("analyst", 404), ("admin", 403)])
def test_who_is_no_approver_learns_of_a_request_only_if_they_may_read_all(
    cast: Cast, name: str, status: int
) -> None:
    path = stage_path(ask(cast, offer(cast)))

    answer = speak_for(cast, cast.user(name), ALL).patch(path, {"reviewResult": "Deny", "justification": "x"})

    assert answer.status == status


def test_approval_of_another_tenant_reads_like_none(cast: Cast) -> None:
    request = ask(cast, offer(cast))
    outsider = speak_for(cast, cast.user("outsider", cast.other), ALL)
    path = f"{ROOT}/accessPackageAssignmentApprovals/{request.id}"

    answers = [
        outsider.get(path),
        outsider.get(f"{path}/stages"),
        outsider.patch(stage_path(request), {"reviewResult": "Approve", "justification": "x"}),
        outsider.get(f"{REQUESTS}/{request.id}"),
    ]

    assert {answer.code for answer in answers} == {(404, "ResourceNotFound")}


def test_stage_that_is_not_there_is_not_found(cast: Cast) -> None:
    request = ask(cast, offer(cast))
    path = f"{ROOT}/accessPackageAssignmentApprovals/{request.id}/stages/{request.id}"

    assert approver(cast).patch(path, {"reviewResult": "Approve", "justification": "x"}).status == 404
    assert approver(cast).get(path).status == 404


def test_emergencies_are_for_the_portal(cast: Cast) -> None:
    policy = offer_to_provider(cast)
    type(policy.package).rows.filter(id=policy.package_id).update(is_break_glass=True)
    guest = speak_for(cast, cast.user("helper"), ALL)

    answer = guest.post(
        REQUESTS, {"requestType": "userAdd", "assignment": {"accessPackageId": str(policy.package_id)}}
    )

    assert answer.code == (403, "Authorization_RequestDenied")


def test_request_of_another_form_is_refused_by_name(cast: Cast) -> None:
    program = speak(cast, ALL)

    for body, named in (
        ({"requestType": "systemAdd"}, "requestType"),
        ({"requestType": "adminAdd"}, "assignment/accessPackageId"),
        ({"requestType": "adminRemove", "assignment": {"id": "x"}}, "assignment/id"),
        ({"requestType": "adminRemove"}, "assignment/id"),
        ({"requestType": "adminAdd", "schedule": {"expiration": {"type": "afterDuration"}}}, "schedule"),
        ({"requestType": "adminAdd", "surprise": 1}, "surprise"),
    ):
        answer = program.post(REQUESTS, body)
        assert (answer.status, named in answer.message) == (400, True), (body, answer.body)
