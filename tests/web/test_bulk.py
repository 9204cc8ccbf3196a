"""Many incidents at once: each row by itself, each with its own answer."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast
from tests.web.conftest import Visitor, text_of
from tests.web.queue_pages import bring_in, events_of, incident_of, some_incident
from tidegate.incidents.actions.changes import set_incident_status, tag_incident
from tidegate.incidents.models import Comment

type SignIn = Callable[..., Visitor]


@pytest.fixture
def queue(cast: Cast) -> Cast:
    bring_in(cast, *(some_incident(number) for number in (41, 42, 43)))
    return cast


def tickets(queue: Cast, *numbers: int) -> list[str]:
    """What the boxes of these rows send."""
    return [f"{number}.{incident_of(queue.customer, number).version}" for number in numbers]


def send(visitor: Visitor, chosen: list[str], do: str, **values: str) -> Any:
    return visitor.post("/incidents/bulk", {"do": do, "incident": chosen, "apply": "1", **values})


def test_button_asks_for_the_value_first(queue: Cast, visit: SignIn) -> None:
    chosen = tickets(queue, 41, 42)
    page = visit("analyst").post("/incidents/bulk", {"do": "assign", "incident": chosen})
    assert page.status_code == 200
    assert "Assign: 2 incidents in Delta Mills" in text_of(page)
    html = page.content.decode()
    assert all(f'name="incident" value="{ticket}"' in html for ticket in chosen)
    assert "LEAKED" not in html
    assert incident_of(queue.customer, 41).assigned_to == ""


@pytest.mark.parametrize(
    ("do", "values", "field", "value"),
    [
        ("assign", {"assigned": "me"}, "assigned_to", "analyst@provider.example"),
        ("status", {"status": "inProgress"}, "status", "inProgress"),
        ("classify", {"judgement": "falsePositive:notMalicious"}, "determination", "notMalicious"),
        ("tag", {"tags": "night"}, "custom_tags", ["vip", "night"]),
    ],
)
def test_all_rows_are_changed_and_nobody_elses(
    queue: Cast, visit: SignIn, do: str, values: dict[str, str], field: str, value: Any
) -> None:
    answer = send(visit("analyst"), tickets(queue, 41, 42), do, **values)
    assert (answer.status_code, answer.url) == (302, f"/incidents?tid={queue.customer.id}")
    assert [getattr(incident_of(queue.customer, number), field) for number in (41, 42)] == [value, value]
    assert getattr(incident_of(queue.customer, 43), field) != value
    assert getattr(incident_of(queue.other, 41), field) != value


def test_comment_goes_to_every_row(queue: Cast, visit: SignIn) -> None:
    send(visit("analyst"), tickets(queue, 41, 43), "comment", comment="All one campaign.")
    comments = Comment.objects.of_tenant(queue.customer.id)
    assert sorted(comments.values_list("incident__number", "text")) == [
        (41, "All one campaign."),
        (43, "All one campaign."),
    ]


def test_it_leads_back_to_where_it_began_and_nowhere_else(queue: Cast, visit: SignIn) -> None:
    own = f"/incidents?tid={queue.customer.id}&sort=severity"
    chosen = tickets(queue, 41)
    assert send(visit("analyst"), chosen, "assign", assigned="me", next=own).url == own
    for evil in ("//evil.example/", "https://evil.example/", "javascript:alert(1)"):
        chosen = tickets(queue, 41)
        answer = send(visit("analyst"), chosen, "comment", comment="x", next=evil)
        assert answer.url == f"/incidents?tid={queue.customer.id}"


def test_refused_rows_are_listed_with_their_reasons_and_the_others_done(queue: Cast, visit: SignIn) -> None:
    chosen = [*tickets(queue, 41, 42), "99.1"]
    set_incident_status(queue.enter("lead"), 42, "inProgress")
    page = send(visit("analyst"), chosen, "assign", assigned="me")
    assert page.status_code == 200
    words = text_of(page)
    assert "Assign in Delta Mills: 1 done, 2 refused" in words
    assert "Refused 42 Incident 42 Somebody changed this since you opened it." in words
    assert "Refused 99 There is no such incident." in words
    assert "Done 41 Incident 41" in words
    assert incident_of(queue.customer, 41).assigned_to == "analyst@provider.example"
    assert incident_of(queue.customer, 42).assigned_to == ""
    assert events_of(queue.customer, tag="incident.assigned") == ["incident.assigned"]


def test_one_row_with_too_many_tags_does_not_hold_up_the_others(queue: Cast, visit: SignIn) -> None:
    tag_incident(queue.enter("lead"), 41, [str(number) for number in range(50)])
    page = send(visit("analyst"), tickets(queue, 41, 42), "tag", tags="one more")
    assert "1 done, 1 refused" in text_of(page)
    assert incident_of(queue.customer, 42).custom_tags == ["vip", "one more"]


@pytest.mark.parametrize(
    ("do", "values"),
    [
        ("assign", {"assigned": "\0"}),
        ("status", {"status": "x" * 3000}),
        ("status", {}),
        ("classify", {"judgement": "\0"}),
        ("tag", {"tags": " , "}),
        ("tag", {"tags": "a\0b"}),
        ("comment", {"comment": "\0"}),
        ("comment", {"comment": "y" * 10_001}),
    ],
)
def test_value_that_fits_no_row_is_asked_again(
    queue: Cast, visit: SignIn, do: str, values: dict[str, str]
) -> None:
    page = send(visit("analyst"), tickets(queue, 41, 42), do, **values)
    assert page.status_code == 400
    assert "Nothing was changed." in text_of(page)
    assert incident_of(queue.customer, 41).version == 1


@pytest.mark.parametrize(
    "chosen", [[], ["x"], ["41"], ["41.x"], ["41.-1"], ["\0.1"], ["9" * 40 + ".1"], ["41.1"] * 201]
)
def test_selection_that_no_page_sends_is_400(queue: Cast, visit: SignIn, chosen: list[str]) -> None:
    page = send(visit("analyst"), chosen, "assign", assigned="me")
    assert page.status_code == 400
    assert "<b>incident</b>" in page.content.decode()


def test_unknown_button_is_400(queue: Cast, visit: SignIn) -> None:
    page = send(visit("analyst"), tickets(queue, 41), "delete")
    assert page.status_code == 400
    assert "<b>do</b>" in page.content.decode()


@pytest.mark.parametrize("name", ["reader", "member", "helper"])
@pytest.mark.parametrize("do", ["assign", "status", "classify", "tag", "comment"])
def test_who_may_not_is_refused_before_any_row(queue: Cast, visit: SignIn, name: str, do: str) -> None:
    values = {"assigned": "me", "status": "resolved", "tags": "x", "comment": "x"}
    assert send(visit(name), tickets(queue, 41, 42), do, **values).status_code == 403
    assert incident_of(queue.customer, 41).version == 1
    assert events_of(queue.customer, tag="access.refused") == ["access.refused"]


def test_outsider_is_not_let_in(queue: Cast, visit: SignIn) -> None:
    outsider = visit("outsider", queue.customer)
    assert send(outsider, tickets(queue, 41), "assign", assigned="me").status_code == 404
    assert incident_of(queue.customer, 41).assigned_to == ""
