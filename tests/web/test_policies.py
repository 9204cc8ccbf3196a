"""The form of a policy: without JavaScript, stage by stage; and the ready-made set-up of a provider."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast, days
from tests.entitlements.offering import connect, make_package
from tests.web.conftest import Visitor, text_of
from tidegate.entitlements.models import AccessPackage, AssignmentPolicy, ConnectedOrganization
from tidegate.entitlements.rules import BREAK_GLASS
from tidegate.entitlements.words import ApproverKind, ExpirationType, TargetScope

type Visit = Callable[..., Visitor]

PLAIN: dict[str, Any] = {
    "display_name": "Requests",
    "target_scope": "allMemberUsers",
    "expiration": "afterDuration",
    "days": "30",
    "stages": "1",
    "questions": "0",
    "stage0-users": "member@customer.example",
    "stage0-limit_days": "14",
    "review_every": "12",
}


def address_of(package: AccessPackage) -> str:
    return f"/access-packages/{package.id}/policies"


def test_whole_policy_is_written_and_read_back(visit: Visit, cast: Cast) -> None:
    package, organization = make_package(cast.customer), connect(cast.customer, cast.provider)
    admin, group = visit("admin"), cast.group("Tier 1")
    data = {
        **PLAIN,
        "target_scope": "specificConnectedOrganizationUsers",
        "organizations": [str(organization.id)],
        "stages": "2",
        "stage0-users": "member@customer.example\nADMIN@customer.example",
        "stage0-kinds": ["internalSponsors"],
        "stage0-is_justification_required": "on",
        "stage0-alternates": "reader@customer.example",
        "stage0-escalate_days": "3",
        "stage1-groups": [str(group.id)],
        "stage1-limit_days": "0",
        "stage1-limit_hours": "8",
        "questions": "2",
        "question0-text": "Which customer?",
        "question0-kind": "choice",
        "question0-choices": "One\nTwo\n",
        "question0-is_required": "on",
        "question1-text": "Why?",
        "question1-kind": "long",
        "hours": "6",
        "allows_extension": "on",
        "is_reviewed": "on",
        "review_every": "3",
        "review_days": "10",
        "reviewers": "admin@customer.example",
        "without_answer": "removeAccess",
    }
    saved = admin.post(f"{address_of(package)}/create", data)
    assert saved.status_code == 302, text_of(saved)
    policy = AssignmentPolicy.rows.get()
    first, second = policy.stages
    users = {one.id for one in first.approvers if one.kind == ApproverKind.USER and not one.is_alternate}
    assert users == {cast.user("member").id, cast.user("admin").id}
    assert (first.time_limit, first.escalate_after) == (days(14), days(3))
    assert [one.id for one in second.approvers] == [group.id]
    assert second.time_limit == days(1 / 3)
    assert [one.choices for one in policy.questions] == [("One", "Two"), ()]
    assert policy.expiration.duration == days(30.25)
    assert policy.review is not None
    assert (policy.review.every_months, policy.review.duration) == (3, days(10))
    page = admin.get(f"{address_of(package)}/{policy.id}/edit").content.decode()
    for part in ("Which customer?", "member@customer.example", "One\nTwo", 'value="8"'):
        assert part in page
    shown = text_of(admin.get(f"/access-packages/{package.id}"))
    assert "after 3 days also Reader" in shown
    assert "Reviewed every quarter" in shown


def test_stages_and_questions_come_and_go_by_buttons_and_keep_what_was_typed(
    visit: Visit, cast: Cast
) -> None:
    package, admin = make_package(cast.customer), visit("admin")
    address = f"{address_of(package)}/create"
    more = admin.post(address, {**PLAIN, "do": "add_stage"})
    assert more.status_code == 200
    assert "Stage 2" in text_of(more)
    assert "Please correct" not in text_of(more)
    assert "member@customer.example" in more.content.decode()
    two = {**PLAIN, "stages": "2", "stage1-users": "kept@customer.example"}
    less = admin.post(address, {**two, "do": "remove_stage:0"}).content.decode()
    assert "kept@customer.example" in less
    assert "member@customer.example</textarea>" not in less
    assert "Stage 2" not in less
    asked = admin.post(address, {**PLAIN, "do": "add_question"})
    assert "Question 1" in text_of(asked)
    for nonsense in ("remove_stage:9", "remove_stage:x", "add_everything"):
        assert admin.post(address, {**PLAIN, "do": nonsense}).status_code == 200
    assert admin.post(address, {**PLAIN, "stages": "999", "do": "add_stage"}).status_code == 200
    assert not AssignmentPolicy.rows.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"display_name": ""}, "Name: This field is required."),
        ({"stage0-users": ""}, "Approvers: must name at least one approver"),
        ({"stage0-users": "nobody"}, "Approvers: must be users of this directory; nobody is none"),
        ({"stage0-limit_days": "0"}, "Decide within days: must be from one hour to 30 days"),
        ({"stage0-limit_days": "x"}, "Decide within days: Enter a whole number."),
        ({"stage0-escalate_days": "2"}, "Alternates: must name somebody for the request to be forwarded to"),
        ({"days": "0"}, "Days: must be one hour at least; 0 days are taken with hours"),
        ({"days": "9999"}, "Days: must be no more than the operator&#x27;s longest access"),
        ({"expiration": "noExpiration"}, "Why never: must not be empty"),
        ({"expiration": "afterDateTime"}, "On: must lie in the future"),
        ({"target_scope": "specificDirectoryUsers"}, "Users: must name at least one user or group"),
        (
            {"target_scope": "specificConnectedOrganizationUsers"},
            "Connected organizations: must name at least one connected organization",
        ),
        ({"target_scope": "everybody"}, "Who may ask: Select a valid choice."),
        ({"questions": "1", "question0-kind": "short"}, "Question: must not be empty"),
        (
            {"questions": "1", "question0-text": "Q", "question0-kind": "choice"},
            "Choices: must be from two to twenty",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    visit: Visit, cast: Cast, change: dict[str, str], words: str
) -> None:
    package = make_package(cast.customer)
    page = visit("admin").post(f"{address_of(package)}/create", {**PLAIN, **change})
    assert page.status_code == 400
    assert words in text_of(page)
    assert not AssignmentPolicy.rows.exists()


def test_policy_is_changed_switched_and_removed(visit: Visit, cast: Cast) -> None:
    package, admin = make_package(cast.customer), visit("admin")
    admin.post(f"{address_of(package)}/create", PLAIN)
    policy = AssignmentPolicy.rows.get()
    address = f"{address_of(package)}/{policy.id}"
    admin.post(f"{address}/switch", {"to": "off"})
    never = {**PLAIN, "expiration": "noExpiration", "reason": "The board agreed."}
    assert admin.post(f"{address}/edit", never).status_code == 302
    policy.refresh_from_db()
    assert policy.expiration.type == ExpirationType.NO_EXPIRATION
    assert not policy.accepts_requests
    assert "The board agreed." in text_of(admin.get(f"/access-packages/{package.id}"))
    admin.post(f"{address}/switch", {"to": "on"})
    assert "Requests" in text_of(admin.get(f"{address}/remove"))
    admin.post(f"{address}/remove")
    assert admin.get(f"{address}/edit").status_code == 404


def test_emergency_package_has_one_form(visit: Visit, cast: Cast) -> None:
    package = make_package(cast.customer, "Glass", is_break_glass=True)
    connect(cast.customer, cast.provider)
    admin, address = visit("admin"), f"{address_of(package)}/create"
    page = text_of(admin.get(address))
    assert "Add a stage" not in page
    assert "ends after one hour" in page
    data = {"display_name": "Emergency", "target_scope": "allConfiguredConnectedOrganizationUsers"}
    assert admin.post(address, data).status_code == 302
    policy = AssignmentPolicy.rows.get()
    assert policy.expiration.duration == BREAK_GLASS
    assert [one.kind for one in policy.stages[0].approvers] == [ApproverKind.COLLEAGUE]
    inside = admin.post(address, {**data, "display_name": "X", "target_scope": "allMemberUsers"})
    assert inside.status_code == 400


def test_outsider_and_reader_write_no_policy(visit: Visit, cast: Cast) -> None:
    package = make_package(cast.customer)
    visit("admin").post(f"{address_of(package)}/create", PLAIN)
    address = f"{address_of(package)}/{AssignmentPolicy.rows.get().id}"
    for who, status in ((visit("reader"), 403), (visit("outsider", cast.other), 404)):
        for what in ("edit", "switch", "remove"):
            assert who.post(f"{address}/{what}", PLAIN).status_code == status


SETUP = {
    "tid": "provider.example",
    "provider_name": "Harbour Watch",
    "approvers": "member@customer.example",
    "days": "365",
    "catalog_name": "MSSP Accesses",
    "label": "",
}


def test_provider_is_shown_what_will_be_made_then_made_with_links(visit: Visit, cast: Cast) -> None:
    admin, address = visit("admin"), "/access-packages/set-up"
    plan = text_of(admin.post(address, {**SETUP, "preview": "1"}))
    for words in ("Connected organization Harbour Watch", "Group Tier 1 Analyst", "Catalog MSSP Accesses"):
        assert words in plan
    assert not ConnectedOrganization.rows.exists()
    made = admin.post(address, SETUP)
    assert made.status_code == 302
    links = admin.client.get(made.url)
    packages = AccessPackage.objects.of_tenant(cast.customer.id)
    assert packages.count() == 3
    for package in packages:
        assert f"/myaccess/@customer.example#/access-packages/{package.id}" in links.content.decode()
    policy = AssignmentPolicy.rows.first()
    assert policy is not None
    assert policy.target_scope == TargetScope.SPECIFIC_ORGANIZATIONS


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tid": "customer.example"}, "must be another organization than this one"),
        ({"approvers": ""}, "Who of us decides: This field is required."),
        ({"approvers": "analyst@provider.example"}, "must be one or more members of this tenant"),
        ({"approvers": "nobody"}, "must be users of this directory; nobody is none"),
        ({"days": "4000"}, "must be a day at least, and no more than the operator&#x27;s longest access"),
    ],
)
def test_what_is_wrong_with_a_set_up_is_named(
    visit: Visit, cast: Cast, change: dict[str, str], words: str
) -> None:
    page = visit("admin").post("/access-packages/set-up", {**SETUP, **change})
    assert page.status_code == 400
    assert words in text_of(page)


def test_second_set_up_names_what_is_taken(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    admin.post("/access-packages/set-up", SETUP)
    again = admin.post("/access-packages/set-up", SETUP)
    assert again.status_code == 400
    assert "These names are taken here already: group MSSP Analyst Approvers" in text_of(again)


@pytest.mark.parametrize("name", ["reader", "member", "analyst"])
def test_others_set_nobody_up(visit: Visit, name: str) -> None:
    assert visit(name).post("/access-packages/set-up", SETUP).status_code == 403
