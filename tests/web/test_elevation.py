"""Pages about elevation: my roles, deciding, who is eligible, what was made of it."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from tests.entitlements.elevations import HOUR, WHY, let, take_up
from tests.web.conftest import Visitor, text_of
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.entitlements.models import Activation, Eligibility

type Visit = Callable[..., Visitor]


def test_whoever_is_eligible_for_nothing_is_told_so(visit: Visit) -> None:
    words = text_of(visit("helper").get("/elevation"))
    assert "There is no role that you may activate in Delta Mills." in words
    assert "Who is eligible" not in words


def test_a_role_is_activated_with_a_reason_and_ended(visit: Visit, cast: Cast) -> None:
    eligibility = let(cast)
    helper = visit("helper")
    assert "Security Reader Not active" in text_of(helper.get("/elevation"))
    address = f"/elevation/eligibilities/{eligibility.id}/activate"
    assert "It begins at once. It ends by itself, after 8 hours at most." in text_of(helper.get(address))
    answer = helper.post(address, {"duration": "1800", "justification": WHY})
    assert answer.url == f"/elevation?tid={helper.tid}"
    assert "Security Reader Active 30 m left" in text_of(helper.get("/elevation"))
    assert helper.get("/incidents").status_code == 200
    activation = Activation.objects.of_tenant(cast.customer.id).get()
    address = f"/elevation/activations/{activation.id}/end"
    assert "Helper loses Security Reader in Delta Mills" in text_of(helper.get(address))
    helper.post(address)
    assert helper.get("/incidents").status_code == 403
    assert "Ended early Security Reader" in text_of(helper.get("/elevation"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"duration": "1800", "justification": " "}, "Why do you need it?"),
        ({"duration": "360000", "justification": "x"}, "For how long"),
        ({"duration": "soon", "justification": "x"}, "For how long"),
        ({"duration": ""}, "For how long"),
    ],
)
def test_what_is_missing_is_named(visit: Visit, cast: Cast, typed: dict[str, str], said: str) -> None:
    response = visit("helper").post(f"/elevation/eligibilities/{let(cast).id}/activate", typed)
    assert response.status_code == 400
    assert f"{said}: " in text_of(response)


def test_a_second_activation_is_refused_in_words(visit: Visit, cast: Cast) -> None:
    eligibility = let(cast)
    take_up(cast, eligibility)
    address = f"/elevation/eligibilities/{eligibility.id}/activate"
    response = visit("helper").post(address, {"duration": "3600", "justification": "Again"})
    assert response.status_code == 400
    assert "This role is active or asked for already." in text_of(response)


def test_an_approver_decides_once(visit: Visit, cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "admin", "reader"))
    admin, address = visit("admin"), f"/elevation/activations/{activation.id}/decide"
    assert "Waiting for your decision 1 Helper Guest Security Reader, 1 hour" in text_of(
        admin.get("/elevation")
    )
    assert WHY in text_of(admin.get(address))
    answer = admin.post(address, {"decision": "approve", "justification": "Agreed"})
    assert answer.url == f"/elevation?tid={admin.tid}"
    assert cast.enter("helper").allows(Permission.INCIDENT_READ)
    late = visit("reader").post(address, {"decision": "deny", "justification": "No"})
    assert late.status_code == 400
    assert "This activation was decided already, by Admin." in text_of(late)
    assert "Active until 10 March 2026" in text_of(visit("helper").get(address))


def test_deciding_needs_a_reason_and_a_choice(visit: Visit, cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "admin"))
    address = f"/elevation/activations/{activation.id}/decide"
    for typed in ({"decision": "approve"}, {"justification": "x"}, {"decision": "?", "justification": "x"}):
        assert visit("admin").post(address, typed).status_code == 400
    assert not cast.enter("helper").allows(Permission.INCIDENT_READ)


def test_ones_own_is_not_decided(visit: Visit, cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "helper", "admin"))
    address = f"/elevation/activations/{activation.id}/decide"
    page = text_of(visit("helper").get(address))
    assert ("Approve in" in page, "Somebody else decides this activation." in page) == (False, True)
    typed = {"decision": "approve", "justification": "Me"}
    assert visit("helper").post(address, typed).status_code == 403


def test_what_is_asked_is_taken_back(visit: Visit, cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "admin"))
    helper = visit("helper")
    assert "Security Reader Waiting for approval" in text_of(helper.get("/elevation"))
    helper.post(f"/elevation/activations/{activation.id}/cancel")
    assert "Taken back Security Reader" in text_of(helper.get("/elevation"))
    assert visit("admin").post(f"/elevation/activations/{activation.id}/cancel").status_code == 404


def test_an_administrator_makes_eligible_and_ends_it(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    typed = {
        "role": str(cast.role("Security Reader").id),
        "user": "helper@provider.example",
        "longest": "3600",
        "people": "reader@customer.example\r\n\r\nadmin@customer.example",
        "groups": [str(cast.group("Tier 2").id)],
        "ends_at": "2026-05-01T00:00",
    }
    answer = admin.post("/elevation/eligibilities/create", typed)
    assert answer.url == f"/elevation/eligibilities?tid={admin.tid}"
    assert "Helper Guest Security Reader 1 hour Reader, Admin, Tier 2 10 Mar 2026 1 May 2026" in text_of(
        admin.get("/elevation/eligibilities")
    )
    take_up(cast, Eligibility.objects.of_tenant(cast.customer.id).get())
    eligibility = Eligibility.objects.of_tenant(cast.customer.id).get()
    address = f"/elevation/eligibilities/{eligibility.id}/end"
    assert "1 wish is taken back." in text_of(admin.get(address))
    admin.post(address)
    assert "Nobody is eligible for a role." in text_of(admin.get("/elevation/eligibilities"))
    assert admin.get(address).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"user": "", "group": ""}, "User: must be one group or one user"),
        ({"user": "nobody"}, "User: must be the user principal name or address of one user"),
        ({"people": "outsider@other.example"}, "People who approve: must be the user principal name"),
        ({"people": "helper@provider.example"}, "must name somebody other than who is eligible"),
        ({"longest": "60"}, "At most, each time: "),
        ({"role": "x"}, "Role: "),
        ({"ends_at": "2026-03-10T09:00"}, "Eligible until: must lie in the future"),
    ],
)
def test_what_makes_nobody_eligible_is_named(
    visit: Visit, cast: Cast, typed: dict[str, str], said: str
) -> None:
    given = {"role": str(cast.role("Security Reader").id), "user": "helper@provider.example"}
    response = visit("admin").post("/elevation/eligibilities/create", {**given, "longest": "3600", **typed})
    assert response.status_code == 400
    assert said in text_of(response)
    assert not Eligibility.objects.of_tenant(cast.customer.id).exists()


def test_the_history_says_who_why_and_until_when(visit: Visit, cast: Cast) -> None:
    activation = take_up(cast, let(cast))
    words = text_of(visit("reader").get("/elevation/history"))
    assert f"Helper Guest Security Reader Active 10 Mar 2026 09:00 1 h left {WHY}" in words
    assert f"/elevation/activations/{activation.id}/end" not in words
    with standing_at(NOW + HOUR):
        assert "Helper Guest Security Reader Over" in text_of(visit("reader").get("/elevation/history"))


def test_what_people_typed_is_shown_as_text(visit: Visit, cast: Cast) -> None:
    eligibility = let(cast)
    typed = {"duration": "1800", "justification": "<script>alert(1)</script>\u202etxt"}
    visit("helper").post(f"/elevation/eligibilities/{eligibility.id}/activate", typed)
    activation = Activation.objects.of_tenant(cast.customer.id).get()
    for page in ("/elevation/history", f"/elevation/activations/{activation.id}/decide"):
        content = visit("admin").get(page).content.decode()
        assert "<script>alert" not in content
        assert "&lt;script&gt;alert(1)" in content


def test_who_may_not_is_refused_and_outsiders_find_nothing(visit: Visit, cast: Cast) -> None:
    activation = take_up(cast, let(cast, "helper", "admin"))
    pages = {
        "/elevation/eligibilities": 403,
        "/elevation/history": 403,
        "/elevation/eligibilities/create": 403,
        f"/elevation/eligibilities/{activation.eligibility_id}/end": 403,
        f"/elevation/eligibilities/{activation.eligibility_id}/activate": 404,
        f"/elevation/activations/{activation.id}/decide": 404,
        f"/elevation/activations/{activation.id}/end": 404,
        f"/elevation/activations/{activation.id}/cancel": 404,
    }
    lead, outsider = visit("lead"), visit("outsider", cast.other)
    assert {page: lead.get(page).status_code for page in pages} == pages
    for page in pages:
        assert visit("outsider").get(page).status_code == 404
        if str(activation.id) in page or str(activation.eligibility_id) in page:
            assert outsider.get(page).status_code == 404
            assert outsider.post(page, {"decision": "approve", "justification": "x"}).status_code == 404


@pytest.mark.parametrize("page", ["/elevation", "/elevation/history", "/elevation/eligibilities"])
def test_pages_ask_as_much_for_three_more_rows(visit: Visit, cast: Cast, page: str) -> None:
    admin, group = visit("admin"), cast.group("Tier 1")
    roles = ["Tier 2 Analyst", "Security Administrator", "Global Administrator"]
    take_up(cast, let(cast, "admin"), "admin")
    take_up(cast, let(cast, "reader", "admin", role="Tier 1 Analyst"), "reader")
    admin.get(page)
    with CaptureQueriesContext(connection) as few:
        admin.get(page)
    for role in roles:
        let(cast, role=role, user_id=None, group_id=group.id)
        take_up(cast, let(cast, "admin", role=role), "admin")
        take_up(cast, let(cast, "reader", "admin", role=role), "reader")
    admin.get(page)
    with CaptureQueriesContext(connection) as many:
        admin.get(page)
    assert len(many) == len(few)
