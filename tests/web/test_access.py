"""Why can I see this, and who can see it."""

from collections.abc import Callable

import pytest

from tests.cast import Cast
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent

type Visit = Callable[..., Visitor]


def test_chain_is_closed_until_it_is_asked_for(visit: Visit) -> None:
    response = visit("analyst").get("/properties")
    assert "Why can I see this?" in text_of(response)
    assert "Why you can see this" not in text_of(response)
    assert f'href="{response.request["PATH_INFO"]}?tid=' in response.content.decode()


def test_guest_sees_their_own_chain_to_the_page(visit: Visit) -> None:
    words = text_of(visit("analyst").get("/properties", why="1"))
    chain = (
        "Why you can see this Analyst (Harbour Watch) Guest in Delta Mills until 1 Jun 2026"
        " Everyone in Delta Mills tenant.read until 1 June 2026, 09:00"
    )
    assert chain in words
    assert "Who can see this?" not in words


def test_administrator_may_ask_who_can(visit: Visit) -> None:
    response = visit("admin").get("/users", why="1")
    words = text_of(response)
    assert "Admin Member of Delta Mills Role Global Administrator user.read no end Who can see this?" in words
    assert "/access?tid=" in response.content.decode()
    assert "permission=user.read" in response.content.decode()


def test_who_can_lists_guests_first_with_every_way(visit: Visit, cast: Cast) -> None:
    response = visit("admin").get("/access", permission="incident.read", of="incident:12")
    names = [holder.user.display_name for holder in response.context["holders"]]
    assert names == ["Analyst", "Lead", "Admin", "Reader"]
    words = text_of(response)
    assert "4 people, now; 2 of them guests" in words
    assert "incident:12" in words
    assert "Guest in Delta Mills Group Tier 1 Role Tier 1 Analyst until 1 June 2026, 09:00" in words
    assert "Outsider" not in words


@pytest.mark.parametrize(
    ("params", "field"), [({"permission": "everything"}, "permission"), ({"of": "<b>"}, "of")]
)
def test_bad_question_is_named(visit: Visit, params: dict[str, str], field: str) -> None:
    response = visit("admin").get("/access", **params)
    assert response.status_code == 400
    assert f"{field} must be" in text_of(response)


def test_subject_with_odd_signs_is_shown_inert(visit: Visit) -> None:
    page = visit("admin").get("/access", of="alert:da1 <b>2</b>/3").content.decode()
    assert "alert:da1 &lt;b&gt;2&lt;/b&gt;/3" in page
    assert "<b>2</b>" not in page


def test_export_has_a_line_for_each_way_and_is_recorded(visit: Visit, cast: Cast) -> None:
    response = visit("admin").post("/access/export", permission="alert.assign")
    text = b"".join(response.streaming_content).decode()
    assert text.splitlines()[1] == (
        "Analyst,analyst_provider.example#EXT#@customer.example,guest,"
        "Analyst (Harbour Watch) > Guest in Delta Mills > Group Tier 1 > Role Tier 1 Analyst,"
        "2026-06-01 09:00:00+00:00"
    )
    assert len(text.splitlines()) == 4
    event = AuditEvent.objects.of_tenant(cast.customer.id).order_by("-sequence")[0]
    assert (event.tag, event.target_id) == ("access.exported", "alert.assign")
