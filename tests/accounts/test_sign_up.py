import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from tests.accounts.conftest import PASSWORD
from tidegate.accounts.invited import invited_email, remember_invited
from tidegate.accounts.models import Account

CODE = r"^[A-Z0-9-]{6,}$"


def sign_up(client: Client, **fields: str) -> Any:
    return client.post(
        "/sign-up", {"name": "Bo Smit", "email": "bo@trial.example", "password1": PASSWORD, **fields}
    )


@pytest.fixture
def invited(client: Client) -> Client:
    request = RequestFactory().get("/")
    request.session = client.session
    remember_invited(request, "Bo@Trial.Example")
    request.session.save()
    return client


def test_sign_up_verifies_and_lands_on_next(client: Client, mailed: Callable[[str], str]) -> None:
    response = sign_up(client, next="/incidents?tid=a.example")
    assert response["Location"] == "/account/verify-email"
    assert client.get("/incidents").content == b"nobody"
    code = mailed(CODE)
    done = client.post("/account/verify-email", {"code": code})
    assert done["Location"] == "/incidents?tid=a.example"
    account = Account.objects.get()
    assert (account.display_name, account.home_tenant_id) == ("Bo Smit", None)
    assert EmailAddress.objects.get().verified


def test_wrong_code_is_refused_and_another_can_be_sent(client: Client, mailed: Callable[[str], str]) -> None:
    sign_up(client)
    first = mailed(CODE)
    assert client.post("/account/verify-email", {"action": "resend"}).status_code == 302
    assert mailed(CODE) != first
    assert "not right" in client.post("/account/verify-email", {"code": "AAAAAA"}).content.decode()


def test_known_address_reads_the_same(account: Account) -> None:
    pages = []
    for email in ("ann@provider.example", "bo@trial.example"):
        client = Client()
        response = sign_up(client, email=email)
        page = client.get(response["Location"]).content.decode().replace(email, "")
        pages.append((response.status_code, response["Location"], mask_token(page)))
    assert pages[0] == pages[1]
    assert [message.subject for message in mail.outbox] == [
        "You have an account already",
        "Your code for Tidegate",
    ]
    assert Account.objects.count() == 2


def mask_token(page: str) -> str:
    return re.sub(r'value="[A-Za-z0-9]{64}"|"X-CSRFToken":"\w+"', "", page)


def test_known_address_costs_a_password_hash_too(
    client: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []

    def encode(_hasher: object, password: str, *_rest: object) -> str:
        hashed.append(password)
        return "x"

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    sign_up(client, email=account.email)
    assert hashed == [PASSWORD]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "a\u202eb"},
        {"name": "x" * 300},
        {"email": "nowhere"},
        {"password1": "short"},
        {"password1": "password1234"},
    ],
)
def test_unusable_input_is_refused_by_field(client: Client, fields: dict[str, str]) -> None:
    response = sign_up(client, **fields)
    assert response.status_code == 200
    assert "field-error" in response.content.decode()
    assert not Account.objects.exists()


def test_closed_sign_up_says_so(client: Client, settings: Settings) -> None:
    settings.TRIAL_TENANTS = False
    response = sign_up(client)
    assert response.status_code == 403
    assert "by invitation" in response.content.decode()
    assert not Account.objects.exists()
    assert "Sign up" not in client.get("/sign-in").content.decode()


def test_invited_person_signs_up_although_it_is_closed(invited: Client, settings: Settings) -> None:
    settings.TRIAL_TENANTS = False
    assert 'value="bo@trial.example"' in invited.get("/sign-up").content.decode()
    assert sign_up(invited, next="/incidents?tid=a.example")["Location"] == "/incidents?tid=a.example"
    assert EmailAddress.objects.get().verified
    assert not mail.outbox


def test_invited_person_cannot_sign_up_with_another_address(invited: Client, settings: Settings) -> None:
    settings.TRIAL_TENANTS = False
    assert "to which the invitation was sent" in sign_up(invited, email="c@trial.example").content.decode()
    assert not Account.objects.exists()


def test_session_value_that_was_not_signed_invites_nobody(client: Client, settings: Settings) -> None:
    settings.TRIAL_TENANTS = False
    session = client.session
    session["invited_email"] = "bo@trial.example"
    session.save()
    request = RequestFactory().get("/")
    request.session = session
    assert invited_email(request) == ""
    assert isinstance(sign_up(client), HttpResponse)
    assert not Account.objects.exists()
