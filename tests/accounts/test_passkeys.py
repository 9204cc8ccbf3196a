import json
from collections.abc import Callable

import pytest
from django.test import Client

from tests.accounts.conftest import PASSWORD
from tidegate.accounts.models import Account
from tidegate.audit.models import WaitingEvent

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


def test_question_is_made_for_no_one_in_particular(client: Client):
    answer = client.get("/account/passkeys/sign-in", headers={"accept": "application/json"}).json()
    question = answer["request_options"]["publicKey"]
    assert question["userVerification"] == "required"
    assert not question.get("allowCredentials")


@pytest.mark.parametrize("credential", HOSTILE)
def test_unreadable_sign_in_goes_back_still_on_the_way(client: Client, credential: str):
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
):
    sign_in()
    client.post("/account/reauthenticate?next=/account/passkeys/add", {"password": PASSWORD})
    assert '"residentKey": "required"' in client.get("/account/passkeys/add").content.decode()
    response = client.post("/account/passkeys/add", {"credential": credential, "name": "Key"})
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
