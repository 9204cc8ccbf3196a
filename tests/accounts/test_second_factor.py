import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from tests.accounts.conftest import PASSWORD
from tidegate.accounts.actions import set_home_tenant
from tidegate.accounts.models import Account
from tidegate.audit.models import AuditEvent
from tidegate.core.ids import uuid7

AGAIN = "/account/reauthenticate?next=/account/authenticator-app/add"


def code_for(secret: str, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


@pytest.fixture
def home(account: Account) -> Account:
    set_home_tenant(account, uuid7())
    return account


@pytest.fixture
def secret(client: Client, home: Account, sign_in: Callable[..., Client]) -> str:
    sign_in()
    client.post(AGAIN, {"password": PASSWORD})
    secret = str(client.get("/account/authenticator-app/add").context["form"].secret)
    added = client.post("/account/authenticator-app/add", {"code": code_for(secret, -1)})
    assert added["Location"] == "/account/recovery-codes"
    return secret


def tags() -> list[str]:
    return list(AuditEvent.rows.order_by("sequence").values_list("tag", flat=True))


def begin(client: Client, destination: str = "/incidents?tid=a.example") -> Any:
    return client.post(
        "/sign-in", {"login": "ann@provider.example", "password": PASSWORD, "next": destination}
    )


def test_adding_asks_for_the_password_again(
    client: Client, account: Account, sign_in: Callable[..., Client]
) -> None:
    sign_in()
    response = client.get("/account/authenticator-app/add")
    assert response["Location"] == "/account/reauthenticate?next=%2Faccount%2Fauthenticator-app%2Fadd"
    assert "not your password" in client.post(AGAIN, {"password": "guess"}).content.decode()
    assert client.post(AGAIN, {"password": PASSWORD})["Location"] == "/account/authenticator-app/add"


def test_page_shows_the_key_as_a_picture_that_the_policy_allows(client: Client, secret: str) -> None:
    client.post("/account/authenticator-app/remove")
    page = client.get("/account/authenticator-app/add").content.decode()
    assert '<img src="data:image/svg+xml;base64,' in page


def test_code_is_asked_for_and_then_lands_on_next(secret: str) -> None:
    client = Client()
    assert begin(client)["Location"] == "/account/second-step/sign-in"
    assert client.get("/incidents").content == b"nobody"
    assert client.get("/account/second-step/sign-in").status_code == 200
    done = client.post("/account/second-step/sign-in", {"code": code_for(secret)})
    assert done["Location"] == "/incidents?tid=a.example"
    assert AuditEvent.rows.latest("sequence").details == '{"methods": ["password", "totp"]}'


def test_code_counts_once(secret: str) -> None:
    code = code_for(secret)
    first, second = Client(), Client()
    begin(first)
    begin(second)
    assert first.post("/account/second-step/sign-in", {"code": code}).status_code == 302
    refused = second.post("/account/second-step/sign-in", {"code": code})
    assert "used already" in refused.content.decode()


def test_another_link_followed_before_the_code_is_where_it_ends(secret: str) -> None:
    client = Client()
    begin(client)
    pending = client.get("/sign-in", {"next": "/incidents?tid=b.example"})
    assert pending["Location"] == "/account/second-step/sign-in"
    done = client.post("/account/second-step/sign-in", {"code": code_for(secret)})
    assert done["Location"] == "/incidents?tid=b.example"


def test_wrong_codes_are_recorded_and_locked_out(secret: str) -> None:
    client = Client()
    begin(client)
    statuses = [client.post("/account/second-step/sign-in", {"code": "000000"}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    failed = AuditEvent.rows.filter(tag="account.sign_in_failed")
    assert [event.result for event in failed] == ["failure"] * 6
    assert client.post("/account/second-step/sign-in", {"code": code_for(secret)}).status_code == 429


def test_recovery_code_works_once(client: Client, secret: str) -> None:
    codes = client.get("/account/recovery-codes").context["unused_codes"]
    downloaded = client.get("/account/recovery-codes/download")
    assert downloaded.content.decode().split() == codes
    other = Client()
    begin(other)
    assert other.post("/account/second-step/sign-in", {"code": codes[0]}).status_code == 302
    assert client.get("/account/recovery-codes").context["unused_codes"] == codes[1:]


def test_new_recovery_codes_replace_the_old(client: Client, secret: str) -> None:
    old = client.get("/account/recovery-codes").context["unused_codes"]
    assert client.post("/account/recovery-codes/new").status_code == 302
    assert not set(old) & set(client.get("/account/recovery-codes").context["unused_codes"])


def test_removing_is_recorded_and_mailed(client: Client, secret: str) -> None:
    assert client.post("/account/authenticator-app/remove")["Location"] == "/account/second-step"
    assert tags() == ["account.signed_in", "account.second_factor_added", "account.second_factor_removed"]
    assert mail.outbox[-1].subject == "An authenticator app was removed"
    assert begin(Client())["Location"] == "/incidents?tid=a.example"


def test_secrets_are_not_readable_in_the_database(secret: str) -> None:
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert len(Authenticator.objects.all()) == 2


def test_overview_and_pages_open(client: Client, secret: str) -> None:
    for path in ("second-step", "passkeys", "passkeys/add", "recovery-codes/new", "authenticator-app/remove"):
        assert client.get(f"/account/{path}").status_code == 200, path
