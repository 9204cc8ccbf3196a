"""My access: what is mine, what I may ask for, and asking; who has nothing there sees no tenant."""

import re
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, days
from tests.entitlements.asking import ask
from tests.entitlements.offering import by_group, by_user, make_policy, offer_to_provider
from tests.entitlements.test_approvals import approve
from tests.web.conftest import Visitor, text_of
from tidegate.core.clock import standing_at
from tidegate.entitlements.models import (
    AccessPackage,
    Assignment,
    AssignmentPolicy,
    AssignmentRequest,
    WriteUp,
)
from tidegate.entitlements.rules import Question, StageRule
from tidegate.entitlements.words import RequestState, TargetScope

type Visit = Callable[..., Visitor]

PLACE = "/myaccess/@customer.example"
ABSENT = "/myaccess/@absentee.example"


def approved_by_admin(cast: Cast, **fields: Any) -> AssignmentPolicy:
    stage = StageRule((by_user(cast.user("admin")),), timedelta(days=2))
    return offer_to_provider(cast, stages=(stage,), **fields)


def package_path(policy: AssignmentPolicy, place: str = PLACE) -> str:
    return f"{place}/access-packages/{policy.package_id}"


def plain(response: Any, *typed: str) -> str:
    """A page without its one-time marks and without the echo of what was typed."""
    text = response.content.decode()
    for one in typed:
        text = text.replace(one, "TYPED")
    return re.sub(r'("X-CSRFToken":"|name="csrfmiddlewaretoken" value=")\w+', r"\1", text)


def count_statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def test_home_lists_what_every_tenant_offers_with_its_name(visit: Visit, cast: Cast) -> None:
    offer_to_provider(cast)
    page = text_of(visit("boss", cast.provider).get("/myaccess"))
    assert "What I may ask for 1 Tier 2 access Delta Mills" in page
    assert "365 days" in page


def test_tenant_lists_only_what_is_there(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast)
    ask(cast, "lead", policy)
    at_home, there = visit("lead", cast.provider), visit("lead", cast.customer)
    assert "What I have 1 Tier 2 access Delta Mills" in text_of(at_home.get("/myaccess"))
    assert "What I have 1 Tier 2 access Tier 2" in text_of(there.get("/myaccess"))
    assert "You hold nothing" in text_of(visit("admin").get("/myaccess"))


def test_place_opens_for_who_is_not_inside(visit: Visit, cast: Cast) -> None:
    offer_to_provider(cast)
    for response in (visit("boss").client.get(PLACE), visit("boss").get("/myaccess")):
        assert response.status_code == 200
        assert "Tier 2 access" in text_of(response)
        assert b"You ask for access here" in response.content
        assert b'<span class="stripe-title">Delta Mills</span>' in response.content
        assert b"Incidents" not in re.findall(rb"<nav.*?</nav>", response.content, re.DOTALL)[0]


def test_signed_out_place_goes_on_to_sign_in_and_back(client: Client, cast: Cast) -> None:
    existing, absent = client.get(PLACE), client.get(ABSENT)
    assert (existing.status_code, absent.status_code) == (200, 200)
    assert b"/sign-in?next=%2Fmyaccess%2F%40customer.example" in existing.content
    assert b"js/my_access" in existing.content
    assert plain(existing, "customer.example") == plain(absent, "absentee.example")
    package = client.get(f"{PLACE}/access-packages/{uuid.uuid4()}")
    assert package["Location"].startswith("/sign-in?next=%2Fmyaccess%2F%40customer.example%2Faccess-packages")


@pytest.mark.parametrize("name", ["outsider", "stranger"])
def test_place_without_business_reads_as_absent(visit: Visit, cast: Cast, name: str) -> None:
    policy = approved_by_admin(cast)
    request = ask(cast, "boss", policy)
    client, nothing = visit(name).client, uuid.uuid4()
    tid, absent = str(cast.customer.id), str(uuid.uuid4())
    own = [f"requests/{request.id}", f"requests/{request.id}/cancel"]
    own += [f"assignments/{nothing}/extend", f"assignments/{nothing}/give-up"]
    pages = [
        (PLACE, ABSENT),
        (package_path(policy), package_path(policy, ABSENT)),
        (f"/myaccess?tid={tid}", f"/myaccess?tid={absent}"),
        ("/myaccess?tid=customer.example", "/myaccess?tid=absentee.example"),
        *((f"/myaccess/{path}?tid={tid}", f"/myaccess/{path}?tid={absent}") for path in own),
    ]
    typed = ("customer.example", "absentee.example", tid, absent)
    for page, other in pages:
        here, there = client.get(page), client.get(other)
        assert (here.status_code, there.status_code) == (404, 404), page
        assert plain(here, *typed) == plain(there, *typed), page
        assert b"Delta Mills" not in here.content
        assert count_statements(client, page) == count_statements(client, other), page
        assert client.post(page).status_code in {404, 405}
    assert AssignmentRequest.objects.of_tenant(cast.customer.id).get().state == RequestState.PENDING_APPROVAL


