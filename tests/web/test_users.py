"""Users and guests: the list, one of them, and what an administrator does."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent
from tidegate.directory.actions.groups import add_member
from tidegate.directory.actions.invitations import invite_guest
from tidegate.directory.models import User

type Visit = Callable[..., Visitor]


def test_list_shows_everyone_with_what_they_hold(visit: Visit) -> None:
    response = visit("admin").get("/users")
    words = text_of(response)
    assert "All 6 Members 3 Guests 3 Pending 0 Ended 0" in words
    assert "Analyst analyst_provider.example#EXT#@customer.example Guest provider.example In force" in words
    assert "Outsider" not in words


def test_choices_and_search_narrow_the_list(visit: Visit) -> None:
    visitor = visit("admin")
    guests = text_of(visitor.get("/users", show="guests"))
    assert "analyst_provider.example" in guests
    assert "reader@customer.example" not in guests
    found = text_of(visitor.get("/users", q="READER"))
    assert "reader@customer.example" in found
    assert "analyst_provider.example" not in found
    assert "Nothing matches this search." in text_of(visitor.get("/users", q="<nobody>"))


def test_pending_blocked_and_ended_are_told(visit: Visit, cast: Cast) -> None:
    scope, visitor = cast.enter("admin"), visit("admin")
    invite_guest(scope, email="new@x.example")
    visitor.post(f"/users/{cast.user('helper').id}/block")
    User.rows.filter(id=cast.user("lead").id).update(ends_at=NOW - timedelta(days=1))
    words = text_of(visitor.get("/users"))
    assert "Guest x.example Pending" in words
    assert "Guest provider.example Blocked" in words
    assert "Guest provider.example Ended" in words
    assert "Pending 1 Ended 1" in words


def test_pages_follow_each_other(visit: Visit, cast: Cast) -> None:
    scope, visitor = cast.enter("admin"), visit("admin")
    for number in range(60):
        invite_guest(scope, email=f"g{number:02}@x.example", display_name=f"Guest {number:02}")
    first = visitor.get("/users", q="Guest ")
    older = first.context["older_url"]
    second = visitor.client.get(older)
    assert ["Guest 49" in text_of(first), "Guest 50" in text_of(first)] == [True, False]
    assert ["Guest 49" in text_of(second), "Guest 59" in text_of(second)] == [False, True]
    assert second.context["newer_url"]
    assert visitor.get("/users", cursor="bm9uc2Vuc2U").status_code == 400


def test_list_asks_as_much_for_three_rows_as_for_one(visit: Visit, cast: Cast) -> None:
    scope, visitor = cast.enter("admin"), visit("admin")
    visitor.get("/users")
    invite_guest(scope, email="g1@x.example", display_name="Visitor 1")
    one = _count(visitor, "/users", q="Visitor")
    for number in (2, 3):
        offer = invite_guest(scope, email=f"g{number}@x.example", display_name=f"Visitor {number}")
        add_member(scope, cast.group("Tier 1").id, offer.user.id)
    assert _count(visitor, "/users", q="Visitor") == one


def test_user_is_shown_with_chain(visit: Visit, cast: Cast) -> None:
    words = text_of(visit("admin").get(f"/users/{cast.user('analyst').id}"))
    assert "Why can they enter? Analyst (Harbour Watch) Guest in Delta Mills until 1 Jun 2026" in words
    assert "Group Tier 1 until 1 Jun 2026 Role Tier 1 Analyst" in words


def test_reader_sees_no_button_and_no_chain(visit: Visit, cast: Cast) -> None:
    response = visit("reader").get(f"/users/{cast.user('analyst').id}")
    words = text_of(response)
    assert "Why can they enter?" not in words
    for label in ("Block", "Remove", "Save", "Renew invitation"):
        assert label not in words
    assert "Invite" not in text_of(visit("reader").get("/users")).split()


def test_blocked_guest_is_out_on_the_next_request(visit: Visit, cast: Cast) -> None:
    guest, admin, address = visit("analyst"), visit("admin"), f"/users/{cast.user('analyst').id}"
    assert guest.get("/properties").status_code == 200
    assert admin.post(f"{address}/block").status_code == 302
    assert guest.get("/properties").status_code == 404
    assert admin.post(f"{address}/unblock").status_code == 302
    assert guest.get("/properties").status_code == 200


def test_blocking_twice_is_told(visit: Visit, cast: Cast) -> None:
    admin, address = visit("admin"), f"/users/{cast.user('analyst').id}"
    admin.post(f"{address}/block")
    response = admin.client.post(f"{address}/block", query_params={"tid": admin.tid}, follow=True)
    assert "This user is blocked already. (Delta Mills)" in response.content.decode()


def test_end_is_changed_in_the_readers_time_zone(visit: Visit, cast: Cast) -> None:
    account = cast.accounts["admin"]
    type(account).objects.filter(id=account.id).update(time_zone="Europe/Amsterdam")
    admin, user = visit("admin"), cast.user("analyst")
    response = admin.post(f"/users/{user.id}/end", {"ends_at": "2026-07-01T18:00"})
    assert response.status_code == 302
    ends_at = User.objects.of_tenant(cast.customer.id).get(id=user.id).ends_at
    assert ends_at is not None
    assert ends_at.isoformat() == "2026-07-01T16:00:00+00:00"
    assert 'value="2026-07-01T18:00"' in admin.get(f"/users/{user.id}").content.decode()


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1999-01-01T00:00", "must lie after the start"),
        ("soon", "must be a date and a time, like 2027-01-31T18:00"),
    ],
)
def test_bad_end_is_named_and_kept(visit: Visit, cast: Cast, typed: str, reason: str) -> None:
    user = cast.user("analyst")
    response = visit("admin").post(f"/users/{user.id}/end", {"ends_at": typed})
    assert response.status_code == 400
    assert f"Access ends: {reason}" in text_of(response)
    assert f'value="{typed}"' in response.content.decode()
    assert cast.user("analyst").ends_at == user.ends_at


def test_no_end_needs_a_reason_for_guests_only(visit: Visit, cast: Cast) -> None:
    admin, guest, member = visit("admin"), cast.user("analyst"), cast.user("member")
    refused = admin.post(f"/users/{guest.id}/end", {"ends_at": ""})
    assert refused.status_code == 400
    assert "Reason for no end: is needed" in text_of(refused)
    admin.post(f"/users/{guest.id}/end", {"ends_at": "", "endless_reason": "Agreed with the board"})
    assert cast.user("analyst").ends_at is None
    event = AuditEvent.rows.filter(tag="user.end_changed").latest("at")
    assert '"endless_reason": "Agreed with the board"' in event.details
    assert admin.post(f"/users/{member.id}/end", {"ends_at": ""}).status_code == 302


def test_removing_asks_first_naming_the_tenant(visit: Visit, cast: Cast) -> None:
    admin, guest, user = visit("admin"), visit("analyst"), cast.user("analyst")
    question = text_of(admin.get(f"/users/{user.id}/remove"))
    assert "Analyst loses all access to Delta Mills from the next request on." in question
    assert "Remove from Delta Mills" in question
    assert guest.get("/properties").status_code == 200
    response = admin.post(f"/users/{user.id}/remove")
    assert response.url == f"/users?tid={admin.tid}"
    assert guest.get("/properties").status_code == 404
    assert admin.get(f"/users/{user.id}").status_code == 404


def test_removing_a_member_says_which_tenants_close_with_it(visit: Visit, cast: Cast) -> None:
    user = cast.user("analyst", cast.provider)
    question = text_of(visit("boss", cast.provider).get(f"/users/{user.id}/remove"))
    assert "1 person loses entry, 1 other tenant." in question
    assert "may not enter this directory any more 1 other tenant" in question


def test_last_administrator_stays(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    address = f"/users/{cast.user('admin').id}/remove"
    page = admin.client.post(address, query_params={"tid": admin.tid}, follow=True)
    assert "must keep at least one Global Administrator" in page.content.decode()
    assert admin.get("/users").status_code == 200


def test_html_in_a_name_is_shown_inert(visit: Visit, cast: Cast) -> None:
    User.rows.filter(id=cast.user("helper").id).update(display_name='<img src=x onerror="alert(1)">')
    visitor = visit("admin")
    for path in ("/users", f"/users/{cast.user('helper').id}", f"/users/{cast.user('helper').id}/remove"):
        page = visitor.get(path).content.decode()
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_absent_user_is_not_found(visit: Visit) -> None:
    assert visit("admin").get(f"/users/{uuid.uuid4()}").status_code == 404


def _count(visitor: Visitor, path: str, **params: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert visitor.get(path, **params).status_code == 200
    return len(queries)
