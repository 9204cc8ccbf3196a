import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.template.loader import get_template
from django.test import Client
from pytest_django import Settings

from tests.accounts.conftest import PASSWORD
from tidegate.accounts import urls
from tidegate.accounts.actions import set_home_tenant
from tidegate.accounts.models import Account
from tidegate.audit.models import AuditEvent, WaitingEvent
from tidegate.core.ids import uuid7

TID = "21e3a6b5-dece-4ae1-81cf-c10777b21c88"


def sign_in_at(client: Client, **fields: str) -> Any:
    return client.post("/sign-in", {"login": "ann@provider.example", "password": PASSWORD, **fields})


@pytest.mark.parametrize(
    "destination", [f"/incidents?tid={TID}", "/", "/incidents?a=1&b=%2Fx&tid=a.example#x"]
)
def test_sign_in_lands_exactly_on_next(client: Client, account: Account, destination: str) -> None:
    response = sign_in_at(client, next=destination)
    assert response.status_code == 302
    assert response["Location"] == destination
    assert client.get("/incidents").content == b"ann@provider.example"


@pytest.mark.parametrize(
    "hostile",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "http://testserver/incidents",
        "/" + "a" * 5000,
        "\x00/",
    ],
)
def test_next_that_leaves_the_portal_is_not_followed(client: Client, account: Account, hostile: str) -> None:
    assert sign_in_at(client, next=hostile)["Location"] == "/"
    fresh = Client()
    assert fresh.get("/sign-in", {"next": hostile}).status_code == 200


def test_page_shows_what_was_asked_for(client: Client) -> None:
    page = client.get("/sign-in", {"next": f"/incidents?tid={TID}"}).content.decode()
    assert "<dd>/incidents</dd>" in page
    assert f"<dt>Directory ID</dt><dd>{TID}</dd>" in page
    assert f'name="next" value="/incidents?tid={TID}"' in page


def test_page_shows_a_domain_as_it_was_written(client: Client) -> None:
    page = client.get("/sign-in", {"next": "/?tid=<b>.example"}).content.decode()
    assert "<dt>Directory</dt><dd>&lt;b&gt;.example</dd>" in page


def test_page_has_no_inline_script_or_style(client: Client) -> None:
    page = client.get("/sign-in").content.decode()
    assert not re.search(r"<script(?![^>]* src=)(?![^>]*application/json)|<style| style=| on[a-z]+=", page)
    assert page.index("Use a passkey") < page.index("Password")


def test_email_is_found_however_it_is_typed(client: Client, account: Account) -> None:
    assert sign_in_at(client, login=" ANN@Provider.Example ").status_code == 302


@pytest.mark.parametrize("login", ["ann@provider.example", "nobody@provider.example"])
def test_wrong_sign_in_reads_the_same_for_known_and_unknown(
    client: Client, account: Account, login: str
) -> None:
    response = sign_in_at(client, login=login, password="not the password")
    assert response.status_code == 200
    page = response.content.decode()
    assert "do not belong together" in page
    assert "not the password" not in page
    waiting = WaitingEvent.objects.get()
    assert (waiting.tag, waiting.asked) == ("account.sign_in_failed", login)
    assert "not the password" not in str(waiting.details)


@pytest.mark.parametrize("login", ["ann@provider.example", "nobody@provider.example"])
def test_known_and_unknown_cost_one_password_hash(
    client: Client, account: Account, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(hasher: MD5PasswordHasher, password: str, *details: str) -> str:
        hashed.append(password)
        return encode(hasher, password, *details)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    sign_in_at(client, login=login, password="guess")
    assert hashed == ["guess"]


@pytest.mark.parametrize("login", ["ann@provider.example", "nobody@provider.example"])
def test_lock_out_after_five_guesses(client: Client, account: Account, login: str) -> None:
    for _ in range(5):
        assert sign_in_at(client, login=login, password="guess").status_code == 200
    locked = sign_in_at(client, login=login)
    assert locked.status_code == 429
    assert locked["Retry-After"] == "300"
    assert "Too many attempts" in locked.content.decode()
    assert client.get("/incidents").content == b"nobody"


def test_lock_out_counts_over_all_names_of_the_portal(client: Client, account: Account) -> None:
    for number in range(5):
        host = ["127.0.0.1", "localhost"][number % 2]
        client.post("/sign-in", {"login": account.email, "password": "guess"}, headers={"host": host})
    assert sign_in_at(client).status_code == 429


def test_success_does_not_use_up_guesses(account: Account) -> None:
    for _ in range(7):
        assert sign_in_at(Client()).status_code == 302


def test_account_switched_off(client: Client, account: Account) -> None:
    Account.objects.update(is_active=False)
    response = client.post("/sign-in", {"login": account.email, "password": PASSWORD}, follow=True)
    assert "switched off" in response.content.decode()
    assert client.get("/incidents").content == b"nobody"


@pytest.mark.parametrize(
    "fields", [{"login": "x\x00@a.example"}, {"login": ""}, {"password": "a\x00b"}, {"login": "no address"}]
)
def test_unusable_input_is_refused_by_field(client: Client, fields: dict[str, str]) -> None:
    response = sign_in_at(client, **fields)
    assert response.status_code == 200
    assert "field-error" in response.content.decode()


def test_sign_out_needs_a_post(client: Client, sign_in: Callable[..., Client], account: Account) -> None:
    sign_in()
    assert client.get("/sign-out").status_code == 200
    assert client.get("/incidents").content == b"ann@provider.example"
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert client.get("/incidents").content == b"nobody"


def test_too_many_requests_from_one_address(client: Client, account: Account, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    answers = [sign_in_at(Client()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert answers[2]["Retry-After"] == "60"
    assert "Too many attempts" in answers[2].content.decode()


def test_sign_in_is_recorded_where_the_person_belongs(
    client: Client, account: Account, sign_in: Callable[..., Client]
) -> None:
    home = uuid7()
    set_home_tenant(account, home)
    sign_in()
    client.post("/sign-out")
    events = list(AuditEvent.rows.order_by("sequence"))
    assert [(event.tenant_id, event.tag) for event in events] == [
        (home, "account.signed_in"),
        (home, "account.signed_out"),
    ]
    assert events[0].details == '{"methods": ["password"]}'
    assert (events[0].actor_account_id, events[0].ip_address) == (account.pk, "127.0.0.1")


def test_every_page_is_our_own() -> None:
    views = [getattr(pattern.callback, "view_class", None) for pattern in urls.urlpatterns]
    names = {str(name) for view in views if (name := getattr(view, "template_name", None))}
    assert len(names) > 20
    for name in sorted(names):
        origin = str(getattr(get_template(name), "origin", ""))
        assert "/tidegate/web/templates/" in origin, origin
