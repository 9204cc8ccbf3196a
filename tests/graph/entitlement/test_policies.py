from datetime import timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast
from tests.entitlements.offering import connect, make_package
from tests.graph.speaking import speak
from tidegate.core.errors import InvalidInput
from tidegate.entitlements.models import AssignmentPolicy
from tidegate.entitlements.terms import Terms
from tidegate.entitlements.words import ExpirationType, TargetScope
from tidegate.graph.bodies import Body
from tidegate.graph.entitlement.policy_reading import read_terms

pytestmark = pytest.mark.usefixtures("now")
PATH = "identityGovernance/entitlementManagement/assignmentPolicies"
ALL = "EntitlementManagement.ReadWrite.All"
USER = "0a1b2c3d-0000-4000-8000-000000000001"
BY_USER = {"@odata.type": "#microsoft.graph.singleUser", "userId": USER}


def read(**members: Any) -> Terms:
    return read_terms(Body({"displayName": "P", **members}))


def test_guides_policy_is_written_and_read_back(cast: Cast) -> None:
    """Microsoft's guide for providers: their people ask, the approvers decide, a year, reviewed yearly."""
    organization, package = connect(cast.customer, cast.provider), make_package(cast.customer)
    approvers = {"@odata.type": "#microsoft.graph.groupMembers", "groupId": str(cast.group("Tier 1").id)}
    alternate = {"@odata.type": "#microsoft.graph.singleUser", "userId": str(cast.user("admin").id)}
    stage = {
        "durationBeforeAutomaticDenial": "P14D",
        "isApproverJustificationRequired": True,
        "isEscalationEnabled": True,
        "durationBeforeEscalation": "P7D",
        "primaryApprovers": [approvers],
        "escalationApprovers": [alternate],
    }
    review = {
        "isEnabled": True,
        "expirationBehavior": "removeAccess",
        "isSelfReview": False,
        "schedule": {
            "startDateTime": "2026-04-01T00:00:00Z",
            "expiration": {"type": "afterDuration", "duration": "P20D"},
            "recurrence": {
                "pattern": {"type": "absoluteMonthly", "interval": 12},
                "range": {"type": "noEnd"},
            },
        },
        "primaryReviewers": [approvers],
    }
    question = {
        "@odata.type": "#microsoft.graph.accessPackageMultipleChoiceQuestion",
        "isRequired": True,
        "text": "Which shift?",
        "choices": [{"actualValue": "Day", "text": "Day"}, {"actualValue": "Night", "text": "Night"}],
    }
    body = {
        "displayName": "Analysts",
        "description": "d",
        "accessPackage": {"id": str(package.id)},
        "allowedTargetScope": "SpecificConnectedOrganizationUsers",
        "specificAllowedTargets": [
            {
                "@odata.type": "#microsoft.graph.connectedOrganizationMembers",
                "connectedOrganizationId": str(organization.id),
            }
        ],
        "expiration": {"type": "afterDuration", "duration": "P180D"},
        "requestApprovalSettings": {"isApprovalRequiredForAdd": True, "stages": [stage]},
        "requestorSettings": {"enableTargetsToSelfAddAccess": True, "allowCustomAssignmentSchedule": False},
        "reviewSettings": review,
        "questions": [question],
    }
    program = speak(cast, ALL)

    made = program.post(PATH, body)

    assert made.status == 201, made.body
    read_back = program.get(f"{PATH}/{made.body['id']}?$expand=accessPackage").body
    assert read_back["allowedTargetScope"] == "specificConnectedOrganizationUsers"
    assert read_back["accessPackage"]["id"] == str(package.id)
    assert read_back["specificAllowedTargets"][0]["description"] == "Harbour Watch"
    assert read_back["expiration"] == {"type": "afterDuration", "duration": "P180D", "endDateTime": None}
    kept = read_back["requestApprovalSettings"]["stages"][0]
    assert (kept["durationBeforeAutomaticDenial"], kept["durationBeforeEscalation"]) == ("P14D", "P7D")
    assert kept["primaryApprovers"] == [{**approvers, "description": "Tier 1"}]
    assert kept["escalationApprovers"] == [{**alternate, "description": "Admin"}]
    assert read_back["reviewSettings"]["schedule"]["recurrence"]["pattern"]["interval"] == 12
    assert read_back["reviewSettings"]["expirationBehavior"] == "removeAccess"
    assert read_back["requestorSettings"]["allowCustomAssignmentSchedule"] is False
    assert [choice["text"] for choice in read_back["questions"][0]["choices"]] == ["Day", "Night"]


def test_policy_written_back_as_it_was_read_stays_the_same(cast: Cast) -> None:
    package, program = make_package(cast.customer), speak(cast, ALL)
    made = program.post(PATH, {"displayName": "P", "accessPackage": {"id": str(package.id)}}).body
    columns = AssignmentPolicy.rows.values().get(id=made["id"])

    assert (
        program.put(f"{PATH}/{made['id']}", {name: made[name] for name in made if "@" not in name}).status
        == 200
    )

    assert AssignmentPolicy.rows.values().get(id=made["id"]) == columns


def test_policy_may_name_nobody_yet(cast: Cast) -> None:
    package = make_package(cast.customer)
    body = {
        "displayName": "P",
        "allowedTargetScope": "specificConnectedOrganizationUsers",
        "accessPackage": {"id": str(package.id)},
    }

    made = speak(cast, ALL).post(PATH, body)

    assert (made.status, made.body["specificAllowedTargets"]) == (201, [])
    assert made.body["expiration"]["duration"] == "P365D"


