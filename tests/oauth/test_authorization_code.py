"""The code flow from end to end, and every way in which a code is not good (RFC 6749, RFC 7636)."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.applications import app_permissions, delegated_permissions, let_in, make_program
from tests.cast import Cast, days
from tests.oauth.asking import (
    CALLBACK,
    GRAPH,
    VERIFIER,
    Flow,
    answer_of,
    claims_of,
    code_of,
    give_secret,
    make_flow,
    post,
    register,
    sign_in,
    token_path,
)
from tidegate.accounts.actions import end_sessions
from tidegate.authorization.api_permissions import Resource
from tidegate.core import clock
from tidegate.core.clock import standing_at
from tidegate.directory.actions.applications import Redirect
from tidegate.directory.models import Grant, User
from tidegate.oauth.grants.authorization_code import _challenge_of
from tidegate.oauth.models import AuthorizationCode, RefreshToken


@pytest.fixture
def flow(cast: Cast) -> Flow:
    flow = make_flow(cast)
    let_in(flow.program, cast.customer, *delegated_permissions(Resource.GRAPH, "User.Read"))
    return flow


def test_code_becomes_tokens_of_the_person(cast: Cast, flow: Flow) -> None:
    back = answer_of(flow.authorize(nonce="the nonce"))
    body = flow.redeem(back["code"], client_info="1").json()

    assert set(back) == {"code", "state", "session_state"}
    assert back["state"] == "the state"
    assert list(body) == [
        "token_type", "scope", "expires_in", "ext_expires_in", "access_token", "refresh_token", "id_token",
        "client_info",
    ]  # fmt: skip
    user = cast.user("member")
    access, about = claims_of(body["access_token"]), claims_of(body["id_token"])
    assert (access["oid"], access["scp"]) == (str(user.id), "User.Read openid profile")
    assert body["scope"] == "User.Read openid profile"
    names = ("aud", "iss", "tid", "oid", "nonce", "preferred_username", "ver")
    assert {name: about[name] for name in names} == {
        "aud": flow.client_id,
        "iss": f"http://testserver/{cast.customer.id}/v2.0",
        "tid": str(cast.customer.id),
        "oid": str(user.id),
        "nonce": "the nonce",
        "preferred_username": "member@customer.example",
        "ver": "2.0",
    }  # fmt: skip
    assert about["sub"] == access["sub"]


def test_example_of_rfc_7636_appendix_b() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    assert _challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_version_1_gives_a_refresh_token_unasked(cast: Cast, flow: Flow) -> None:
    let_in(flow.program, cast.customer, *delegated_permissions(Resource.SIEM, "Alerts.Fetch"))
    flow = Flow(flow.program, flow.secret, cast.customer, sign_in(cast.accounts["reader"]))
    resource = {"scope": "", "resource": "https://graph.windows.net"}
    code = answer_of(flow.authorize("1.0", **resource, prompt=""))["code"]

    body = flow.redeem(code, "1.0", resource="https://graph.windows.net").json()

    assert list(body)[:7] == [
        "token_type", "expires_in", "ext_expires_in", "expires_on", "not_before", "resource", "access_token",
    ]  # fmt: skip
    assert body["refresh_token"]
    assert claims_of(body["id_token"])["unique_name"] == "reader@customer.example"
    claims = claims_of(body["access_token"])
    assert (claims["aud"], claims["scp"]) == ("https://graph.windows.net", "Alerts.Fetch")
    assert claims["upn"] == claims["unique_name"] == "reader@customer.example"


def test_scopes_that_the_person_could_not_use_are_left_out(cast: Cast, flow: Flow) -> None:
    let_in(flow.program, cast.customer, *delegated_permissions(Resource.GRAPH, "SecurityAlert.Read.All"))
    scope = "User.Read SecurityAlert.Read.All"
    of_reader = Flow(flow.program, flow.secret, cast.customer, sign_in(cast.accounts["reader"]))

    without_role = flow.redeem(flow.get_code(scope=scope)).json()
    with_role = of_reader.redeem(of_reader.get_code(scope=scope)).json()

    assert without_role["scope"] == "User.Read"
    assert with_role["scope"] == "SecurityAlert.Read.All User.Read"


def test_default_scope_is_all_that_is_granted(cast: Cast, flow: Flow) -> None:
    body = flow.redeem(flow.get_code(scope=f"openid {GRAPH}/.default")).json()

    assert body["scope"] == f"{GRAPH}/User.Read {GRAPH}/.default openid"
    assert claims_of(body["access_token"])["scp"] == "User.Read openid"


@pytest.mark.parametrize("mode", ["query", "fragment"])
def test_answer_goes_where_it_was_asked_to_go(flow: Flow, mode: str) -> None:
    response = flow.authorize(response_mode=mode)

    sign = "?" if mode == "query" else "#"
    assert response.headers["Location"].startswith(f"{CALLBACK}{sign}code=")
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_form_post_answers_with_a_form_for_that_one_address(flow: Flow) -> None:
    response = flow.authorize(response_mode="form_post", state='"><script>')

    policy = response.headers["Content-Security-Policy"]
    page = response.content.decode()
    assert "form-action 'self' https://siem.example;" in policy
    assert "unsafe" not in policy
    assert f'action="{CALLBACK}"' in page
    assert 'name="state" value="&quot;&gt;&lt;script&gt;"' in page


@pytest.mark.parametrize(
    ("changes", "status", "error", "code"),
    [
        ({"code": "1.x.y"}, 400, "invalid_grant", 70000),
        ({"code": ""}, 400, "invalid_request", 900144),
        ({"redirect_uri": "https://siem.example/other"}, 400, "invalid_grant", 500112),
        ({"redirect_uri": ""}, 400, "invalid_grant", 500112),
        ({"code_verifier": "w" * 43}, 400, "invalid_grant", 501481),
        ({"code_verifier": "short"}, 400, "invalid_grant", 501481),
        ({"code_verifier": ""}, 400, "invalid_grant", 501481),
        ({"client_secret": "another secret"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000218),
        ({"scope": f"{GRAPH}/Nothing.Known"}, 400, "invalid_scope", 70011),
    ],
)
def test_code_is_not_redeemed_by_a_wrong_request(
    flow: Flow, changes: dict[str, str], status: int, error: str, code: int
) -> None:
    good = flow.get_code()
    answer = flow.redeem(changes.get("code", good), **{n: v for n, v in changes.items() if n != "code"})

    assert (answer.status_code, answer.json()["error"], code_of(answer)) == (status, error, code)
    assert flow.redeem(good).status_code == 200


def test_code_is_good_for_ten_minutes(flow: Flow) -> None:
    code = flow.get_code()
    row = AuthorizationCode.objects.of_tenant(flow.tenant.id).get()

    with standing_at(row.ends_at):
        assert code_of(flow.redeem(code)) == 70008
    with standing_at(row.ends_at - timedelta(seconds=1)):
        assert flow.redeem(code).status_code == 200
    assert row.ends_at - row.issued_at == timedelta(minutes=10)


def test_code_is_good_once(flow: Flow) -> None:
    code = flow.get_code()
    first = flow.redeem(code).json()

    assert code_of(flow.redeem(code)) == 54005
    # The verifier showed that it was the client itself: what it got stays.
    assert flow.refresh(first["refresh_token"]).status_code == 200


def test_code_without_verifier_takes_its_tokens_back_when_it_comes_twice(flow: Flow) -> None:
    code = flow.get_code(code_challenge="", code_challenge_method="")
    first = flow.redeem(code, code_verifier="").json()

    assert code_of(flow.redeem(code, code_verifier="")) == 54005
    assert code_of(flow.refresh(first["refresh_token"])) == 50173


def test_verifier_for_a_code_without_challenge_is_refused(flow: Flow) -> None:
    code = flow.get_code(code_challenge="", code_challenge_method="")

    assert code_of(flow.redeem(code)) == 501481


def test_plain_challenge_is_the_verifier(flow: Flow) -> None:
    code = flow.get_code(code_challenge=VERIFIER, code_challenge_method="plain")

    assert flow.redeem(code).status_code == 200


def test_code_of_another_application_is_none(cast: Cast, flow: Flow) -> None:
    other = make_program(cast)
    let_in(other, cast.customer)
    answer = flow.redeem(
        flow.get_code(), client_id=str(other.application.client_id), client_secret=give_secret(other)
    )

    assert code_of(answer) == 70000


@pytest.mark.parametrize("place", ["other", "provider"])
def test_code_at_another_tenant_is_told_so(cast: Cast, flow: Flow, place: str) -> None:
    answer = flow.redeem(flow.get_code(), place=getattr(cast, place))

    assert (code_of(answer), answer.json()["error"]) == (700005, "invalid_grant")


def test_code_asked_at_common_is_redeemed_there_or_at_the_tenant(cast: Cast, flow: Flow) -> None:
    for place in ("common", "organizations", str(cast.customer.id), "customer.example"):
        code = answer_of(flow.authorize(place="common"))["code"]
        assert flow.redeem(code, place=place).status_code == 200


def test_public_client_needs_its_verifier_and_no_secret(cast: Cast) -> None:
    flow = make_flow(cast, redirects=(Redirect("http://localhost/cb", "publicClient"),))
    address = {"redirect_uri": "http://localhost:50123/cb"}
    plain = {"code_challenge": "", "code_challenge_method": ""}

    without = flow.redeem(
        flow.get_code(scope="openid", **address, **plain), code_verifier="", client_secret="", **address
    )
    good = flow.redeem(flow.get_code(scope="openid", **address), client_secret="", **address)

    assert code_of(without) == 9002325
    assert good.status_code == 200
    assert claims_of(good.json()["access_token"])["azpacr"] == "0"


def test_public_application_that_sends_a_secret_is_told_that_it_is_public(cast: Cast) -> None:
    program = make_program(cast)
    register(program, Redirect("http://localhost/cb", "publicClient"), allows_public_client=True)
    let_in(program, cast.customer)
    flow = Flow(program, "a secret of nobody", cast.customer, sign_in(cast.accounts["member"]))
    address = {"redirect_uri": "http://localhost/cb"}

    answer = flow.redeem(flow.get_code(scope="openid", **address), **address)

    assert code_of(answer) == 700025


def test_single_page_application_redeems_from_its_own_pages(cast: Cast) -> None:
    flow = make_flow(cast, redirects=(Redirect("https://app.example/cb", "spa"),))
    address = {"redirect_uri": "https://app.example/cb"}
    code = flow.get_code(scope="openid offline_access", **address)
    values = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, **address}
    body = {**values, "client_id": flow.client_id}

    ours = _post_from("https://app.example", flow, body)
    other = _post_from("https://evil.example", flow, body)

    assert ours.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert "Access-Control-Allow-Origin" not in other.headers
    assert ours.status_code == 200
    token = RefreshToken.objects.of_tenant(cast.customer.id).get()
    assert (token.is_public, token.is_sliding) == (True, False)
    assert days(0.99) < token.ends_at - clock.now() <= days(1)


def _post_from(origin: str, flow: Flow, body: dict[str, str]) -> Any:
    return post(Client(), token_path(flow.tenant), {"Origin": origin}, **body)


@pytest.mark.parametrize("what", ["sessions ended", "password", "blocked", "removed", "ended", "inactive"])
def test_code_is_worth_nothing_once_its_person_is_not(cast: Cast, flow: Flow, what: str) -> None:
    code, account = flow.get_code(), cast.accounts["member"]
    users = User.objects.of_tenant(cast.customer.id).filter(account=account)
    if what == "sessions ended":
        end_sessions(account)
    elif what == "password":
        account.set_password("a new password for it")
        account.save()
    elif what == "inactive":
        account.is_active = False
        account.save()
    else:
        column = {"blocked": "blocked_at", "removed": "removed_at", "ended": "ends_at"}[what]
        users.update(**{column: clock.now()})

    expected = 50173 if what in {"sessions ended", "password"} else 50057
    assert code_of(flow.redeem(code)) == expected


def test_consent_that_was_withdrawn_before_the_code_came_gives_nothing(flow: Flow) -> None:
    code = flow.get_code()
    Grant.objects.of_tenant(flow.tenant.id).update(ends_at=clock.now())

    answer = flow.redeem(code)

    assert (code_of(answer), answer.json()["suberror"]) == (65001, "consent_required")


def test_application_permissions_are_none_of_a_persons(cast: Cast) -> None:
    flow = make_flow(cast)
    let_in(flow.program, cast.customer, *app_permissions(Resource.GRAPH, "User.Read.All"))
    let_in(flow.program, cast.customer, *delegated_permissions(Resource.GRAPH, "User.Read"))

    body = flow.redeem(flow.get_code(scope=f"{GRAPH}/.default")).json()

    assert claims_of(body["access_token"])["scp"] == "User.Read"


def test_guests_client_info_is_of_their_home(cast: Cast, now: None) -> None:
    flow = make_flow(cast, "analyst")
    text = flow.redeem(flow.get_code(scope="openid"), client_info="1").json()["client_info"]

    home = cast.user("analyst", cast.provider)
    padded = text + "=" * (-len(text) % 4)
    assert json.loads(base64.urlsafe_b64decode(padded)) == {
        "uid": str(home.id),
        "utid": str(cast.provider.id),
    }
