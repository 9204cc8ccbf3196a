"""Groups: made, filled, emptied, deleted."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.web.conftest import Visitor, text_of
from tidegate.directory.actions.groups import add_member, create_group
from tidegate.directory.actions.invitations import invite_guest
from tidegate.directory.models import Group, GroupMembership

type Visit = Callable[..., Visitor]


def test_list_shows_members_and_roles(visit: Visit) -> None:
    words = text_of(visit("reader").get("/groups"))
    assert "Tier 1 1 1 1 Mar 2026 Tier 2 1 1 1 Mar 2026" in words
    assert "New group" not in words


def test_group_is_created_and_renamed(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    made = admin.post("/groups/create", {"display_name": "Night <i>shift</i>", "description": "Nights"})
    group = Group.objects.of_tenant(cast.customer.id).get(display_name="Night <i>shift</i>")
    assert made.url == f"/groups/{group.id}?tid={admin.tid}"
    assert "Night &lt;i&gt;shift&lt;/i&gt;" in admin.get("/groups").content.decode()
    admin.post(f"/groups/{group.id}/edit", {"display_name": "Night shift", "description": ""})
    assert Group.objects.of_tenant(cast.customer.id).get(id=group.id).display_name == "Night shift"


def test_taken_name_is_told_and_kept(visit: Visit) -> None:
    response = visit("admin").post("/groups/create", {"display_name": "tier 1", "description": "again"})
    assert response.status_code == 400
    assert "A group with this name exists already." in text_of(response)
    assert 'value="again"' in response.content.decode()


def test_empty_name_is_named(visit: Visit) -> None:
    response = visit("admin").post("/groups/create", {"display_name": " "})
    assert response.status_code == 400
    assert "Name: " in text_of(response)


def test_member_is_added_until_a_day_and_taken_out(visit: Visit, cast: Cast) -> None:
    admin, group = visit("admin"), cast.group("Tier 2")
    admin.post(
        f"/groups/{group.id}/members", {"user": "MEMBER@customer.example", "ends_at": "2026-05-01T00:00"}
    )
    assert "Member Member 10 Mar 2026 1 May 2026" in text_of(admin.get(f"/groups/{group.id}"))
    membership = GroupMembership.objects.of_tenant(cast.customer.id).get(user_id=cast.user("member").id)
    address = f"/groups/{group.id}/members/{membership.id}/remove"
    assert "Member loses what Tier 2 gives in Delta Mills" in text_of(admin.get(address))
    admin.post(address)
    assert "Member Member 10 Mar" not in text_of(admin.get(f"/groups/{group.id}"))
    assert admin.get(address).status_code == 404


def test_members_are_paged_last_added_first(visit: Visit, cast: Cast) -> None:
    admin, scope, group = visit("admin"), cast.enter("admin"), cast.group("Tier 1")
    for number in range(51):
        offer = invite_guest(scope, email=f"g{number}@x.example", display_name=f"Visitor {number}")
        add_member(scope, group.id, offer.user.id)
    first = admin.get(f"/groups/{group.id}")
    words = text_of(first)
    assert "Members 52 Name" in words
    assert "50 of 52 shown" in words
    assert ["Visitor 50 Guest" in words, "Visitor 0 Guest" in words] == [True, False]
    assert "Visitor 0 Guest" in text_of(admin.client.get(first.context["older_url"]))


def test_unknown_or_foreign_user_is_named_and_kept(visit: Visit, cast: Cast) -> None:
    address = f"/groups/{cast.group('Tier 2').id}/members"
    for typed in ("outsider@other.example", "nobody"):
        response = visit("admin").post(address, {"user": typed})
        assert response.status_code == 400
        assert "User: must be the user principal name or address of one user" in text_of(response)
        assert f'value="{typed}"' in response.content.decode()


def test_deleting_says_what_is_lost(visit: Visit, cast: Cast) -> None:
    admin, group = visit("admin"), cast.group("Tier 1")
    question = text_of(admin.get(f"/groups/{group.id}/delete"))
    assert "1 person is in it. They lose the role Tier 1 Analyst." in question
    assert "Delete from Delta Mills" in question
    assert admin.post(f"/groups/{group.id}/delete").url == f"/groups?tid={admin.tid}"
    assert admin.get(f"/groups/{group.id}").status_code == 404


def test_list_asks_as_much_for_three_more_rows(visit: Visit, cast: Cast) -> None:
    visitor, scope = visit("admin"), cast.enter("admin")
    visitor.get("/groups")
    with CaptureQueriesContext(connection) as few:
        visitor.get("/groups")
    for name in ("A", "B", "C"):
        create_group(scope, display_name=name)
    with CaptureQueriesContext(connection) as many:
        visitor.get("/groups")
    assert len(many) == len(few)