def test_policy_is_removed_and_its_name_free_again(cast: Cast) -> None:
    package, program = make_package(cast.customer), speak(cast, ALL)
    body = {"displayName": "P", "accessPackage": {"id": str(package.id)}}
    made = program.post(PATH, body).body

    assert program.post(PATH, body).status == 409
    assert program.delete(f"{PATH}/{made['id']}").status == 204
    assert program.post(PATH, body).status == 201


def test_expiration_is_read_in_each_of_its_kinds() -> None:
    assert read().expiration.duration == timedelta(days=365)
    assert read(expiration={"type": "afterDuration", "duration": "PT8H"}).expiration.duration == timedelta(
        hours=8
    )
    ends = {"type": "AfterDateTime", "endDateTime": "2027-01-01T00:00:00Z"}
    assert read(expiration=ends).expiration.type == ExpirationType.AFTER_DATE_TIME
    never = read(expiration={"type": "noExpiration"}, description="Agreed with the board.").expiration
    assert (never.type, never.reason) == (ExpirationType.NO_EXPIRATION, "Agreed with the board.")


def test_approval_that_is_not_required_has_no_stages() -> None:
    stages = [{"primaryApprovers": [BY_USER]}]

    terms = read(requestApprovalSettings={"isApprovalRequiredForAdd": False, "stages": stages})

    assert terms.stages == ()


def test_questions_stand_in_their_sequence() -> None:
    questions = [{"text": "Second", "sequence": 2}, {"text": {"defaultText": "First"}, "sequence": 1}]

    assert [each.text for each in read(questions=questions).questions] == ["First", "Second"]


def test_reviews_come_round_from_now_unless_it_is_said() -> None:
    review = read(reviewSettings={"isEnabled": True}).review

    assert review is not None
    assert (review.starts_at, review.every_months, review.is_self_review) == (NOW, 12, True)
    assert read(reviewSettings={"isEnabled": False}).review is None


def test_scope_is_nobody_by_itself() -> None:
    assert read().target_scope == TargetScope.NOT_SPECIFIED


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"allowedTargetScope": "allExternalUsers"}, "allowedTargetScope"),
        ({"allowedTargetScope": "everybody"}, "allowedTargetScope"),
        ({"surprise": 1}, "surprise"),
        ({"expiration": {"type": "noExpiration"}}, "expiration/type"),
        ({"expiration": {"type": "afterDuration"}}, "expiration/duration"),
        ({"expiration": {"type": "afterDateTime"}}, "expiration/endDateTime"),
        ({"expiration": {"type": "sometime"}}, "expiration/type"),
        ({"specificAllowedTargets": [{"userId": USER}]}, "specificAllowedTargets/0/@odata.type"),
        ({"specificAllowedTargets": [{"@odata.type": "#microsoft.graph.attributeRuleMembers"}]},
         "specificAllowedTargets/0/@odata.type"),
        ({"specificAllowedTargets": [{**BY_USER, "userId": "x"}]}, "specificAllowedTargets/0/userId"),
        ({"requestApprovalSettings": {"isApprovalRequiredForAdd": True}}, "requestApprovalSettings/stages"),
        ({"requestApprovalSettings": {"stages": [{"fallbackPrimaryApprovers": [BY_USER]}]}},
         "requestApprovalSettings/stages/0/fallbackPrimaryApprovers"),
        ({"requestApprovalSettings": {"stages": [{"primaryApprovers": [
            {"@odata.type": "#microsoft.graph.targetUserSponsors"}]}]}},
         "requestApprovalSettings/stages/0/primaryApprovers/0/@odata.type"),
        ({"requestApprovalSettings": {"stages": [{"primaryApprovers": [
            {"@odata.type": "#microsoft.graph.requestorManager", "managerLevel": 2}]}]}},
         "requestApprovalSettings/stages/0/primaryApprovers/0/managerLevel"),
        ({"requestorSettings": {"enableTargetsToSelfRemoveAccess": False}},
         "requestorSettings/enableTargetsToSelfRemoveAccess"),
        ({"requestorSettings": {"enableOnBehalfRequestorsToAddAccess": True}},
         "requestorSettings/enableOnBehalfRequestorsToAddAccess"),
        ({"automaticRequestSettings": {"requestAccessForAllowedTargets": True}},
         "automaticRequestSettings/requestAccessForAllowedTargets"),
        ({"questions": [{"text": "Q", "regexPattern": "[a-z]"}]}, "questions/0/regexPattern"),
        ({"questions": [{"text": "Q", "isMultipleSelectionAllowed": True}]},
         "questions/0/isMultipleSelectionAllowed"),
        ({"reviewSettings": {"isEnabled": True, "isSelfReview": True, "primaryReviewers": [BY_USER]}},
         "reviewSettings/isSelfReview"),
        ({"reviewSettings": {"schedule": {"recurrence": {"pattern": {"type": "daily"}}}}},
         "reviewSettings/schedule/recurrence/pattern/type"),
        ({"reviewSettings": {"schedule": {"recurrence": {"range": {"type": "numbered"}}}}},
         "reviewSettings/schedule/recurrence/range/type"),
    ],
)  # fmt: skip
def test_what_the_product_does_not_keep_is_refused_by_name(members: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(**members)

    assert list(refused.value.fields) == [named]