def test_package_that_is_not_offered_reads_as_absent_inside(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast)
    client = visit("member").client
    here, nowhere = client.get(package_path(policy)), client.get(f"{PLACE}/access-packages/{uuid.uuid4()}")
    assert (here.status_code, nowhere.status_code) == (404, 404)
    assert "Tier 2 access" not in text_of(here)


def test_malformed_place_is_a_clear_400(visit: Visit, cast: Cast) -> None:
    response = visit("boss").client.get("/myaccess/@not a domain")
    assert response.status_code == 400
    assert "must be a directory ID (a GUID) or a domain name" in text_of(response)


def test_hidden_package_is_reached_by_its_link_alone(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast)
    AccessPackage.rows.filter(id=policy.package_id).update(is_hidden=True)
    client = visit("boss").client
    assert "Tier 2 access" not in text_of(visit("boss", cast.provider).get("/myaccess"))
    assert client.get(PLACE).status_code == 404
    assert b"js/my_access" in client.get(PLACE).content
    assert client.get(package_path(policy)).status_code == 200


@pytest.mark.parametrize("spelling", ["/@customer.example", "/myaccess/@customer.example/"])
def test_other_spellings_lead_here(visit: Visit, cast: Cast, spelling: str) -> None:
    assert visit("boss").client.get(spelling)["Location"] == PLACE


def test_package_page_says_what_for_how_long_and_who_approves(visit: Visit, cast: Cast) -> None:
    first = StageRule((by_user(cast.user("member")),), timedelta(hours=4))
    second = StageRule((by_group(cast.group("Tier 1")),), timedelta(days=14))
    policy = offer_to_provider(cast, stages=(first, second))
    page = text_of(visit("boss").client.get(package_path(policy)))
    assert "Gives Tier 2 Analyst Group Tier 2: Tier 2 Analyst" in page
    assert "For at most 365 days Can be extended." in page
    assert "Approved by Member within 4 hours, or it lapses Tier 1 within 14 days" in page
    assert "Usually takes Not known yet" in page
    assert "You have now no access to Delta Mills" in page


def test_page_names_the_usual_time_of_decisions(visit: Visit, cast: Cast) -> None:
    policy = approved_by_admin(cast)
    request = ask(cast, "analyst", policy)
    with standing_at(NOW + timedelta(hours=3)):
        approve(cast, "admin", request)
        assert "Usually takes 3 hours" in text_of(visit("boss").client.get(package_path(policy)))


