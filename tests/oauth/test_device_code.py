"""The device flow (RFC 8628), in which a person says yes elsewhere."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.applications import Program, delegated_permissions, let_in, make_program
from tests.cast import NOW, Cast
from tests.oauth.asking import claims_of, code_of, post, register, sign_in, token_path
from tidegate.authorization.api_permissions import Resource
from tidegate.core.clock import standing_at
from tidegate.oauth.models import DeviceCode

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def program(cast: Cast) -> Program:
    cache.clear()
    program = make_program(cast)
    register(program, allows_public_client=True)
    let_in(program, cast.customer, *delegated_permissions(Resource.GRAPH, "User.Read"))
    return program


def _begin(program: Program, place: str, version: str = "v2.0/", **changes: str) -> Any:
    values = {"client_id": str(program.application.client_id), "scope": "openid offline_access User.Read"}
    return post(Client(), f"/{place}/oauth2/{version}devicecode", **{**values, **changes})


def _poll(program: Program, place: str, device_code: str, **changes: str) -> Any:
    client_id = str(program.application.client_id)
    values = {"grant_type": GRANT, "device_code": device_code, "client_id": client_id}
    return post(Client(), token_path(place), **{**values, **changes})


def _type(browser: Client, user_code: str, decision: str = "", path: str = "/devicelogin") -> Any:
    first = browser.post(path, {"user_code": user_code})
    if not decision:
        return first
    seal = first.context["question"].seal
    return browser.post(path, {"user_code": user_code, "decision": decision, "seal": seal})


def test_person_says_yes_and_the_device_gets_tokens(cast: Cast, program: Program) -> None:
    place = str(cast.customer.id)
    begun = _begin(program, place).json()
    pending = _poll(program, place, begun["device_code"])

    done = _type(sign_in(cast.accounts["member"]), begun["user_code"].lower(), "accept")
    body = _poll(program, place, begun["device_code"]).json()

    assert set(begun) == {
        "user_code", "device_code", "verification_uri", "expires_in", "interval", "message",
    }  # fmt: skip
    assert (begun["expires_in"], begun["interval"]) == (900, 5)
    assert (pending.status_code, pending.json()["error"], code_of(pending)) == (
        400, "authorization_pending", 70016,
    )  # fmt: skip
    assert done.status_code == 200
    assert claims_of(body["access_token"])["oid"] == str(cast.user("member").id)
    assert claims_of(body["id_token"])["tid"] == str(cast.customer.id)
    assert body["refresh_token"]
    assert code_of(_poll(program, place, begun["device_code"])) == 70000


def test_version_1_has_its_own_names(cast: Cast, program: Program) -> None:
    place = str(cast.customer.id)
    begun = _begin(program, place, "", scope="", resource="https://graph.microsoft.com").json()
    _type(sign_in(cast.accounts["member"]), begun["user_code"], "accept")

    answer = post(
        Client(),
        token_path(place, "1.0"),
        grant_type="device_code",
        code=begun["device_code"],
        client_id=str(program.application.client_id),
        resource="https://graph.microsoft.com",
    )

    assert begun["verification_url"] == "http://testserver/devicelogin"
    assert claims_of(answer.json()["access_token"])["ver"] == "1.0"


def test_person_says_no(cast: Cast, program: Program) -> None:
    place = str(cast.customer.id)
    begun = _begin(program, place).json()

    _type(sign_in(cast.accounts["member"]), begun["user_code"], "deny")
    answer = _poll(program, place, begun["device_code"])

    assert (answer.json()["error"], code_of(answer)) == ("authorization_declined", 65004)


def test_code_is_good_for_a_quarter_of_an_hour(cast: Cast, program: Program) -> None:
    place, browser = str(cast.customer.id), sign_in(cast.accounts["member"])
    with standing_at(NOW):
        begun = _begin(program, place).json()
    with standing_at(NOW + timedelta(minutes=15)):
        late = _poll(program, place, begun["device_code"])
        typed = _type(browser, begun["user_code"])

    assert (late.json()["error"], code_of(late)) == ("expired_token", 70019)
    assert typed.status_code == 400


def test_device_that_asks_too_often_waits_longer(cast: Cast, program: Program) -> None:
    place = str(cast.customer.id)
    begun = _begin(program, place).json()
    errors = []
    for seconds in (0, 1, 12):
        with standing_at(NOW + timedelta(seconds=seconds)):
            DeviceCode.objects.update(ends_at=NOW + timedelta(hours=1))
            errors.append(_poll(program, place, begun["device_code"]).json()["error"])

    assert errors == ["authorization_pending", "slow_down", "authorization_pending"]
    assert DeviceCode.objects.get().interval == 10


def test_codes_are_not_kept_as_they_are(cast: Cast, program: Program) -> None:
    begun = _begin(program, str(cast.customer.id)).json()

    kept = str(vars(DeviceCode.objects.get()))
    assert begun["device_code"] not in kept
    assert begun["user_code"] not in kept


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"client_id": "2e9d3a4c-0000-4000-8000-000000000000"}, "customer.example", 700016),
        ({"client_id": ""}, "customer.example", 900144),
        ({"scope": "Nothing.Known"}, "customer.example", 70011),
        ({}, "nowhere.example", 90002),
    ],
)
def test_request_for_codes_is_checked(
    program: Program, changes: dict[str, str], place: str, code: int
) -> None:
    assert code_of(_begin(program, place, **changes)) == code


def test_application_that_keeps_a_secret_gets_no_codes(cast: Cast, program: Program) -> None:
    register(program, allows_public_client=False)

    assert code_of(_begin(program, str(cast.customer.id))) == 7000218


def test_application_of_one_tenant_gets_none_elsewhere(cast: Cast) -> None:
    program = make_program(cast, multi_tenant=False)
    register(program, allows_public_client=True)

    assert code_of(_begin(program, str(cast.customer.id))) == 700016


def test_wrong_device_code_and_wrong_tenant(cast: Cast, program: Program) -> None:
    place = str(cast.customer.id)
    begun = _begin(program, place).json()
    _type(sign_in(cast.accounts["member"]), begun["user_code"], "accept")
    other = make_program(cast)

    assert code_of(_poll(program, place, "no such code")) == 70018
    assert code_of(_poll(other, place, begun["device_code"])) == 70018
    assert code_of(_poll(program, str(cast.other.id), begun["device_code"])) == 700005


def test_tenant_at_common_is_the_persons_own(cast: Cast, program: Program) -> None:
    let_in(program, cast.other, *delegated_permissions(Resource.GRAPH, "User.Read"))
    begun = _begin(program, "common").json()
    _type(sign_in(cast.accounts["outsider"]), begun["user_code"], "accept", "/common/oauth2/deviceauth")

    body = _poll(program, "common", begun["device_code"]).json()

    assert claims_of(body["id_token"])["tid"] == str(cast.other.id)


def test_outsider_cannot_say_yes_for_a_tenant(cast: Cast, program: Program) -> None:
    place = str(cast.customer.id)
    begun = _begin(program, place).json()

    answer = _type(sign_in(cast.accounts["outsider"]), begun["user_code"])

    assert (answer.status_code, answer.context["error"].number) == (400, 50020)
    assert _poll(program, place, begun["device_code"]).json()["error"] == "authorization_pending"


def test_nobody_says_yes_without_having_been_asked(cast: Cast, program: Program) -> None:
    begun = _begin(program, str(cast.customer.id)).json()
    browser = sign_in(cast.accounts["member"])

    answer = browser.post("/devicelogin", {"user_code": begun["user_code"], "decision": "accept"})

    assert answer.status_code == 400
    assert DeviceCode.objects.get().decided_at is None


def test_page_says_who_asks_and_from_where(cast: Cast, program: Program) -> None:
    begun = _begin(program, str(cast.customer.id)).json()

    page = _type(sign_in(cast.accounts["member"]), begun["user_code"]).content.decode()

    for words in ("Harbour SIEM", "Harbour Watch", "Delta Mills", "127.0.0.1", "provider.example"):
        assert words in page


def test_guessing_codes_ends_in_a_wait(cast: Cast, program: Program) -> None:
    browser = sign_in(cast.accounts["member"])
    tries = [
        browser.post("/devicelogin", {"user_code": f"WRONG{number}"}).status_code for number in range(11)
    ]

    assert tries == [400] * 10 + [429]
    assert sign_in(cast.accounts["reader"]).post("/devicelogin", {"user_code": "X"}).status_code == 400


def test_whoever_is_not_signed_in_signs_in_first(db: None, client: Client) -> None:
    response = client.get("/devicelogin")

    assert response.headers["Location"] == "/sign-in?next=%2Fdevicelogin"
