import pytest

from tests.cast import NOW, Cast
from tests.entitlements.asking import ask
from tests.entitlements.offering import offer_to_provider
from tests.graph.speaking import speak, speak_for
from tidegate.entitlements.models import Assignment

pytestmark = pytest.mark.usefixtures("now")
BY_ITSELF = {
    "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage", "surname", "userPrincipalName", "id",
}  # fmt: skip


def test_users_have_every_property_that_graph_gives_by_itself(cast: Cast) -> None:
    users = speak(cast, "User.Read.All").get("users").values

    assert [user["displayName"] for user in users] == [
        "Admin",
        "Analyst",
        "Helper",
        "Lead",
        "Member",
        "Reader",
    ]
    assert {frozenset(user) for user in users} == {frozenset(BY_ITSELF)}


def test_user_is_found_by_name_with_what_is_selected(cast: Cast) -> None:
    program = speak(cast, "User.Read.All")
    name = "member@customer.example"

    found = program.get(
        f"users?$filter=userPrincipalName eq '{name}'&$select=id,userType,accountEnabled"
    ).values

    assert found == [{"id": str(cast.user("member").id), "userType": "Member", "accountEnabled": True}]


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("userType eq 'Guest'", ["Analyst", "Helper", "Lead"]),
        ("externalUserState eq null", ["Admin", "Member", "Reader"]),
        ("externalUserState eq 'Accepted'", ["Analyst", "Helper", "Lead"]),
        ("accountEnabled eq false", []),
        ("startswith(displayName,'Me')", ["Member"]),
        ("jobTitle eq 'Baker'", []),
        ("createdDateTime ge 2030-01-01T00:00:00Z", []),
    ],
)
def test_users_are_filtered(cast: Cast, condition: str, names: list[str]) -> None:
    found = speak(cast, "User.Read.All").get(f"users?$filter={condition}").values

    assert [user["displayName"] for user in found] == names


def test_users_are_counted_and_paged(cast: Cast) -> None:
    program = speak(cast, "User.Read.All")

    first = program.get("users?$top=4&$count=true&$orderby=displayName desc").body
    rest = program.get(first["@odata.nextLink"].partition("/v1.0/")[2]).body

    assert first["@odata.count"] == 6
    assert [user["displayName"] for user in first["value"] + rest["value"]] == [
        "Reader", "Member", "Lead", "Helper", "Analyst", "Admin",
    ]  # fmt: skip
    assert "@odata.nextLink" not in rest
    assert program.get("users/$count").body == "6"


@pytest.mark.parametrize("key", ["id", "name"])
def test_user_is_found_by_id_and_by_name(cast: Cast, key: str) -> None:
    guest = cast.user("analyst")
    path = str(guest.id) if key == "id" else guest.user_principal_name.replace("#", "%23")

    assert speak(cast, "User.Read.All").get(f"users/{path}").body["mail"] == "analyst@provider.example"


def test_user_of_another_tenant_reads_like_none(cast: Cast) -> None:
    program = speak(cast, "User.ReadWrite.All")
    path = f"users/{cast.user('outsider', cast.other).id}"

    answers = [program.get(path), program.patch(path, {"accountEnabled": False}), program.delete(path)]

    assert {answer.code for answer in answers} == {(404, "Request_ResourceNotFound")}
    assert cast.user("outsider", cast.other).blocked_at is None


def test_blocking_and_removing_need_the_permission(cast: Cast) -> None:
    reader, writer = speak(cast, "User.Read.All"), speak(cast, "User.ReadWrite.All")
    path = f"users/{cast.user('helper').id}"

    refused = [reader.patch(path, {"accountEnabled": False}), reader.delete(path)]
    done = [
        writer.patch(path, {"accountEnabled": False}).status,
        writer.patch(path, {"accountEnabled": False}).status,
    ]

    assert {answer.code for answer in refused} == {(403, "Authorization_RequestDenied")}
    assert done == [204, 204]
    assert cast.user("helper").blocked_at is not None
    assert writer.patch(path, {"accountEnabled": True}).status == 204
    assert cast.user("helper").blocked_at is None
    assert writer.delete(path).status == 204
    assert writer.get(path).status == 404


def test_removed_user_loses_access_packages(cast: Cast) -> None:
    ask(cast, "helper", offer_to_provider(cast))

    assert speak(cast, "User.ReadWrite.All").delete(f"users/{cast.user('helper').id}").status == 204
    assert Assignment.objects.of_tenant(cast.customer.id).get().ends_at == NOW


def test_what_is_not_the_tenants_to_say_is_refused_by_name(cast: Cast) -> None:
    answer = speak(cast, "User.ReadWrite.All").patch(f"users/{cast.user('helper').id}", {"displayName": "X"})

    assert answer.code == (400, "Request_BadRequest")
    assert "displayName" in answer.message


def test_last_administrator_stays(cast: Cast) -> None:
    answer = speak(cast, "User.ReadWrite.All").delete(f"users/{cast.user('admin').id}")

    assert answer.status == 409


def test_me_is_the_person_acted_for(cast: Cast) -> None:
    helper = speak_for(cast, cast.user("helper"), "User.Read")

    assert helper.get("me").body["id"] == str(cast.user("helper").id)
    assert helper.get("users").code == (403, "Authorization_RequestDenied")
    assert speak(cast, "User.Read.All").get("me").code == (400, "Request_BadRequest")


def test_person_sees_their_own_groups(cast: Cast) -> None:
    groups = speak_for(cast, cast.user("analyst"), "User.Read").get("me/memberOf").values

    assert [(group["@odata.type"], group["displayName"]) for group in groups] == [
        ("#microsoft.graph.group", "Tier 1")
    ]


def test_person_may_do_no_more_through_an_application(cast: Cast) -> None:
    """What the application was granted is cut to what the person may."""
    member = speak_for(cast, cast.user("member"), "User.ReadWrite.All")

    assert member.patch(f"users/{cast.user('helper').id}", {"accountEnabled": False}).status == 403
