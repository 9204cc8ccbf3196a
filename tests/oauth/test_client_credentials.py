"""Client credentials, as programs ask."""

import pytest
from django.test import Client

from tests.applications import app_permissions, let_in, make_program
from tests.cast import Cast
from tests.oauth.asking import ask_for_itself, claims_of, give_secret
from tidegate.authorization.api_permissions import Resource
from tidegate.directory.applications import find_principal


@pytest.fixture
def client() -> Client:
    return Client()


def test_application_gets_token_of_consenting_tenant(cast: Cast, client: Client) -> None:
    program = make_program(cast)
    let_in(program, cast.customer, *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All"))

    answer = ask_for_itself(client, program, cast.customer, give_secret(program))

    assert answer.status_code == 200
    assert set(answer.json()) == {"token_type", "expires_in", "ext_expires_in", "access_token"}
    claims = claims_of(answer.json()["access_token"])
    principal = find_principal(cast.customer.id, program.application.client_id)
    assert principal is not None
    assert claims["roles"] == ["SecurityAlert.Read.All"]
    assert claims["oid"] == claims["sub"] == str(principal.id)
    assert claims["iss"] == f"http://testserver/{cast.customer.id}/v2.0"
