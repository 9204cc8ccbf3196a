import json
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from tests.accounts.conftest import PASSWORD
from tidegate.accounts.actions import create_account, set_home_tenant
from tidegate.accounts.models import Account
from tidegate.audit.models import AuditEvent, WaitingEvent
from tidegate.core.ids import uuid7

SHAPE = {"id": "AA", "rawId": "AA", "type": "public-key"}
HOSTILE = [
    "",
    "null",
    "[]",
    '"x"',
    "{",
    "[" * 20_000,
    "{}",
    "x" * 70_000,
    json.dumps({**SHAPE, "response": {}}),
    json.dumps({**SHAPE, "response": {"clientDataJSON": 1, "authenticatorData": [], "signature": {}}}),
    json.dumps({**SHAPE, "response": {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA"}}),
    json.dumps(
        {
            **SHAPE,
            "response": {
                "clientDataJSON": "e30",
                "authenticatorData": "AA",
                "signature": "AA",
                "userHandle": "AA",
            },
        }
    ),
    json.dumps({**SHAPE, "response": {"clientDataJSON": "e30", "attestationObject": "oA"}}),
    json.dumps({**SHAPE, "response": {"clientDataJSON": "e30", "attestationObject": "/w"}}),
    json.dumps({**SHAPE, "rawId": "é\x00", "response": {"clientDataJSON": "e30", "attestationObject": "AA"}}),
]


def test_question_is_made_for_no_one_in_particular(client: Client) -> None:
    answer = client.get("/account/passkeys/sign-in", headers={"accept": "application/json"}).json()
    question = answer["request_options"]["publicKey"]
    assert question["userVerification"] == "required"
    assert not question.get("allowCredentials")


@pytest.mark.parametrize("credential", HOSTILE)
def test_unreadable_sign_in_goes_back_still_on_the_way(client: Client, credential: str) -> None:
    client.get("/account/passkeys/sign-in", headers={"accept": "application/json"})
    response = client.post(
        "/account/passkeys/sign-in", {"credential": credential, "next": "/incidents?tid=a.example"}
    )
    assert response["Location"] == "/sign-in?next=%2Fincidents%3Ftid%3Da.example"
    assert "toast-bad" in client.get(response["Location"]).content.decode()
    assert WaitingEvent.objects.get().tag == "account.sign_in_failed"


@pytest.mark.parametrize("credential", HOSTILE)
def test_unreadable_new_passkey_is_refused(
    client: Client, account: Account, sign_in: Callable[..., Client], credential: str
) -> None:
    sign_in()
    client.post("/account/reauthenticate?next=/account/passkeys/add", {"password": PASSWORD})
    assert '"residentKey": "required"' in client.get("/account/passkeys/add").content.decode()
    response = client.post("/account/passkeys/add", {"credential": credential, "name": "Key"})
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()


@pytest.fixture
def passkey(account: Account) -> Authenticator:
    set_home_tenant(account, uuid7())
    data = {"name": "Laptop", "credential": {}}
    return Authenticator.objects.create(user=account, type=Authenticator.Type.WEBAUTHN, data=data)


def confirm(client: Client, account: Account) -> None:
    client.force_login(account)
    client.post("/account/reauthenticate?next=/account/sessions", {"password": PASSWORD})


def test_passkey_is_renamed(client: Client, account: Account, passkey: Authenticator) -> None:
    confirm(client, account)
    assert client.post(f"/account/passkeys/{passkey.pk}/name", {"name": "Phone"}).status_code == 302
    assert "<b>Phone</b>" in client.get("/account/passkeys").content.decode()


def test_removing_a_passkey_is_recorded_and_mailed(
    client: Client, account: Account, passkey: Authenticator
) -> None:
    confirm(client, account)
    assert "Laptop" in client.get(f"/account/passkeys/{passkey.pk}/remove").content.decode()
    assert client.post(f"/account/passkeys/{passkey.pk}/remove").status_code == 302
    assert not Authenticator.objects.exists()
    event = AuditEvent.rows.latest("sequence")
    assert (event.tag, event.details) == ("account.passkey_removed", '{"name": "Laptop"}')
    assert mail.outbox[-1].subject == "A passkey was removed"


@pytest.mark.parametrize("change", ["name", "remove"])
def test_nobody_touches_another_persons_passkey(client: Client, passkey: Authenticator, change: str) -> None:
    confirm(client, create_account("bob@provider.example", PASSWORD, "Bob"))
    assert client.post(f"/account/passkeys/{passkey.pk}/{change}", {"name": "x"}).status_code == 404
    assert Authenticator.objects.get().wrap().name == "Laptop"


def test_nobody_removes_a_passkey_without_showing_who_they_are(
    client: Client, account: Account, passkey: Authenticator
) -> None:
    client.force_login(account)
    response = client.post(f"/account/passkeys/{passkey.pk}/remove")
    assert response["Location"].startswith("/account/reauthenticate")
    assert Authenticator.objects.exists()
