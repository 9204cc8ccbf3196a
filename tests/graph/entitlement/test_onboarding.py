"""A provider is let in by program: catalog, package, policy, organization, and who is given what."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.entitlements.offering import connect, give_group, make_package, make_policy
from tests.graph.speaking import Said, Speaker, speak
from tidegate.directory.actions.groups import create_group
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.models import AccessPackage, Assignment, ConnectedOrganization, PolicyTarget
from tidegate.entitlements.words import TargetScope
from tidegate.notifications.models import Delivery

pytestmark = pytest.mark.usefixtures("now")
ROOT = "identityGovernance/entitlementManagement"
ALL = "EntitlementManagement.ReadWrite.All"


def id_of(said: Said) -> str:
    assert said.status == 201, said.body
    found: str = said.body["id"]
    return found


def make_all(program: Speaker) -> tuple[str, str]:
    """A catalog with an empty package."""
    catalog = id_of(program.post(f"{ROOT}/catalogs", {"displayName": "MSSP", "description": "d"}))
    body = {"displayName": "Tier 2", "description": "d", "isHidden": True, "catalog": {"id": catalog}}
    return catalog, id_of(program.post(f"{ROOT}/accessPackages", body))


def test_catalog_and_package_are_made_changed_and_removed(cast: Cast) -> None:
    program = speak(cast, ALL)
    catalog, package = make_all(program)

    listed = program.get(f"{ROOT}/accessPackages?$expand=catalog&$filter=isHidden eq true").values
    assert [(one["displayName"], one["catalog"]["id"]) for one in listed] == [("Tier 2", catalog)]
    assert program.patch(f"{ROOT}/accessPackages/{package}", {"displayName": "Tier 2 access"}).status == 204
    assert (
        program.get(f"{ROOT}/catalogs/{catalog}/accessPackages").values[0]["displayName"] == "Tier 2 access"
    )
    assert program.patch(f"{ROOT}/catalogs/{catalog}", {"state": "unpublished"}).status == 204
    assert program.get(f"{ROOT}/catalogs/{catalog}").body["state"] == "unpublished"
    assert program.delete(f"{ROOT}/accessPackages/{package}").status == 204
    assert program.get(f"{ROOT}/accessPackages/{package}").code == (404, "ResourceNotFound")


def test_what_was_made_says_where_it_is(cast: Cast) -> None:
    said = speak(cast, ALL).post(f"{ROOT}/catalogs", {"displayName": "MSSP"})

    assert said.headers["Location"] == f"http://testserver/v1.0/{ROOT}/catalogs/{said.body['id']}"
    assert speak(cast, ALL).post(f"{ROOT}/catalogs", {"displayName": "MSSP"}).code == (409, "Conflict")


def test_organization_is_connected_described_and_removed(cast: Cast) -> None:
    program, path = speak(cast, ALL), f"{ROOT}/connectedOrganizations"
    source = {
        "@odata.type": "#microsoft.graph.azureActiveDirectoryTenant",
        "tenantId": str(cast.provider.id),
        "displayName": "x",
    }

    made = program.post(path, {"displayName": "Harbour", "description": "d", "identitySources": [source]})

    organization = program.get(f"{path}/{id_of(made)}").body
    assert organization["identitySources"] == [{**source, "displayName": "Harbour"}]
    assert organization["state"] == "configured"
    assert program.patch(f"{path}/{organization['id']}", {"state": "proposed"}).status == 204
    assert program.get(f"{path}?$filter=state eq 'proposed'").values[0]["displayName"] == "Harbour"
    assert program.delete(f"{path}/{organization['id']}").status == 204
    assert program.get(f"{path}/{organization['id']}").status == 404


def test_organization_by_domain_tells_nothing_of_its_tenant(cast: Cast) -> None:
    """The other tenant is there and does not let itself be found."""
    source = {"@odata.type": "#microsoft.graph.domainIdentitySource", "domainName": "other.example"}

    made = speak(cast, ALL).post(f"{ROOT}/connectedOrganizations", {"identitySources": [source]})

    assert made.body["identitySources"] == [{**source, "displayName": "other.example"}]
    assert made.body["displayName"] == "other.example"


@pytest.mark.parametrize(
    "sources",
    [[], [{}], [{"@odata.type": "#microsoft.graph.socialIdentitySource"}], [{"tenantId": "1"}], "x", [1]],
)
def test_organization_needs_one_source(cast: Cast, sources: Any) -> None:
    answer = speak(cast, ALL).post(f"{ROOT}/connectedOrganizations", {"identitySources": sources})

    assert answer.code == (400, "BadRequest")
    assert "identitySources" in answer.message


def test_sponsors_are_named_and_released(cast: Cast) -> None:
    program = speak(cast, ALL)
    organization = connect(cast.customer, cast.provider)
    path = f"{ROOT}/connectedOrganizations/{organization.id}"
    inside, outside = cast.user("member"), cast.user("analyst")

    assert program.post(f"{path}/internalSponsors/$ref", {"@odata.id": f"x/users/{inside.id}"}).status == 204
    assert program.post(f"{path}/externalSponsors/$ref", {"@odata.id": f"x/users/{outside.id}"}).status == 204
    assert program.post(f"{path}/internalSponsors/$ref", {"@odata.id": f"x/users/{outside.id}"}).status == 400
    assert [user["id"] for user in program.get(f"{path}/internalSponsors").values] == [str(inside.id)]
    expanded = program.get(f"{path}?$expand=externalSponsors").body
    assert [user["id"] for user in expanded["externalSponsors"]] == [str(outside.id)]
    assert program.delete(f"{path}/externalSponsors/{outside.id}/$ref").status == 204
    assert program.delete(f"{path}/internalSponsors/$ref?@id=x/users/{inside.id}").status == 204
    assert program.get(f"{path}/internalSponsors").values == []


def test_user_is_given_a_package_and_loses_it(cast: Cast) -> None:
    program = speak(cast, ALL)
    package = make_package(cast.customer)
    give_group(package, create_group(cast.enter("admin"), display_name="Readers"))
    policy, user = make_policy(package, TargetScope.NOT_SPECIFIED), cast.user("helper")
    about = {
        "targetId": str(user.id),
        "assignmentPolicyId": str(policy.id),
        "accessPackageId": str(package.id),
    }

    given = program.post(f"{ROOT}/assignmentRequests", {"requestType": "AdminAdd", "assignment": about})

    assert (given.status, given.body["state"], given.body["requestType"]) == (201, "delivered", "adminAdd")
    held = program.get(f"{ROOT}/assignments?$filter=state eq 'Delivered'&$expand=target,accessPackage").values
    assert [(one["target"]["objectId"], one["accessPackage"]["displayName"]) for one in held] == [
        (str(user.id), "Tier 2")
    ]
    body = {"requestType": "adminRemove", "accessPackageAssignment": {"id": held[0]["id"]}}
    assert program.post(f"{ROOT}/assignmentRequests", body).body["state"] == "delivered"
    assert program.post(f"{ROOT}/assignmentRequests", body).code == (409, "Conflict")
    assert program.get(f"{ROOT}/assignments/{held[0]['id']}").body["state"] == "expired"
    kinds = program.get(
        f"{ROOT}/assignmentRequests?$filter=requestState eq 'delivered'&$expand=requestor"
    ).values
    assert [one["requestType"] for one in kinds] == ["adminRemove", "adminAdd"]
    assert {one["requestor"]["principalName"] for one in kinds} == {user.user_principal_name}


def test_stranger_is_given_a_package_by_address(cast: Cast) -> None:
    program = speak(cast, ALL)
    package = make_package(cast.customer)
    policy = make_policy(package, TargetScope.NOT_SPECIFIED)
    about = {
        "target": {"email": "new@elsewhere.example"},
        "assignmentPolicyId": str(policy.id),
        "accessPackageId": str(package.id),
        "schedule": {"expiration": {"type": "afterDuration", "duration": "P30D"}},
    }

    given = program.post(f"{ROOT}/assignmentRequests", {"requestType": "adminAdd", "assignment": about})

    assert given.status == 201
    assert Delivery.rows.get(purpose="invitation").email == "new@elsewhere.example"
    assert given.body["schedule"]["expiration"]["duration"] == "P30D"


def test_application_gives_away_no_more_than_it_may_itself(cast: Cast) -> None:
    """What manages packages reads no alerts: it puts that in no package, offers and gives none with it."""
    program, package = speak(cast, ALL), make_package(cast.customer)
    group = cast.group("Tier 2")
    body = {"scope": {"originId": str(group.id), "originSystem": "AadGroup"}}

    assert program.post(f"{ROOT}/accessPackages/{package.id}/resourceRoleScopes", body).status == 403
    give_group(package, group)
    written = {"displayName": "P", "accessPackage": {"id": str(package.id)}}
    assert program.post(f"{ROOT}/assignmentPolicies", written).status == 403
    policy = make_policy(package, TargetScope.NOT_SPECIFIED)
    about = {
        "targetId": str(cast.user("helper").id),
        "assignmentPolicyId": str(policy.id),
        "accessPackageId": str(package.id),
    }
    given = program.post(f"{ROOT}/assignmentRequests", {"requestType": "adminAdd", "assignment": about})
    assert given.code == (403, "Authorization_RequestDenied")
    assert not Assignment.rows.exists()


def test_package_is_filled_with_a_group_that_gives_no_role(cast: Cast) -> None:
    program, package = speak(cast, ALL), make_package(cast.customer)
    group = create_group(cast.enter("admin"), display_name="Readers")
    path = f"{ROOT}/accessPackages/{package.id}/resourceRoleScopes"

    made = program.post(path, {"role": {"resource": {"originId": str(group.id), "originSystem": "AadGroup"}}})

    assert made.status == 201
    given = program.get(
        f"{ROOT}/accessPackages/{package.id}?$expand=resourceRoleScopes($expand=role,scope)"
    ).body
    assert [each["scope"]["displayName"] for each in given["resourceRoleScopes"]] == ["Readers"]
    assert program.delete(f"{path}/{made.body['id']}").status == 204
    assert program.get(path).values == []


def test_packages_are_kept_apart(cast: Cast) -> None:
    program = speak(cast, ALL)
    one, other = make_package(cast.customer, "One"), make_package(cast.customer, "Other")
    path = f"{ROOT}/accessPackages/{one.id}"

    assert (
        program.post(f"{path}/incompatibleAccessPackages/$ref", {"@odata.id": f"x/{other.id}"}).status == 204
    )
    assert [each["displayName"] for each in program.get(f"{path}/incompatibleAccessPackages").values] == [
        "Other"
    ]
    with_it = program.get(f"{ROOT}/accessPackages/{other.id}?$expand=accessPackagesIncompatibleWith").body
    assert [each["displayName"] for each in with_it["accessPackagesIncompatibleWith"]] == ["One"]
    assert program.delete(f"{path}/incompatibleAccessPackages/{other.id}/$ref").status == 204
    assert program.get(f"{path}/incompatibleAccessPackages").values == []


def test_another_tenants_objects_read_like_none(cast: Cast) -> None:
    program = speak(cast, ALL)
    package, organization = make_package(cast.other), connect(cast.other, cast.provider)
    policy = make_policy(package, organization=organization)
    own = make_package(cast.customer, "Own")
    paths = [
        f"catalogs/{package.catalog_id}", f"accessPackages/{package.id}", f"assignmentPolicies/{policy.id}",
        f"connectedOrganizations/{organization.id}", f"accessPackages/{package.id}/resourceRoleScopes",
    ]  # fmt: skip
    about = {
        "targetId": str(cast.user("outsider", cast.other).id),
        "assignmentPolicyId": str(policy.id),
        "accessPackageId": str(package.id),
    }
    target = {
        "@odata.type": "#microsoft.graph.connectedOrganizationMembers",
        "connectedOrganizationId": str(organization.id),
    }

    assert {program.get(f"{ROOT}/{path}").code for path in paths} == {(404, "ResourceNotFound")}
    assert program.delete(f"{ROOT}/accessPackages/{package.id}").status == 404
    assert program.delete(f"{ROOT}/connectedOrganizations/{organization.id}").status == 404
    assert program.delete(f"{ROOT}/assignmentPolicies/{policy.id}").status == 404
    assert (
        program.post(f"{ROOT}/assignmentRequests", {"requestType": "adminAdd", "assignment": about}).status
        == 404
    )
    assert program.post(f"{ROOT}/assignmentPolicies", {
        "displayName": "P", "allowedTargetScope": "specificConnectedOrganizationUsers",
        "specificAllowedTargets": [target], "accessPackage": {"id": str(own.id)},
    }).status == 400  # fmt: skip
    for collection in (
        "catalogs",
        "assignmentPolicies",
        "connectedOrganizations",
        "assignmentRequests",
        "assignments",
    ):
        assert all(one["id"] not in str(paths) for one in program.get(f"{ROOT}/{collection}").values)
    assert AccessPackage.rows.get(id=package.id).removed_at is None
    assert ConnectedOrganization.rows.get(id=organization.id).removed_at is None
    assert not PolicyTarget.rows.filter(tenant=cast.customer).exists()


@pytest.mark.parametrize("collection", [
    "catalogs", "accessPackages", "assignmentPolicies", "assignmentRequests", "assignments",
    "connectedOrganizations", "accessPackageAssignmentApprovals", "settings",
])  # fmt: skip
def test_reading_needs_the_permission(cast: Cast, collection: str) -> None:
    allowed = speak(cast, "EntitlementManagement.Read.All").get(f"{ROOT}/{collection}")
    refused = speak(cast, "User.Read.All").get(f"{ROOT}/{collection}")

    assert (allowed.status, refused.code) == (200, (403, "Authorization_RequestDenied"))


def test_writing_needs_the_permission(cast: Cast) -> None:
    reader, package = speak(cast, "EntitlementManagement.Read.All"), make_package(cast.customer)

    answers = [
        reader.post(f"{ROOT}/catalogs", {"displayName": "X"}),
        reader.patch(f"{ROOT}/accessPackages/{package.id}", {"displayName": "X"}),
        reader.delete(f"{ROOT}/accessPackages/{package.id}"),
    ]

    assert {answer.status for answer in answers} == {403}


def test_lists_cost_the_same_for_one_and_for_three(cast: Cast) -> None:
    program = speak(cast, ALL)
    organization = connect(cast.customer, cast.provider)
    paths = (
        "accessPackages?$expand=catalog,assignmentPolicies,incompatibleAccessPackages,resourceRoleScopes",
        "assignmentPolicies?$expand=accessPackage,catalog",
        "assignments?$expand=accessPackage,assignmentPolicy,target",
        "assignmentRequests?$expand=accessPackage,assignment,requestor",
    )

    def count() -> list[int]:
        counts = []
        for path in paths:
            with CaptureQueriesContext(connection) as statements:
                assert program.get(f"{ROOT}/{path}").values
            counts.append(len(statements))
        return counts

    def add(name: str, user: str) -> None:
        package = make_package(cast.customer, name)
        give_group(package, create_group(cast.enter("admin"), display_name=name))
        policy = make_policy(package, TargetScope.ALL_DIRECTORY_USERS, organization=organization)
        request_access(cast.actor(user), cast.customer.id, package.id, policy.id)

    add("One", "helper")
    # The first request of a minute begins its allowance.
    program.get(f"{ROOT}/settings")
    once = count()
    add("Two", "member")
    add("Three", "reader")

    assert count() == once
