"""What is answered, held against Microsoft's own description of each call."""

from typing import Any

import pytest

from tests.cast import NOW, Cast
from tests.entitlements.offering import (
    by_user,
    connect,
    keep_apart,
    make_package,
    make_policy,
    offer_to_provider,
)
from tests.graph.official import faults, needs_description
from tests.graph.speaking import speak, speak_for
from tidegate.directory.models import Tenant
from tidegate.entitlements.actions.organizations import add_sponsor
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.models import AssignmentRequest
from tidegate.entitlements.rules import Approver, Question, ReviewRule, StageRule
from tidegate.entitlements.words import ApproverKind, TargetScope
from tidegate.graph.directory.people import USERS

pytestmark = [pytest.mark.usefixtures("now"), needs_description]
ROOT = "identityGovernance/entitlementManagement"
READ = (
    "Organization.Read.All", "User.Read.All", "CrossTenantInformation.ReadBasic.All", "User.Invite.All",
    "EntitlementManagement.ReadWrite.All",
)  # fmt: skip

EVERY_MEMBER = ",".join(USERS.selectable.values())


def fill(cast: Cast) -> AssignmentRequest:
    """One of everything, with as much said about it as there can be."""
    Tenant.objects.filter(id=cast.other.id).update(is_discoverable=True)
    stages = (
        StageRule(
            (by_user(cast.user("member")), by_user(cast.user("admin"), is_alternate=True)),
            escalate_after=NOW - NOW.replace(day=8),
        ),
        StageRule((Approver(ApproverKind.INTERNAL_SPONSORS),)),
    )
    review = ReviewRule(NOW, reviewers=(by_user(cast.user("admin")),))
    questions = [
        Question(str(cast.customer.id), "Why?"),
        Question(str(cast.other.id), "When?", choices=("A", "B")),
    ]
    policy = offer_to_provider(
        cast,
        stages=stages,
        review_json=review.write(),
        questions_json=[question.write() for question in questions],
    )
    keep_apart(policy.package, make_package(cast.customer, "Apart"))
    organization = connect(cast.customer, cast.other)
    add_sponsor(cast.enter("admin"), organization.id, user_id=cast.user("member").id, kind="internal")
    answers = {str(cast.customer.id): "Because", str(cast.other.id): "A"}
    direct = make_policy(make_package(cast.customer, "Direct"), TargetScope.ALL_DIRECTORY_USERS)
    request_access(cast.actor("member"), cast.customer.id, direct.package_id, direct.id)
    return request_access(
        cast.actor("helper"), cast.customer.id, policy.package_id, policy.id, answers=answers
    )


def test_what_is_read_fits(cast: Cast) -> None:
    request = fill(cast)
    program, package, wrong = speak(cast, *READ), request.package_id, []
    paths = [
        "organization", f"organization/{cast.customer.id}", "users", f"users?$select={EVERY_MEMBER}",
        f"users/{cast.user('analyst').id}", "users?$count=true&$top=1",
        "tenantRelationships/findTenantInformationByDomainName(domainName='other.example')",
        f"tenantRelationships/findTenantInformationByTenantId(tenantId='{cast.other.id}')",
        f"{ROOT}/settings", f"{ROOT}/catalogs", f"{ROOT}/accessPackages/{package}/catalog",
        f"{ROOT}/accessPackages?$expand=catalog,assignmentPolicies,incompatibleAccessPackages,accessPackagesIncompatibleWith,resourceRoleScopes($expand=role,scope)",
        f"{ROOT}/accessPackages/{package}", f"{ROOT}/accessPackages/{package}/incompatibleAccessPackages",
        f"{ROOT}/accessPackages/{package}/resourceRoleScopes?$expand=role,scope",
        f"{ROOT}/assignmentPolicies?$expand=accessPackage,catalog",
        f"{ROOT}/assignmentPolicies/{request.policy_id}",
        f"{ROOT}/assignmentRequests?$expand=accessPackage,assignment,requestor($expand=connectedOrganization)",
        f"{ROOT}/assignmentRequests/{request.id}",
        f"{ROOT}/assignments?$expand=accessPackage,assignmentPolicy,target",
        f"{ROOT}/accessPackageAssignmentApprovals?$expand=stages",
        f"{ROOT}/accessPackageAssignmentApprovals/{request.id}/stages",
        f"{ROOT}/connectedOrganizations?$expand=internalSponsors,externalSponsors",
    ]  # fmt: skip
    for path in paths:
        said = program.get(path)
        assert said.status == 200, (path, said.body)
        wrong += faults("GET", path, said.body)

    assert wrong == []


def test_what_is_read_of_ones_own_fits(cast: Cast) -> None:
    fill(cast)
    guest = speak_for(cast, cast.user("helper"), "EntitlementManagement.ReadWrite.All")
    approver = speak_for(cast, cast.user("member"), "EntitlementManagement.ReadWrite.All")
    wrong = []
    for person, path in (
        (guest, f"{ROOT}/accessPackages/filterByCurrentUser(on='allowedRequestor')?$expand=catalog"),
        (
            guest,
            f"{ROOT}/assignmentRequests/filterByCurrentUser(on='target')?$expand=accessPackage,requestor",
        ),
        (approver, f"{ROOT}/assignments/filterByCurrentUser(on='target')?$expand=accessPackage,target"),
        (
            approver,
            f"{ROOT}/accessPackageAssignmentApprovals/filterByCurrentUser(on='approver')?$expand=stages",
        ),
    ):
        said = person.get(path)
        assert said.values, path
        wrong += faults("GET", path, said.body)

    assert wrong == []


def test_what_is_made_fits(cast: Cast) -> None:
    program, wrong = speak(cast, *READ), []
    catalog = program.post(f"{ROOT}/catalogs", {"displayName": "C"})
    package = program.post(
        f"{ROOT}/accessPackages", {"displayName": "P", "catalog": {"id": catalog.body["id"]}}
    )
    policy = program.post(
        f"{ROOT}/assignmentPolicies", {"displayName": "R", "accessPackage": {"id": package.body["id"]}}
    )
    about = {
        "targetId": str(cast.user("helper").id),
        "assignmentPolicyId": policy.body["id"],
        "accessPackageId": package.body["id"],
    }
    source = {"@odata.type": "#microsoft.graph.domainIdentitySource", "domainName": "no.such.example"}
    invitation: dict[str, Any] = {
        "invitedUserEmailAddress": "n@elsewhere.example",
        "inviteRedirectUrl": "https://x.example",
    }
    made = {
        f"{ROOT}/catalogs": catalog,
        f"{ROOT}/accessPackages": package,
        f"{ROOT}/assignmentPolicies": policy,
        f"{ROOT}/assignmentRequests": program.post(
            f"{ROOT}/assignmentRequests", {"requestType": "adminAdd", "assignment": about}
        ),
        f"{ROOT}/connectedOrganizations": program.post(
            f"{ROOT}/connectedOrganizations", {"identitySources": [source]}
        ),
        "invitations": program.post("invitations", invitation),
    }
    for path, said in made.items():
        assert said.status == 201, (path, said.body)
        wrong += faults("POST", path, said.body)

    assert wrong == []
