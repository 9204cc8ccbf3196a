"""The pages on which people, and administrators for everybody, agree to an application."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.applications import app_permissions, delegated_permissions, let_in, make_program
from tests.cast import Cast, make_role
from tests.oauth.asking import CALLBACK, GRAPH, Flow, answer_of, register, sign_in
from tidegate.audit.models import AuditEvent
from tidegate.authorization.api_permissions import ApiPermission, Resource
from tidegate.authorization.permissions import RolePermission
from tidegate.core import clock
from tidegate.directory.models import Grant, RoleAssignment, ServicePrincipal, Tenant

READ_USER = delegated_permissions(Resource.GRAPH, "User.Read")
READ_ALERTS = delegated_permissions(Resource.GRAPH, "SecurityAlert.Read.All")


@pytest.fixture
def flow(cast: Cast) -> Flow:
    program = make_program(cast)
    register(program)
    return Flow(program, "", cast.customer, sign_in(cast.accounts["member"]))


def _as(cast: Cast, flow: Flow, name: str) -> Flow:
    return Flow(flow.program, "", flow.tenant, sign_in(cast.accounts[name]))


def _answer(flow: Flow, page: Any, **values: str) -> Any:
    """Press a button of the page."""
    seal = page.context["question"].seal
    return flow.browser.post(page.context["answer_url"], {"seal": seal, "decision": "accept", **values})


def _granted(tenant: Tenant) -> set[tuple[str, str, bool]]:
    rows = Grant.objects.of_tenant(tenant.id).filter(ends_at__gt=clock.now())
    return {(row.kind, row.value, row.user_id is None) for row in rows}


def test_person_is_asked_once_and_for_themselves(cast: Cast, flow: Flow) -> None:
    page = flow.authorize(scope="openid User.Read")
    back = answer_of(_answer(flow, page))

    assert set(back) == {"code", "state", "session_state"}
    assert _granted(cast.customer) == {("delegated", "User.Read", False)}
    assert "code" in answer_of(flow.authorize(scope="openid User.Read"))
    assert _as(cast, flow, "reader").authorize(scope="User.Read").status_code == 200


def test_page_says_who_asks_for_what_for_whom_until_when(cast: Cast, flow: Flow) -> None:
    page = _as(cast, flow, "admin").authorize(scope="User.Read SecurityAlert.Read.All")
    text = page.content.decode()

    for words in (
        "Harbour SIEM", "Harbour Watch", "has shown that provider.example is theirs", "Delta Mills",
        "Read all alerts", "SecurityAlert.Read.All", "Only for me, until", "For everybody in Delta Mills",
        "admin@customer.example", "https://siem.example",
    ):  # fmt: skip
        assert words in text
    assert f"{clock.now() + timedelta(days=365):%Y}" in text


def test_unverified_publisher_is_said_to_be_so(cast: Cast, flow: Flow) -> None:
    cast.provider.domains.update(verified_at=None)

    assert "nobody has checked who this is" in flow.authorize(scope="User.Read").content.decode()


def test_name_that_turns_its_direction_is_written_out(cast: Cast, flow: Flow) -> None:
    application = flow.program.application
    application.display_name = "Safe\u202eelif"
    application.save(update_fields=["display_name"])

    text = flow.authorize(scope="User.Read").content.decode()

    assert "\u202e" not in text
    assert "[U+202E]" in text


def test_no_sends_the_person_back_with_nothing(cast: Cast, flow: Flow) -> None:
    page = flow.authorize(scope="User.Read")
    back = answer_of(_answer(flow, page, decision="deny"))

    assert (back["error"], back["error_description"][:13]) == ("access_denied", "AADSTS65004: ")
    assert _granted(cast.customer) == set()
    assert not ServicePrincipal.objects.of_tenant(cast.customer.id).exists()


@pytest.mark.parametrize("name", ["member", "reader", "analyst", "lead", "helper"])
def test_what_only_an_administrator_may_give_nobody_else_gives(
    cast: Cast, now: None, flow: Flow, name: str
) -> None:
    asked = _as(cast, flow, name)
    page = asked.authorize(scope="SecurityAlert.Read.All")

    forced = _answer(asked, page, **{"for": "everybody", "days": "365"})
    for_oneself = _answer(asked, page)

    assert "AADSTS90094" in page.content.decode()
    assert (forced.status_code, for_oneself.status_code) == (400, 400)
    assert _granted(cast.customer) == set()
    assert answer_of(_answer(asked, page, decision="deny"))["error"] == "access_denied"


def test_administrator_consents_for_everybody_until_a_day(cast: Cast, flow: Flow) -> None:
    admin = _as(cast, flow, "admin")
    page = admin.authorize(scope="User.Read SecurityAlert.Read.All")
    back = answer_of(_answer(admin, page, **{"for": "everybody", "days": "30"}))

    assert "code" in back
    assert _granted(cast.customer) == {
        ("delegated", "User.Read", True),
        ("delegated", "SecurityAlert.Read.All", True),
    }
    ends = set(Grant.objects.of_tenant(cast.customer.id).values_list("ends_at", flat=True))
    assert all(timedelta(days=29) < end - clock.now() <= timedelta(days=30) for end in ends if end)
    assert "code" in answer_of(_as(cast, flow, "member").authorize(scope="SecurityAlert.Read.All"))
    event = AuditEvent.objects.of_tenant(cast.customer.id).get(tag="consent.granted")
    assert event.actor_email == "admin@customer.example"


@pytest.mark.parametrize("days", ["0", "3650", "x", "", "-1", "9" * 30])
def test_length_that_was_not_offered_is_refused(cast: Cast, flow: Flow, days: str) -> None:
    admin = _as(cast, flow, "admin")
    page = admin.authorize(scope="User.Read")

    assert _answer(admin, page, **{"for": "everybody", "days": days}).status_code == 400
    assert _granted(cast.customer) == set()


def test_answer_counts_only_for_what_was_seen(cast: Cast, flow: Flow) -> None:
    register(flow.program, required=READ_USER)
    page = flow.authorize(scope=f"{GRAPH}/.default")
    register(flow.program, required=[*READ_USER, *delegated_permissions(Resource.GRAPH, "User.Invite.All")])

    admin = _as(cast, flow, "admin")
    again = _answer(flow, page)
    by_admin = admin.browser.post(
        page.context["answer_url"], {"seal": page.context["question"].seal, "decision": "accept"}
    )

    assert (again.status_code, by_admin.status_code) == (400, 400)
    assert _granted(cast.customer) == set()


def test_consent_is_asked_anew_where_the_application_wants_that(cast: Cast, flow: Flow) -> None:
    let_in(flow.program, cast.customer, *READ_USER)

    page = flow.authorize(scope="User.Read", prompt="consent")

    assert page.status_code == 200
    assert "code" in answer_of(_answer(flow, page))
    assert _granted(cast.customer) == {("delegated", "User.Read", True)}


def test_openid_alone_lets_the_application_in_and_nothing_more(cast: Cast, flow: Flow) -> None:
    page = flow.authorize(scope="openid")

    assert "nothing but to know who you are" in page.content.decode()
    assert "code" in answer_of(_answer(flow, page))
    assert ServicePrincipal.objects.of_tenant(cast.customer.id).count() == 1
    assert _granted(cast.customer) == set()


def test_consent_that_has_ended_is_asked_for_again(cast: Cast, flow: Flow) -> None:
    let_in(flow.program, cast.customer, *READ_USER)
    Grant.objects.of_tenant(cast.customer.id).update(ends_at=clock.now())

    assert flow.authorize(scope="User.Read").status_code == 200


def test_outsider_consents_nowhere(cast: Cast, flow: Flow) -> None:
    member_page = flow.authorize(scope="User.Read")
    outside = _as(cast, flow, "outsider")

    answer = _answer(outside, member_page)

    assert (answer.status_code, answer.context["error"].number) == (400, 50020)
    assert _granted(cast.customer) == set()


def test_consent_where_nobody_is_signed_in_leads_to_sign_in(cast: Cast, flow: Flow) -> None:
    page = flow.authorize(scope="User.Read")
    flow.browser.logout()

    assert _answer(flow, page).headers["Location"].startswith("/sign-in")
    assert _granted(cast.customer) == set()


def test_version_1_lets_an_administrator_in_by_prompt(cast: Cast, flow: Flow) -> None:
    required = [*READ_USER, *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All")]
    register(flow.program, required=required)
    admin = _as(cast, flow, "admin")
    page = admin.authorize("1.0", prompt="admin_consent", scope="", resource=GRAPH)

    back = answer_of(_answer(admin, page, days="365"))

    assert back["admin_consent"] == "True"
    assert _granted(cast.customer) == {
        ("delegated", "User.Read", True),
        ("application", "SecurityAlert.Read.All", True),
    }


def _admin_consent(flow: Flow, version: str = "", **changes: str) -> Any:
    values = {"client_id": flow.client_id, "redirect_uri": CALLBACK, "state": "12345", **changes}
    kept = {name: value for name, value in values.items() if value}
    return flow.browser.get(f"/{flow.tenant.id}/{version}adminconsent?{urlencode(kept)}")


@pytest.mark.parametrize(
    ("version", "scope", "granted"),
    [
        ("", "", {("delegated", "User.Read", True), ("application", "SecurityAlert.Read.All", True)}),
        ("v2.0/", f"{GRAPH}/.default", None),
        ("v2.0/", f"{GRAPH}/User.Read", {("delegated", "User.Read", True)}),
        ("v2.0/", "openid https://graph.windows.net/.default", set()),
    ],
)
def test_administrator_lets_an_application_in(
    cast: Cast, flow: Flow, version: str, scope: str, granted: set[tuple[str, str, bool]] | None
) -> None:
    both = {("delegated", "User.Read", True), ("application", "SecurityAlert.Read.All", True)}
    required: Collection[ApiPermission] = [
        *READ_USER, *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All"),
    ]  # fmt: skip
    register(flow.program, required=required)
    admin = _as(cast, flow, "admin")

    page = _admin_consent(admin, version, scope=scope)
    back = answer_of(_answer(admin, page, days="365"))

    assert back == {
        "admin_consent": "True", "tenant": str(cast.customer.id), "state": "12345",
        **({"scope": scope} if scope else {}),
    }  # fmt: skip
    assert _granted(cast.customer) == (both if granted is None else granted)


def test_administrator_says_no(cast: Cast, flow: Flow) -> None:
    admin = _as(cast, flow, "admin")
    back = answer_of(_answer(admin, _admin_consent(admin), decision="deny"))

    assert (back["error"], back["state"]) == ("permission_denied", "12345")
    assert _granted(cast.customer) == set()


@pytest.mark.parametrize("name", ["member", "reader", "analyst"])
def test_nobody_else_lets_an_application_in(cast: Cast, now: None, flow: Flow, name: str) -> None:
    register(flow.program, required=READ_ALERTS)
    other = _as(cast, flow, name)
    page = _admin_consent(other)

    assert "An administrator must agree" in page.content.decode()
    assert _answer(other, page, days="365").status_code == 400
    assert _granted(cast.customer) == set()


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"client_id": "2e9d3a4c-0000-4000-8000-000000000000"}, 700016),
        ({"redirect_uri": "https://evil.example/"}, 50011),
    ],
)
def test_admin_consent_checks_who_asks(flow: Flow, changes: dict[str, str], number: int) -> None:
    assert _admin_consent(flow, **changes).context["error"].number == number


def test_admin_consent_without_an_address_ends_on_a_page(cast: Cast, flow: Flow) -> None:
    admin = _as(cast, flow, "admin")
    done = _answer(admin, _admin_consent(admin, redirect_uri=""), days="90")

    assert "Harbour SIEM is let into Delta Mills" in done.content.decode()


def test_administrator_gives_no_more_than_they_may_do(cast: Cast, flow: Flow) -> None:
    role = make_role(cast.customer, "Application admin", RolePermission.MANAGE_DIRECTORY)
    user = cast.user("member")
    RoleAssignment.rows.create(
        tenant=cast.customer, role_id=role.id, user_id=user.id, starts_at=clock.now() - timedelta(days=1)
    )
    page = flow.authorize(scope="SecurityAlert.Read.All")

    answer = _answer(flow, page, **{"for": "everybody", "days": "365"})

    assert answer.status_code == 400
    assert "alert.read" in answer.content.decode()
    assert _granted(cast.customer) == set()