def test_asking_keeps_what_was_written_and_shows_where_it_stands(visit: Visit, cast: Cast) -> None:
    question = Question("q1", "Which incident?", is_required=True)
    policy = approved_by_admin(cast, questions_json=[question.write()])
    client = visit("boss").client
    sent = {"justification": "Night shift", "duration": str(7 * 86400), "answer_q1": "1840"}
    response = client.post(package_path(policy), sent)
    request = AssignmentRequest.objects.of_tenant(cast.customer.id).get()
    assert response["Location"] == f"/myaccess/requests/{request.id}?tid={cast.customer.id}"
    assert (request.justification, request.asked_duration) == ("Night shift", days(7))
    assert request.answers == [{"id": "q1", "question": "Which incident?", "answer": "1840"}]
    page = text_of(client.get(response["Location"]))
    assert "Tier 2 access Pending approval" in page
    assert "Waits for Admin" in page
    assert "Timeline Submitted 10 March 2026, 09:00 Boss Night shift Pending approval 12 March 2026" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"justification": ""}, "Why do you need it?: This field is required."),
        ({"answer_q1": ""}, "Which incident?: This field is required."),
        ({"duration": "1"}, "Select a valid choice"),
        ({"duration": "x"}, "Select a valid choice"),
        ({"starts_at": "soon"}, "must be a date and a time, like 2027-01-31T18:00"),
        ({"starts_at": "2029-01-01T00:00"}, "must lie within a year"),
        ({"justification": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_wrong_input_stands_beside_its_field(
    visit: Visit, cast: Cast, fields: dict[str, str], said: str
) -> None:
    question = Question("q1", "Which incident?", is_required=True)
    policy = approved_by_admin(cast, questions_json=[question.write()], is_justification_required=True)
    sent = {"justification": "Night shift", "answer_q1": "1840", **fields}
    response = visit("boss").client.post(package_path(policy), sent)
    assert response.status_code == 400
    assert said in text_of(response)
    assert not AssignmentRequest.objects.of_tenant(cast.customer.id).exists()


def test_several_policies_are_chosen_between(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast)
    other = make_policy(
        policy.package, TargetScope.ALL_ORGANIZATIONS, is_justification_required=True, questions_json=[]
    )
    AssignmentPolicy.rows.filter(id=other.id).update(display_name="With a reason")
    client = visit("boss").client
    page = client.get(package_path(policy))
    assert "With a reason" in text_of(page)
    chosen = f"{package_path(policy)}?policy={other.id}"
    assert client.post(chosen, {"justification": ""}).status_code == 400
    assert client.post(chosen, {"justification": "Because"}).status_code == 302
    assert AssignmentRequest.objects.of_tenant(cast.customer.id).get().policy_id == other.id


def test_what_is_held_or_pending_is_not_asked_for_again(visit: Visit, cast: Cast) -> None:
    policy = approved_by_admin(cast)
    client = visit("boss").client
    request = ask(cast, "boss", policy)
    assert "the request waits for approval" in text_of(client.get(package_path(policy)))
    response = client.post(package_path(policy))
    assert response.status_code == 400
    assert "You have asked for this already" in text_of(response)
    approve(cast, "admin", request)
    page = text_of(client.get(package_path(policy)))
    assert "You have Tier 2 access already, until 10 March 2027" in page
    assert "Enter Delta Mills" in page


def test_request_is_canceled_after_a_question(visit: Visit, cast: Cast) -> None:
    request = ask(cast, "boss", approved_by_admin(cast))
    visitor, address = visit("boss"), f"/myaccess/requests/{request.id}/cancel"
    assert "Cancel your request for Tier 2 access?" in text_of(visitor.get(address))
    assert visitor.post(address).status_code == 302
    request.refresh_from_db()
    assert request.state == RequestState.CANCELED
    page = text_of(visitor.get(f"/myaccess/requests/{request.id}"))
    assert "Tier 2 access Canceled" in page
    assert (
        b"This request was canceled already." in visitor.client.get(visitor.post(address)["Location"]).content
    )


def test_held_access_is_extended(visit: Visit, cast: Cast) -> None:
    policy = approved_by_admin(cast)
    approve(cast, "admin", ask(cast, "boss", policy))
    held = Assignment.objects.of_tenant(cast.customer.id).get()
    with standing_at(NOW + days(300)):
        visitor, address = visit("boss"), f"/myaccess/assignments/{held.id}/extend"
        assert "Access ends 10 March 2027" in text_of(visitor.get(address))
        response = visitor.post(address, {"justification": "Still needed", "duration": str(180 * 86400)})
        request = AssignmentRequest.objects.of_tenant(cast.customer.id).get(request_type="userExtend")
        assert response["Location"] == f"/myaccess/requests/{request.id}?tid={cast.customer.id}"
        assert "Kind Extension" in text_of(visitor.get(f"/myaccess/requests/{request.id}"))
        approve(cast, "admin", request)
        assert "Tier 2 access Access extended" in text_of(visitor.get(f"/myaccess/requests/{request.id}"))


def test_what_cannot_be_extended_says_why(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast, allows_extension=False)
    ask(cast, "boss", policy)
    held = Assignment.objects.of_tenant(cast.customer.id).get()
    visitor, address = visit("boss"), f"/myaccess/assignments/{held.id}/extend"
    response = visitor.get(address)
    assert response.status_code == 409
    assert "This access cannot be extended." in text_of(response)
    assert "This access cannot be extended." in text_of(visitor.post(address))
    with standing_at(NOW + days(366)):
        assert "it can be asked for again" in text_of(visitor.get(address))


def test_access_is_given_up_after_a_question(visit: Visit, cast: Cast) -> None:
    ask(cast, "boss", offer_to_provider(cast))
    held = Assignment.objects.of_tenant(cast.customer.id).get()
    visitor, address = visit("boss"), f"/myaccess/assignments/{held.id}/give-up"
    question = text_of(visitor.get(address))
    assert "Give up Tier 2 access?" in question
    assert "Tier 2 Analyst" in question
    response = visitor.post(address, {"justification": "Moved teams"})
    held.refresh_from_db()
    assert (held.ends_at, held.ended_because) == (NOW, "Moved teams")
    assert "Given up" in text_of(visitor.client.get(response["Location"]))
    assert visitor.get("/").status_code == 404
    assert "What ended last Tier 2 access Moved teams" in text_of(visitor.get("/myaccess"))


@pytest.mark.parametrize("what", ["cancel", "extend", "give-up"])
def test_nobody_touches_what_is_of_others(visit: Visit, cast: Cast, what: str) -> None:
    policy = approved_by_admin(cast)
    approve(cast, "admin", ask(cast, "boss", policy))
    held = Assignment.objects.of_tenant(cast.customer.id).get()
    request = ask(cast, "analyst", policy)
    kind, one = ("requests", request.id) if what == "cancel" else ("assignments", held.id)
    for name in ("lead", "admin", "outsider"):
        for send in (visit(name).get, visit(name).post):
            assert send(f"/myaccess/{kind}/{one}/{what}").status_code == 404


def sign_in_at(client: Client, cast: Cast, name: str, at: float) -> None:
    """A session that was begun with a password at a time of the machine's clock."""
    account = cast.accounts[name]
    account.set_password("walnut-harbour-77")
    account.save()
    client.force_login(account)
    request = RequestFactory().get("/")
    request.session = client.session
    record_authentication(request, account, method="password", email=account.email)
    request.session["account_authentication_methods"][-1]["at"] = at
    request.session.save()


def test_following_a_package_link_asks_for_sign_in_again(client: Client, cast: Cast) -> None:
    policy = approved_by_admin(cast)
    path = package_path(policy)
    sign_in_at(client, cast, "boss", time.time() - 301)
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith(
        "/account/reauthenticate?next=/myaccess/%40customer.example/access"
    )
    back = client.post(response["Location"], {"password": "walnut-harbour-77"})
    assert back["Location"] == path
    assert client.get(path).status_code == 200
    assert client.post(path, {"justification": "Now"}).status_code == 302


@pytest.mark.parametrize(("ago", "asks"), [(10, 0), (600, 0), (3601, 1)])
def test_sending_the_form_asks_again_only_after_an_hour(
    client: Client, cast: Cast, ago: int, asks: int
) -> None:
    policy = approved_by_admin(cast)
    sign_in_at(client, cast, "boss", time.time() - ago)
    response = client.post(package_path(policy), {"justification": "Now"})
    assert response["Location"].startswith("/account/reauthenticate") == asks


def test_sign_in_again_is_asked_before_anything_is_looked_up(client: Client, cast: Cast) -> None:
    sign_in_at(client, cast, "outsider", time.time() - 301)
    for place in (PLACE, ABSENT):
        response = client.get(f"{place}/access-packages/{uuid.uuid4()}")
        assert response["Location"].startswith("/account/reauthenticate")


def test_list_costs_the_same_for_one_and_for_three(visit: Visit, cast: Cast) -> None:
    visitor = visit("boss", cast.provider)
    offer_to_provider(cast, name="One")
    ask(cast, "boss", offer_to_provider(cast, name="Two"))
    visitor.get("/myaccess")
    few = count_statements(visitor.client, f"/myaccess?tid={visitor.tid}")
    for number in range(3):
        offer_to_provider(cast, name=f"More {number}")
        ask(cast, "boss", offer_to_provider(cast, name=f"Held {number}"))
    assert count_statements(visitor.client, f"/myaccess?tid={visitor.tid}") == few


def test_write_up_that_is_owed_stands_first(visit: Visit, cast: Cast) -> None:
    ask(cast, "boss", offer_to_provider(cast))
    held = Assignment.objects.of_tenant(cast.customer.id).get()
    WriteUp.rows.create(
        tenant_id=cast.customer.id,
        assignment_id=held.id,
        account=cast.accounts["boss"],
        confirmed_by_name="Lead",
        due_at=NOW + days(366),
    )
    with standing_at(NOW + days(365)):
        visitor = visit("boss", cast.provider)
        page = visitor.get("/myaccess")
        assert "You owe Delta Mills the write-up of an emergency entry. Until 11 March 2027" in text_of(page)
        assert f"/break-glass/write-ups/{held.id}?tid={cast.customer.id}" in page.content.decode()
        assert "You owe" not in text_of(visit("lead", cast.provider).get("/myaccess"))


def test_person_without_a_home_sees_an_empty_list(visit: Visit, cast: Cast) -> None:
    response = visit("stranger").client.get("/myaccess")
    assert response.status_code == 200
    assert "Nothing is offered to you now." in text_of(response)
