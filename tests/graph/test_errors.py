"""What a program is told when Graph refuses."""

from django.test import Client

from tests.applications import app_permissions, let_in, make_program
from tests.cast import Cast
from tidegate.authorization.api_permissions import Resource


def test_error_without_a_token_is_graphs(client: Client, db: None) -> None:
    mine = "11111111-2222-3333-4444-555555555555"
    response = client.get("/v1.0/security/alerts_v2", headers={"client-request-id": mine})
    error = response.json()["error"]
    assert response.status_code == 401
    assert error["code"] == "InvalidAuthenticationToken"
    assert error["innerError"]["client-request-id"] == mine == response["client-request-id"]
    assert error["innerError"]["request-id"] == response["request-id"]
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_error_of_an_unknown_segment_names_it(client: Client, cast: Cast) -> None:
    program = make_program(cast)
    let_in(program, cast.customer, *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All"))
    headers = program.header(cast.customer, Resource.GRAPH, "SecurityAlert.Read.All")
    response = client.get("/v1.0//security//nothing", headers=headers)
    assert response.status_code == 404
    assert response.json()["error"]["message"] == "Resource not found for the segment 'nothing'."
