"""Client credentials, in everything that clients send (RFC 6749, section 4.4)."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.applications import Program, app_permissions, let_in, make_program
from tests.cast import NOW, Cast
from tests.oauth.asking import (
    FORM,
    GRAPH,
    ask_for_itself,
    claims_of,
    code_of,
    disable_everywhere,
    give_secret,
    post,
    token_path,
)
from tidegate.authorization.api_permissions import Resource
from tidegate.core.clock import standing_at
from tidegate.directory.applications import find_principal
from tidegate.directory.models import Domain, Grant, ServicePrincipal


@pytest.fixture
def program(cast: Cast) -> Program:
    program = make_program(cast)
    let_in(
        program,
        cast.customer,
        *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All"),
        *app_permissions(Resource.DEFENDER, "Machine.Read.All"),
        *app_permissions(Resource.SIEM, "Alerts.Fetch.All"),
    )
    return program


def test_token_of_version_2_says_who_where_and_what(cast: Cast, client: Client, program: Program) -> None:
    answer = ask_for_itself(client, program, cast.customer, give_secret(program))

    assert answer.status_code == 200
    assert set(answer.json()) == {"token_type", "expires_in", "ext_expires_in", "access_token"}
    assert answer.headers["Cache-Control"] == "no-store, no-cache"
    claims = claims_of(answer.json()["access_token"])
    principal = find_principal(cast.customer.id, program.application.client_id)
    assert principal is not None
    assert {name: claims[name] for name in ("aud", "iss", "tid", "oid", "sub", "azp", "azpacr")} == {
        "aud": "00000003-0000-0000-c000-000000000000",
        "iss": f"http://testserver/{cast.customer.id}/v2.0",
        "tid": str(cast.customer.id),
        "oid": str(principal.id),
        "sub": str(principal.id),
        "azp": str(program.application.client_id),
        "azpacr": "1",
    }
    assert (claims["roles"], claims["idtyp"], claims["ver"]) == (["SecurityAlert.Read.All"], "app", "2.0")
    assert not {"scp", "acct", "appid"} & set(claims)


def test_body_of_version_1_has_its_members_in_order(cast: Cast, client: Client, program: Program) -> None:
    values = {"grant_type": "client_credentials", "resource": "https://graph.windows.net"}
    values |= {"client_id": str(program.application.client_id), "client_secret": give_secret(program)}

    answer = post(client, token_path(cast.customer, "1.0"), **values)

    text = answer.content.decode()
    assert "\n" not in text
    assert list(answer.json()) == [
        "token_type", "expires_in", "ext_expires_in", "expires_on", "not_before", "resource", "access_token",
    ]  # fmt: skip
    # Microsoft's own sample takes the seventh piece between commas.
    assert text.strip("{}").split(",")[6].startswith('"access_token":"')
    assert answer.json()["resource"] == "https://graph.windows.net"
    claims = claims_of(answer.json()["access_token"])
    assert (claims["aud"], claims["appid"], claims["appidacr"], claims["ver"]) == (
        "https://graph.windows.net", str(program.application.client_id), "1", "1.0",
    )  # fmt: skip
    assert claims["iss"] == f"http://testserver/{cast.customer.id}/"
    assert claims["roles"] == ["Alerts.Fetch.All"]


@pytest.mark.parametrize(
    ("scope", "roles"),
    [
        (f"{GRAPH}/.default", ["SecurityAlert.Read.All"]),
        (f"{GRAPH}//.default", ["SecurityAlert.Read.All"]),
        ("00000003-0000-0000-c000-000000000000/.default", ["SecurityAlert.Read.All"]),
        ("https://api.securitycenter.microsoft.com/.default", ["Machine.Read.All"]),
        ("https://securitycenter.onmicrosoft.com/windowsatpservice/.default", ["Machine.Read.All"]),
        ("https://WDATPAlertExport.Seville.onmicrosoft.com/.default", ["Alerts.Fetch.All"]),
        ("offline_access https://security.microsoft.com/mtp/.default", None),
        ("http://testserver/.default", ["Alerts.Fetch.All", "Machine.Read.All", "SecurityAlert.Read.All"]),
        ("https://testserver/.default", ["Alerts.Fetch.All", "Machine.Read.All", "SecurityAlert.Read.All"]),
        (
            "http://127.0.0.1:8000/.default",
            ["Alerts.Fetch.All", "Machine.Read.All", "SecurityAlert.Read.All"],
        ),
    ],
)
def test_scope_is_taken_in_every_spelling(
    cast: Cast, client: Client, program: Program, scope: str, roles: list[str] | None
) -> None:
    answer = ask_for_itself(client, program, cast.customer, give_secret(program), scope=scope)

    assert answer.status_code == 200
    assert claims_of(answer.json()["access_token"]).get("roles") == roles


@pytest.mark.parametrize("resource", ["http://testserver", "http://testserver/", GRAPH, f"{GRAPH}/"])
def test_resource_is_taken_in_every_spelling(
    cast: Cast, client: Client, program: Program, resource: str
) -> None:
    values = {"grant_type": "client_credentials", "resource": resource}
    values |= {"client_id": str(program.application.client_id), "client_secret": give_secret(program)}

    answer = post(client, token_path(cast.customer, "1.0"), **values)

    assert answer.json()["resource"] == resource


@pytest.mark.parametrize("how", ["basic", "no content type", "get", "blanks", "line end", "by domain"])
def test_request_is_read_as_clients_send_it(cast: Cast, client: Client, program: Program, how: str) -> None:
    secret, client_id = give_secret(program), str(program.application.client_id)
    values = {"grant_type": "client_credentials", "scope": f"{GRAPH}/.default"}
    form = urlencode({**values, "client_id": client_id, "client_secret": secret})
    path = token_path(cast.customer)
    answer: Any
    if how == "basic":
        header = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        answer = post(client, path, {"Authorization": f"Basic {header}"}, **values)
    elif how == "no content type":
        answer = client.generic("POST", path, form, content_type="")
    elif how == "get":
        answer = client.generic("GET", path, form, content_type=FORM)
    elif how == "blanks":
        answer = client.post(path, form.replace("&", "&        "), content_type=FORM)
    elif how == "line end":
        answer = client.post(path, f"{form}\r\n", content_type=FORM)
    else:
        answer = client.post(token_path("Customer.example"), form, content_type=FORM)

    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize(
    ("changes", "status", "error", "code"),
    [
        ({"client_secret": "not the secret at all"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000218),
        ({"client_id": "2e9d3a4c-0000-4000-8000-000000000000"}, 400, "unauthorized_client", 700016),
        ({"client_id": "no id"}, 400, "unauthorized_client", 700016),
        ({"client_id": ""}, 400, "invalid_request", 900144),
        ({"grant_type": ""}, 400, "invalid_request", 900144),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"scope": ""}, 400, "invalid_request", 900144),
        ({"scope": f"{GRAPH}/User.Read.All"}, 400, "invalid_scope", 70011),
        ({"scope": "openid"}, 400, "invalid_scope", 70011),
        ({"scope": f"{GRAPH}/.default https://graph.windows.net/.default"}, 400, "invalid_scope", 700022),
        ({"scope": "https://elsewhere.example/.default"}, 400, "invalid_resource", 500011),
        ({"resource": GRAPH}, 400, "invalid_request", 901002),
    ],
)
def test_error_has_its_number_its_name_and_its_status(
    cast: Cast,
    client: Client,
    program: Program,
    changes: dict[str, str],
    status: int,
    error: str,
    code: int,
) -> None:
    answer = ask_for_itself(client, program, cast.customer, give_secret(program), **changes)

    assert (answer.status_code, answer.json()["error"], code_of(answer)) == (status, error, code)


def test_error_body_is_entras(cast: Cast, client: Client, program: Program) -> None:
    own = "5ba0b0fc-6a3c-4f1d-9a9b-7d6f5f2f9b11"
    with standing_at(NOW):
        answer = post(client, token_path(cast.customer), {"client-request-id": own}, grant_type="x")

    body = answer.json()
    assert set(body) == {
        "error", "error_description", "error_codes", "timestamp", "trace_id", "correlation_id",
    }  # fmt: skip
    assert body["error_description"] == (
        "AADSTS900144: The request body must contain the parameter 'client_id'.\r\n"
        f"Trace ID: {body['trace_id']}\r\nCorrelation ID: {own}\r\nTimestamp: 2026-03-10 09:00:00Z"
    )
    assert (body["timestamp"], body["correlation_id"]) == ("2026-03-10 09:00:00Z", own)


def test_basic_failure_names_the_scheme(cast: Cast, client: Client, program: Program) -> None:
    header = base64.b64encode(f"{program.application.client_id}:wrong".encode()).decode()
    answer = post(
        client,
        token_path(cast.customer),
        {"Authorization": f"Basic {header}"},
        grant_type="client_credentials",
        scope=f"{GRAPH}/.default",
    )

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="tidegate"')


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("99999999-9999-4999-8999-999999999999", 90002),
        ("nowhere.example", 90002),
        ("consumers", 90002),
        ("common", 9001023),
        ("organizations", 9001023),
    ],
)
def test_place_that_is_no_tenant_is_refused(client: Client, program: Program, place: str, code: int) -> None:
    assert code_of(ask_for_itself(client, program, place, give_secret(program))) == code


def test_unverified_domain_leads_nowhere(cast: Cast, client: Client, program: Program) -> None:
    Domain.objects.filter(name="customer.example").update(verified_at=None)

    assert code_of(ask_for_itself(client, program, "customer.example", give_secret(program))) == 90002


def test_absent_and_not_let_in_read_the_same(cast: Cast, client: Client, program: Program) -> None:
    secret, absent = give_secret(program), "2e9d3a4c-0000-4000-8000-000000000000"

    not_let_in = ask_for_itself(client, program, cast.other, secret).json()
    not_there = ask_for_itself(client, program, cast.other, secret, client_id=absent).json()

    words = [body["error_description"].split("\r\n")[0] for body in (not_let_in, not_there)]
    assert words[0].replace(str(program.application.client_id), absent) == words[1]
    assert not_let_in["error_codes"] == not_there["error_codes"] == [700016]


def test_secret_that_has_ended_is_told_so_and_no_other(cast: Cast, client: Client, program: Program) -> None:
    secret = give_secret(program, ends_at=NOW.replace(year=2027))
    with standing_at(NOW.replace(year=2027)):
        ended = ask_for_itself(client, program, cast.customer, secret)
        wrong = ask_for_itself(client, program, cast.customer, "another secret")

    assert (ended.status_code, code_of(ended), code_of(wrong)) == (401, 7000222, 7000215)


def test_only_who_proves_to_be_it_learns_that_it_is_disabled(
    cast: Cast, client: Client, program: Program
) -> None:
    secret = give_secret(program)
    disable_everywhere(program)

    proven = ask_for_itself(client, program, cast.customer, secret)
    guessed = ask_for_itself(client, program, cast.customer, "another secret")

    assert (code_of(proven), code_of(guessed)) == (7000112, 7000215)


def test_roles_are_those_granted_at_this_moment(cast: Cast, client: Client, program: Program) -> None:
    secret = give_secret(program)
    grants = Grant.objects.of_tenant(cast.customer.id).filter(resource=Resource.GRAPH)
    end = grants.get().ends_at
    assert end is not None

    with standing_at(end - timedelta(seconds=1)):
        before = ask_for_itself(client, program, cast.customer, give_secret(program, ends_at=end)).json()
    grants.update(ends_at=NOW)
    after = ask_for_itself(client, program, cast.customer, secret).json()

    assert claims_of(before["access_token"])["roles"] == ["SecurityAlert.Read.All"]
    assert "roles" not in claims_of(after["access_token"])


def test_application_of_one_tenant_works_where_it_was_authorized(cast: Cast, client: Client) -> None:
    program = make_program(cast, multi_tenant=False)
    secret = give_secret(program)
    before = ask_for_itself(client, program, cast.customer, secret)
    application = program.application
    ServicePrincipal.rows.create(
        tenant=cast.customer, client_id=application.client_id, home_tenant=cast.provider,
        application_id=application.id, display_name="SIEM", created_at=NOW,
    )  # fmt: skip

    after = ask_for_itself(client, program, cast.customer, secret)

    assert (code_of(before), after.status_code) == (700016, 200)


def test_one_senders_many_addresses_count_as_one(cast: Cast, program: Program) -> None:
    for number in range(30):
        client = Client(REMOTE_ADDR=f"2001:db8:1:2::{number:x}")
        ask_for_itself(client, program, cast.customer, "not the secret at all")

    same, other = (Client(REMOTE_ADDR=address) for address in ("2001:db8:1:2:3::1", "2001:db8:1:3::1"))
    assert code_of(ask_for_itself(same, program, cast.customer, "x")) == 90055
    assert code_of(ask_for_itself(other, program, cast.customer, "x")) == 7000215


def test_too_many_wrong_secrets_make_one_address_wait(cast: Cast, client: Client, program: Program) -> None:
    secret = give_secret(program)
    for _ in range(30):
        ask_for_itself(client, program, cast.customer, "not the secret at all")

    here = ask_for_itself(client, program, cast.customer, secret)
    elsewhere = Client(REMOTE_ADDR="192.0.2.99")

    assert (here.status_code, code_of(here)) == (429, 90055)
    assert 0 < int(here.headers["Retry-After"]) <= 61
    assert ask_for_itself(elsewhere, program, cast.customer, secret).status_code == 200


@pytest.mark.parametrize(
    ("method", "body", "code"),
    [("GET", "", 900561), ("PUT", "grant_type=x", 900561), ("POST", "a=1&%20a=2", 9000411)],
)
def test_request_that_cannot_be_read_is_refused(
    cast: Cast, client: Client, method: str, body: str, code: int
) -> None:
    answer = client.generic(method, token_path(cast.customer), body, content_type=FORM)

    assert (answer.status_code, code_of(answer)) == (400, code)


def test_body_that_is_too_long_is_not_read(cast: Cast, client: Client) -> None:
    answer = client.post(token_path(cast.customer), "a" * 70_000, content_type=FORM)

    assert code_of(answer) == 90015
