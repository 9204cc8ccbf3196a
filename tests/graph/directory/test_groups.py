import pytest

from tests.cast import Cast
from tests.entitlements.elevations import let, take_up
from tests.graph.speaking import speak
from tidegate.authorization.permissions import Permission
from tidegate.directory.actions.groups import create_group
from tidegate.directory.models import GroupMembership
from tidegate.directory.queries import list_members

pytestmark = pytest.mark.usefixtures("now")


def test_groups_are_listed(cast: Cast) -> None:
    groups = speak(cast, "Group.Read.All").get("groups?$filter=startswith(displayName,'Tier')").values

    assert [(group["displayName"], group["securityEnabled"]) for group in groups] == [
        ("Tier 1", True),
        ("Tier 2", True),
    ]


def test_members_are_named_to_who_may_read_users(cast: Cast) -> None:
    path = f"groups/{cast.group('Tier 1').id}/members"
    analyst = cast.user("analyst")

    both = speak(cast, "GroupMember.Read.All", "User.Read.All").get(path).values
    groups_only = speak(cast, "GroupMember.Read.All").get(path).values

    assert [(each["@odata.type"], each["mail"]) for each in both] == [("#microsoft.graph.user", analyst.mail)]
    assert groups_only == [{"@odata.type": "#microsoft.graph.user", "id": str(analyst.id)}]


def test_member_is_added_and_taken_out(cast: Cast) -> None:
    group = create_group(cast.enter("admin"), display_name="Readers")
    program, user = speak(cast, "GroupMember.ReadWrite.All"), cast.user("member")
    body = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{user.id}"}

    assert program.post(f"groups/{group.id}/members/$ref", body).status == 204
    assert list(list_members(cast.enter("admin"), group.id)) == [user]
    assert program.post(f"groups/{group.id}/members/$ref", body).status == 409
    assert program.delete(f"groups/{group.id}/members/{user.id}/$ref").status == 204
    assert program.delete(f"groups/{group.id}/members/{user.id}/$ref").status == 404
    assert not list_members(cast.enter("admin"), group.id).exists()


def test_who_is_taken_out_loses_what_they_took_up_through_the_group(cast: Cast) -> None:
    group, user = cast.group("Tier 1"), cast.user("analyst")
    take_up(cast, let(cast, user_id=None, group_id=group.id), "analyst")
    assert cast.enter("analyst").allows(Permission.AUDIT_READ)

    program = speak(cast, "GroupMember.ReadWrite.All")

    assert program.delete(f"groups/{group.id}/members/{user.id}/$ref").status == 204
    assert not cast.enter("analyst").allows(Permission.AUDIT_READ)


def test_application_gives_no_role_that_opens_more_than_it_may(cast: Cast) -> None:
    program = speak(cast, "GroupMember.ReadWrite.All")
    body = {"@odata.id": f"x/users/{cast.user('helper').id}"}

    answer = program.post(f"groups/{cast.group('Tier 1').id}/members/$ref", body)

    assert answer.code == (403, "Authorization_RequestDenied")
    assert (
        not GroupMembership.objects.of_tenant(cast.customer.id)
        .filter(user_id=cast.user("helper").id)
        .exists()
    )


def test_group_of_another_tenant_reads_like_none(cast: Cast) -> None:
    theirs = create_group(cast.enter("outsider", cast.other), display_name="Theirs")
    program = speak(cast, "GroupMember.ReadWrite.All")
    body = {"@odata.id": f"x/users/{cast.user('member').id}"}

    answers = [
        program.get(f"groups/{theirs.id}"),
        program.get(f"groups/{theirs.id}/members"),
        program.post(f"groups/{theirs.id}/members/$ref", body),
        program.delete(f"groups/{theirs.id}/members/{cast.user('member').id}/$ref"),
    ]

    assert {answer.code for answer in answers} == {(404, "Request_ResourceNotFound")}


@pytest.mark.parametrize("address", ["", "users/", "users/1", "https://x.example/users('y')"])
def test_reference_without_an_id_is_refused(cast: Cast, address: str) -> None:
    program = speak(cast, "GroupMember.ReadWrite.All")

    assert (
        program.post(f"groups/{cast.group('Tier 1').id}/members/$ref", {"@odata.id": address}).status == 400
    )
