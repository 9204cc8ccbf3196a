"""The address to which applications send people: where errors go, who is asked what, and who is not."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from tests.applications import delegated_permissions, let_in, make_program
from tests.cast import Cast
from tests.oauth.asking import (
    CALLBACK,
    GRAPH,
    Flow,
    answer_of,
    disable_everywhere,
    make_flow,
    register,
    sign_in,
)
from tidegate.authorization.api_permissions import Resource
from tidegate.core import clock
from tidegate.directory.actions.applications import Redirect
from tidegate.directory.models import Grant, ServicePrincipal
from tidegate.oauth.models import AuthorizationCode

PASSWORD = "correct horse battery staple"


@pytest.fixture
def flow(cast: Cast) -> Flow:
    flow = make_flow(cast)
    let_in(flow.program, cast.customer, *delegated_permissions(Resource.GRAPH, "User.Read"))
    return flow


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"client_id": "2e9d3a4c-0000-4000-8000-000000000000"}, 700016),
        ({"client_id": "no id"}, 700016),
        ({"client_id": ""}, 900144),
        ({"redirect_uri": "https://evil.example/callback"}, 50011),
        ({"redirect_uri": f"{CALLBACK}/"}, 50011),
        ({"redirect_uri": f"{CALLBACK}?a=1"}, 50011),
        ({"redirect_uri": "HTTPS://siem.example/callback"}, 50011),
        ({"redirect_uri": "https://siem.example@evil.example/callback"}, 50011),
        ({"redirect_uri": "javascript:alert(1)"}, 50011),
        ({"response_mode": "smoke_signal"}, 9002313),
        ({"place": "nowhere.example"}, 90002),
        ({"place": "99999999-9999-4999-8999-999999999999"}, 90002),
    ],
)
def test_error_before_the_address_is_known_is_a_page(
    flow: Flow, changes: dict[str, str], number: int
) -> None:
    response = flow.authorize(**changes)

    assert response.status_code == 400
    assert "Location" not in response.headers
    assert response.context["error"].number == number
    assert f"AADSTS{number}" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "error", "number"),
    [
        ({"response_type": "token"}, "unsupported_response_type", 700054),
        ({"response_type": ""}, "invalid_request", 900144),
        ({"scope": ""}, "invalid_request", 900144),
        ({"scope": "Nothing.Known"}, "invalid_scope", 70011),
        ({"scope": f"{GRAPH}/User.Read https://graph.windows.net/Alerts.Fetch"}, "invalid_scope", 700022),
        ({"scope": "https://elsewhere.example/.default"}, "invalid_resource", 500011),
        ({"resource": GRAPH}, "invalid_request", 901002),
        ({"prompt": "none login"}, "invalid_request", 9002313),
        ({"prompt": "shout"}, "invalid_request", 9002313),
        ({"code_challenge": "short"}, "invalid_request", 9002313),
        ({"code_challenge_method": "S512"}, "invalid_request", 9002313),
        ({"max_age": "soon"}, "invalid_request", 9002313),
        ({"scope": "https://graph.windows.net/.default"}, "invalid_resource", 650057),
    ],
)
def test_error_after_it_goes_back_to_the_application(
    flow: Flow, changes: dict[str, str], error: str, number: int
) -> None:
    back = answer_of(flow.authorize(**changes))

    assert (back["error"], back["state"]) == (error, "the state")
    assert back["error_description"].startswith(f"AADSTS{number}: ")


def test_parameter_that_is_there_twice_is_refused(flow: Flow) -> None:
    path = f"/{flow.tenant.id}/oauth2/v2.0/authorize?client_id={flow.client_id}&client_id=other"

    assert flow.browser.get(path).context["error"].number == 9000411


def test_address_that_was_left_out_is_the_only_one_registered(cast: Cast, flow: Flow) -> None:
    back = flow.authorize(redirect_uri="")
    code = answer_of(back)["code"]

    assert back.headers["Location"].startswith(CALLBACK)
    assert flow.redeem(code, redirect_uri="").status_code == 200
    register(flow.program, Redirect(CALLBACK), Redirect("https://siem.example/other"))
    assert flow.authorize(redirect_uri="").context["error"].number == 900971


@pytest.mark.parametrize(
    ("registered", "platform", "asked", "is_good"),
    [
        ("http://localhost/cb", "publicClient", "http://localhost:49152/cb", True),
        ("http://127.0.0.1/cb", "publicClient", "http://127.0.0.1:49152/cb", True),
        ("http://[::1]/cb", "publicClient", "http://[::1]:49152/cb", True),
        ("http://localhost:8400/cb", "web", "http://localhost:49152/cb", True),
        ("http://127.0.0.1/cb", "web", "http://127.0.0.1:49152/cb", False),
        ("http://localhost/cb", "publicClient", "http://127.0.0.1:49152/cb", False),
        ("http://localhost/cb", "publicClient", "http://localhost:49152/other", False),
        ("http://localhost/cb", "publicClient", "http://localhost:49152/cb?a=1", False),
        ("http://localhost/cb", "publicClient", "https://localhost:49152/cb", False),
        ("http://localhost/cb", "publicClient", "http://localhost:x/cb", False),
        ("http://localhost/cb", "publicClient", "http://localhost:1@evil.example:2/cb", False),
        ("http://localhost/cb", "publicClient", "http://a@localhost:49152/cb", False),
        ("https://siem.example/cb", "web", "https://siem.example:8443/cb", False),
        ("http://localhost/cb", "publicClient", "http://localhost:1\n2/cb", False),
        ("http://localhost/cb", "publicClient", "http://localhost:12/c\tb", False),
        ("http://localhost/cb", "publicClient", "http://localhost:12/c\r\nX: y", False),
        ("msal2e9d3a4c://auth", "publicClient", "msal2e9d3a4c://auth", True),
    ],
)
def test_port_matters_but_on_the_persons_own_machine(
    cast: Cast, flow: Flow, registered: str, platform: str, asked: str, *, is_good: bool
) -> None:
    register(flow.program, Redirect(registered, platform))

    response = flow.authorize(redirect_uri=asked)

    assert (response.status_code == 302) == is_good
    if is_good:
        assert response.headers["Location"].startswith(f"{asked}?code=")


def test_whoever_is_not_signed_in_signs_in_and_comes_back(cast: Cast, flow: Flow) -> None:
    account = cast.accounts["member"]
    account.set_password(PASSWORD)
    account.save()
    browser = Client()
    asked = Flow(flow.program, flow.secret, flow.tenant, browser).authorize(login_hint=account.email)
    address = urlsplit(asked.headers["Location"])

    page = browser.get(asked.headers["Location"])
    came = browser.post(
        asked.headers["Location"],
        {"login": account.email, "password": PASSWORD, "next": parse_qs(address.query)["next"][0]},
    )
    back = answer_of(browser.get(came.headers["Location"]))

    assert address.path == "/sign-in"
    assert f'value="{account.email}"' in page.content.decode()
    assert "form-action 'self' https://siem.example" in page.headers["Content-Security-Policy"]
    assert set(back) == {"code", "state", "session_state"}


def test_crowd_without_sessions_is_held_back(cast: Cast, flow: Flow) -> None:
    nobody = [Flow(flow.program, "", flow.tenant, Client(REMOTE_ADDR="192.0.2.66")) for _ in range(201)]
    answers = [each.authorize() for each in nobody]

    assert {answer.status_code for answer in answers[:200]} == {302}
    assert answers[0].headers["Location"].startswith("/sign-in")
    assert answer_of(answers[200])["error"] == "temporarily_unavailable"


def test_policy_of_sign_in_is_widened_for_nobody_else(db: None, client: Client) -> None:
    policy = client.get("/sign-in").headers["Content-Security-Policy"]

    assert "form-action 'self';" in policy


@pytest.mark.parametrize("prompt", ["none"])
def test_silent_request_of_nobody_is_sent_back(cast: Cast, flow: Flow, prompt: str) -> None:
    nobody = Flow(flow.program, flow.secret, flow.tenant, Client())

    assert answer_of(nobody.authorize(prompt=prompt))["error"] == "login_required"


def test_silent_request_succeeds_where_nothing_is_to_be_asked(flow: Flow) -> None:
    assert "code" in answer_of(flow.authorize(prompt="none"))


def test_silent_request_that_needs_consent_is_sent_back(flow: Flow) -> None:
    back = answer_of(flow.authorize(prompt="none", scope="User.Read SecurityAlert.Read.All"))

    assert (back["error"], back["error_description"][:13]) == ("consent_required", "AADSTS65001: ")


def test_silent_request_for_somebody_else_is_sent_back(flow: Flow) -> None:
    assert answer_of(flow.authorize(prompt="none", login_hint="reader@customer.example"))["error"] == (
        "login_required"
    )


def test_outsider_gets_a_page_and_silently_an_error(cast: Cast, flow: Flow) -> None:
    outside = Flow(flow.program, flow.secret, flow.tenant, sign_in(cast.accounts["outsider"]))

    page, silent = outside.authorize(), answer_of(outside.authorize(prompt="none"))

    assert (page.status_code, page.context["error"].number) == (400, 50020)
    assert "Delta Mills" not in page.content.decode()
    assert (silent["error"], silent["error_description"][:13]) == ("interaction_required", "AADSTS16000: ")
    assert AuthorizationCode.objects.across_tenants().count() == 0


def test_guest_gets_a_code_of_the_customers_tenant(cast: Cast, now: None, flow: Flow) -> None:
    guest = Flow(flow.program, flow.secret, flow.tenant, sign_in(cast.accounts["analyst"]))

    body = guest.redeem(guest.get_code()).json()

    assert AuthorizationCode.objects.across_tenants().get().tenant_id == cast.customer.id
    assert "User.Read" in body["scope"]


@pytest.mark.parametrize("place", ["common", "organizations"])
def test_place_of_no_tenant_is_the_persons_home(cast: Cast, now: None, flow: Flow, place: str) -> None:
    let_in(flow.program, cast.provider, *delegated_permissions(Resource.GRAPH, "User.Read"))
    guest = Flow(flow.program, flow.secret, flow.tenant, sign_in(cast.accounts["analyst"]))
    nobody = Flow(flow.program, flow.secret, flow.tenant, sign_in(cast.accounts["stranger"]))

    assert "code" in answer_of(guest.authorize(place=place))
    assert AuthorizationCode.objects.across_tenants().get().tenant_id == cast.provider.id
    assert nobody.authorize(place=place).context["error"].number == 50020


def test_application_of_one_tenant_is_not_for_common(cast: Cast) -> None:
    flow = make_flow(cast, "boss", cast.provider)
    register(flow.program, sign_in_audience="AzureADMyOrg")

    assert flow.authorize(place="common").context["error"].number == 50194
    assert "code" in answer_of(flow.authorize(scope="openid"))


def test_application_of_one_tenant_is_not_there_in_another(cast: Cast) -> None:
    program = make_program(cast, multi_tenant=False)
    register(program)
    flow = Flow(program, "", cast.customer, sign_in(cast.accounts["member"]))

    assert flow.authorize().context["error"].number == 700016


def test_application_that_was_authorized_for_the_siem_works(cast: Cast) -> None:
    program = make_program(cast, multi_tenant=False)
    register(program)
    application = program.application
    principal = ServicePrincipal.rows.create(
        tenant=cast.customer, client_id=application.client_id, home_tenant=cast.provider,
        application_id=application.id, display_name="SIEM", created_at=clock.now(),
    )  # fmt: skip
    Grant.rows.create(
        tenant=cast.customer, service_principal_id=principal.id, kind="delegated", resource="siem",
        value="Alerts.Fetch", granted_by="Admin", starts_at=clock.now() - timedelta(days=1),
    )  # fmt: skip
    flow = Flow(program, "", cast.customer, sign_in(cast.accounts["reader"]))

    back = flow.authorize("1.0", scope="", resource="https://graph.windows.net", prompt="")

    assert "code" in answer_of(back)


def test_disabled_application_is_told_so(cast: Cast, flow: Flow) -> None:
    disable_everywhere(flow.program)

    assert flow.authorize().context["error"].number == 7000112


def test_post_is_asked_for_again_as_a_link(flow: Flow) -> None:
    response = flow.browser.post(f"/{flow.tenant.id}/oauth2/v2.0/authorize", {"client_id": flow.client_id})

    assert response.status_code == 303
    assert (
        response.headers["Location"] == f"/{flow.tenant.id}/oauth2/v2.0/authorize?client_id={flow.client_id}"
    )


def test_prompt_to_sign_in_really_asks_again(cast: Cast, flow: Flow) -> None:
    account = cast.accounts["member"]
    account.set_password(PASSWORD)
    account.save()
    browser = Client()
    browser.post("/sign-in", {"login": account.email, "password": PASSWORD})
    asked = Flow(flow.program, flow.secret, flow.tenant, browser)

    first = asked.authorize(prompt="login")
    again = asked.authorize(prompt="login")
    shown = browser.post(first.headers["Location"], {"password": PASSWORD})
    back = browser.get(shown.headers["Location"])
    next_time = asked.authorize(prompt="login")

    assert first.headers["Location"].startswith("/account/reauthenticate?next=")
    assert again.headers["Location"] == first.headers["Location"]
    assert "code" in answer_of(back)
    assert next_time.headers["Location"].startswith("/account/reauthenticate")


def test_sign_in_that_is_too_old_is_asked_again(cast: Cast, flow: Flow) -> None:
    account = cast.accounts["member"]
    account.set_password(PASSWORD)
    account.save()
    browser = Client()
    browser.post("/sign-in", {"login": account.email, "password": PASSWORD})
    asked = Flow(flow.program, flow.secret, flow.tenant, browser)

    assert "code" in answer_of(asked.authorize(max_age="3600"))
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1_700_000_000}]
    session.save()
    assert asked.authorize(max_age="3600").headers["Location"].startswith("/account/reauthenticate")
    assert answer_of(asked.authorize(max_age="3600", prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("changes", [{"prompt": "select_account"}, {"login_hint": "reader@customer.example"}])
def test_account_is_chosen_where_another_may_be_meant(flow: Flow, changes: dict[str, str]) -> None:
    page = flow.authorize(**changes)
    address = page.context["address"]

    chosen = flow.browser.post("/oauth2/account", {"address": address, "account": "this"})
    back = flow.browser.get(chosen.headers["Location"])

    assert page.status_code == 200
    assert "form-action 'self' https://siem.example" in page.headers["Content-Security-Policy"]
    assert "code" in answer_of(back)


def test_other_account_signs_out_and_in(flow: Flow) -> None:
    address = flow.authorize(prompt="select_account").context["address"]

    chosen = flow.browser.post("/oauth2/account", {"address": address, "account": "another"})

    assert chosen.headers["Location"].startswith("/sign-in?next=")
    assert "_auth_user_id" not in flow.browser.session


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/incidents", ""])
def test_choice_leads_only_to_what_waits(flow: Flow, address: str) -> None:
    response = flow.browser.post("/oauth2/account", {"address": address})

    assert response.status_code == 400


def test_forms_of_other_sites_are_refused(flow: Flow) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = flow.browser.cookies

    for path in (
        "/oauth2/account",
        "/oauth2/sign-out",
        "/devicelogin",
        f"/{flow.tenant.id}/oauth2/v2.0/consent",
        f"/{flow.tenant.id}/adminconsent",
    ):
        assert browser.post(path).status_code == 403


def test_every_answer_forbids_caching(flow: Flow) -> None:
    for response in (flow.authorize(), flow.authorize(prompt="consent"), flow.authorize(client_id="x")):
        assert "no-store" in response.headers["Cache-Control"]


def test_pages_ask_no_inline_scripts(flow: Flow) -> None:
    response = flow.authorize(prompt="consent")

    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert settings.X_FRAME_OPTIONS == response.headers["X-Frame-Options"] == "DENY"


def test_address_that_is_too_long_is_refused(flow: Flow) -> None:
    assert flow.authorize(state="s" * 4096).context["error"].number == 90015
