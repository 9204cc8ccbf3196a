"""The usual request of an application is answered as Django answers it, and everything else by Django."""

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from django.core import signals
from django.db import close_old_connections
from django.test import RequestFactory
from pytest_django import Settings

from tests.applications import Program, app_permissions, let_in, make_program
from tests.cast import Cast
from tests.oauth.asking import FORM, GRAPH, claims_of, disable_everywhere, give_secret, token_path
from tests.oauth.express_server import Server, run
from tidegate.authorization.api_permissions import Resource
from tidegate.core import clock
from tidegate.core.prepared import Prepared
from tidegate.core.unwaiting import Unanswered
from tidegate.directory.models import Credential, EmergencyStop, Grant, ServicePrincipal
from tidegate.oauth import express
from tidegate.oauth.actions.sign_ins import write_noted
from tidegate.oauth.express import LONGEST
from tidegate.oauth.guessing import FAILURES_AT_MOST
from tidegate.oauth.keys import forget_kept_keys, signing_key
from tidegate.oauth.models import SignIn

USUAL: Final[dict[str, str]] = {"grant_type": "client_credentials", "scope": f"{GRAPH}/.default"}
AGENT: Final = {"HTTP_USER_AGENT": "SIEM/1.0", "REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture(autouse=True)
def kept_open() -> Iterator[None]:
    """Connections hold the test's own transaction: a request may not close them."""
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture
def server(db: None) -> Server:
    signing_key()
    return Server()


@pytest.fixture
def program(cast: Cast) -> Program:
    program = make_program(cast)
    granted = app_permissions(Resource.GRAPH, "SecurityAlert.Read.All", "SecurityIncident.Read.All")
    let_in(program, cast.customer, *granted, *app_permissions(Resource.SIEM, "Alerts.Fetch.All"))
    return program


def _form(program: Program, secret: str, **changes: str) -> str:
    values = USUAL | {"client_id": str(program.application.client_id), "client_secret": secret} | changes
    return urlencode({name: value for name, value in values.items() if value})


@pytest.mark.parametrize(
    ("version", "changes", "environ"),
    [
        ("2.0", {}, {}),
        ("2.0", {"scope": "http://testserver/.default"}, {}),
        ("2.0", {"scope": f"offline_access {GRAPH}//.default"}, {"secure": True}),
        ("2.0", {}, {"HTTP_HOST": "localhost:8000", "HTTP_CLIENT_REQUEST_ID": "no id"}),
        ("2.0", {}, {"content_type": f"{FORM}; charset=utf-8"}),
        ("1.0", {"scope": "", "resource": "https://graph.windows.net"}, {}),
    ],
)
def test_usual_request_is_answered_alike(
    cast: Cast,
    program: Program,
    settings: Settings,
    version: str,
    changes: dict[str, str],
    environ: dict[str, Any],
) -> None:
    settings.SECURE_HSTS_SECONDS = 3600
    signing_key()
    server = Server()
    form, path = _form(program, give_secret(program), **changes), token_path(cast.customer, version)
    answers = server.ask_both(path, form, **AGENT, **environ)

    assert [answer.is_djangos for answer in answers] == [False, True]
    assert answers[0].status == "200 OK"
    assert answers[0].meaning == answers[1].meaning
    uses = [claims_of(answer.body["access_token"])["uti"] for answer in answers]
    assert uses[0] != uses[1]


def test_both_ways_are_counted_on_the_same_row(cast: Cast, server: Server, program: Program) -> None:
    form, path = _form(program, give_secret(program)), token_path(cast.customer)
    for ask in (server.ask, server.ask_django, server.ask):
        ask(path, form, **AGENT)
    write_noted()

    (row,) = SignIn.objects.across_tenants()
    assert (row.tenant_id, row.count, row.result, row.client_name, row.resource, row.ip_address) == (
        cast.customer.id, 3, 0, "Harbour SIEM", "graph", "192.0.2.7",
    )  # fmt: skip


ENDS: dict[str, Callable[[Cast, Program], object]] = {
    "application disabled": lambda _, program: disable_everywhere(program),
    "application removed here": lambda cast, _: _principals(cast).update(removed_at=clock.now()),
    "application disabled here": lambda cast, _: _principals(cast).update(disabled_at=clock.now()),
    "secret removed": lambda *_: _secrets().update(removed_at=clock.now()),
    "secret ended": lambda *_: _secrets().update(ends_at=clock.now()),
    "secret not begun": lambda *_: _secrets().update(starts_at=clock.now().replace(year=2100)),
    "stopped": lambda cast, _: EmergencyStop.rows.create(
        tenant=cast.customer, covers="all", name="all", reason="Now", started_at=clock.now(), started_by="A"
    ),
}


def _principals(cast: Cast) -> Any:
    return ServicePrincipal.objects.of_tenant(cast.customer.id)


def _secrets() -> Any:
    return Credential.objects.across_tenants()


@pytest.mark.parametrize("end", ENDS)
def test_what_has_ended_ends_both_ways(cast: Cast, server: Server, program: Program, end: str) -> None:
    form, path = _form(program, give_secret(program)), token_path(cast.customer)
    assert not server.ask(path, form).is_djangos
    ENDS[end](cast, program)

    answers = server.ask_both(path, form)

    assert all(answer.is_djangos and "access_token" not in answer.body for answer in answers)
    assert answers[0].body["error_codes"] == answers[1].body["error_codes"]


def test_withdrawn_consent_takes_the_roles_at_once(cast: Cast, server: Server, program: Program) -> None:
    form, path = _form(program, give_secret(program)), token_path(cast.customer)
    before = server.ask(path, form)
    Grant.objects.of_tenant(cast.customer.id).update(ends_at=clock.now())

    after = server.ask(path, form)

    assert claims_of(before.body["access_token"])["roles"] == [
        "SecurityAlert.Read.All", "SecurityIncident.Read.All",
    ]  # fmt: skip
    assert "roles" not in claims_of(after.body["access_token"])
    assert not after.is_djangos


def test_application_gets_nothing_in_a_tenant_that_did_not_let_it_in(
    cast: Cast, server: Server, program: Program
) -> None:
    answer = server.ask(token_path(cast.other), _form(program, give_secret(program)))

    assert (answer.is_djangos, answer.body["error_codes"]) == (True, [700016])


@pytest.mark.parametrize(
    ("changes", "environ"),
    [
        ({"client_secret": ""}, {}),
        ({"client_assertion": "a.b.c"}, {}),
        ({"grant_type": "refresh_token"}, {}),
        ({"grant_type": "Client_Credentials"}, {}),
        ({"padding": "x" * LONGEST}, {}),
        ({}, {"content_type": "application/json"}),
        ({}, {"content_type": ""}),
        ({}, {"HTTP_ORIGIN": "https://page.example"}),
        ({}, {"HTTP_AUTHORIZATION": "Basic eDp5"}),
        ({}, {"HTTP_TRANSFER_ENCODING": "chunked"}),
        ({}, {"CONTENT_LENGTH": "\u0661"}),
        ({}, {"CONTENT_LENGTH": ""}),
        ({}, {"REQUEST_METHOD": "GET"}),
        ({}, {"REQUEST_METHOD": "PUT"}),
    ],
)
def test_anything_else_is_djangos(
    cast: Cast, server: Server, program: Program, changes: dict[str, str], environ: dict[str, Any]
) -> None:
    form, path = _form(program, give_secret(program), **changes), token_path(cast.customer)

    answers = server.ask_both(path, form, **environ)

    assert [answer.is_djangos for answer in answers] == [True, True]
    assert answers[0].meaning == answers[1].meaning


@pytest.mark.parametrize(
    "path",
    [
        "/{}/oauth2/v2.0/token/",
        "/{}//oauth2/v2.0/token",
        "/x/{}/oauth2/token",
        "/harbour.example/oauth2/token",
    ],
)
def test_any_other_address_is_djangos(cast: Cast, server: Server, program: Program, path: str) -> None:
    form = _form(program, give_secret(program))
    request = RequestFactory().post("/", form, content_type=FORM)
    environ = {
        **request.environ,
        "PATH_INFO": path.format(cast.customer.id),
        "wsgi.input": io.BytesIO(form.encode()),
    }

    assert run(server.express.answer(environ)) is None


def test_name_that_is_not_the_servers_is_djangos(cast: Cast, server: Server, program: Program) -> None:
    form, path = _form(program, give_secret(program)), token_path(cast.customer)

    with pytest.raises(json.JSONDecodeError):
        server.ask(path, form, HTTP_HOST="elsewhere.example")

    assert server._is_asked


def test_form_is_found_again_without_its_secret(cast: Cast, server: Server, program: Program) -> None:
    secret, path = give_secret(program), token_path(cast.customer)
    form = _form(program, secret)
    first, second = server.ask(path, form), server.ask(path, form)

    assert first.meaning[:2] == second.meaning[:2]
    assert not second.is_djangos
    assert secret not in repr(vars(server.express))
    assert len(server.express._usual) == 1


def test_same_form_means_another_thing_at_another_address(
    cast: Cast, server: Server, program: Program
) -> None:
    form, path = (
        _form(program, give_secret(program), scope="http://testserver/.default"),
        token_path(cast.customer),
    )
    own = server.ask(path, form)
    elsewhere = server.ask(path, form, HTTP_HOST="localhost:8000")

    assert not own.is_djangos
    assert (elsewhere.is_djangos, elsewhere.body["error_codes"]) == (True, [500011])


def test_same_form_means_another_token_in_another_tenant(
    cast: Cast, server: Server, program: Program
) -> None:
    let_in(program, cast.other, *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All"))
    form = _form(program, give_secret(program))
    tenants = (cast.customer, cast.other, cast.customer)
    # What is kept after the first answer is what the third is made of.
    answers = [server.ask_both(token_path(tenant), form) for tenant in tenants]

    assert [answer.is_djangos for each in answers for answer in each] == [False, True] * 3
    assert all(own.meaning == djangos.meaning for own, djangos in answers)
    claims = [claims_of(own.body["access_token"]) for own, _ in answers]
    assert [each["tid"] for each in claims] == [str(tenant.id) for tenant in tenants]
    assert [len(each["roles"]) for each in claims] == [2, 1, 2]


def test_who_is_refused_is_not_remembered(
    cast: Cast, server: Server, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(express, "KEPT_AT_MOST", 2)
    path = token_path(cast.customer)
    server.ask(path, _form(program, "not the secret at all"))
    assert not server.express._usual
    for _ in range(3):
        server.ask(path, _form(program, give_secret(program)))

    assert len(server.express._usual) == 1


def test_key_that_must_be_read_is_djangos_to_read(cast: Cast, server: Server, program: Program) -> None:
    form, path = _form(program, give_secret(program)), token_path(cast.customer)
    forget_kept_keys()

    assert [server.ask(path, form).is_djangos for _ in range(2)] == [True, False]


def test_wrong_secret_is_counted_once(cast: Cast, server: Server, program: Program) -> None:
    secret, path = give_secret(program), token_path(cast.customer)
    for _ in range(FAILURES_AT_MOST):
        wrong = server.ask(path, _form(program, "not the secret at all"))
        assert wrong.body["error_codes"] == [7000215]
    write_noted()

    (row,) = SignIn.objects.across_tenants()
    assert (row.result, row.count) == (7000215, FAILURES_AT_MOST)
    waits = server.ask(path, _form(program, secret))
    assert (waits.is_djangos, waits.body["error_codes"]) == (True, [90055])


@pytest.mark.parametrize("part", ["_ask", "_sign"])
@pytest.mark.parametrize("fault", [RuntimeError, Unanswered])
def test_fault_is_left_to_django(
    cast: Cast, server: Server, program: Program, part: str, fault: type[Exception]
) -> None:
    async def fail(*_: object, **_values: object) -> None:
        raise fault

    form, path = _form(program, give_secret(program)), token_path(cast.customer)
    setattr(server.express, part, fail)
    answer = server.ask(path, form)
    write_noted()

    assert (answer.is_djangos, answer.status) == (True, "200 OK")
    assert SignIn.objects.across_tenants().get().count == 1


def test_many_of_one_form_ask_once_after_they_came(cast: Cast, server: Server, program: Program) -> None:
    form, path = _form(program, give_secret(program)), token_path(cast.customer)
    told: list[list[Any] | None] = []

    async def note(question: Prepared, **values: object) -> list[Any] | None:
        told.append(question.first(**values))
        return told[0]

    async def wait(_: Prepared, **_values: object) -> list[Any] | None:
        told.append(told[0])
        await asyncio.sleep(0)
        return told[0]

    async def ask_together(environ: dict[str, Any]) -> list[Any]:
        asked = ({**environ, "wsgi.input": io.BytesIO(form.encode())} for _ in range(5))
        return await asyncio.gather(*map(server.express.answer, asked))

    server.express._ask = note
    server.ask(path, form)
    server.express._ask = wait
    answers = asyncio.run(ask_together(RequestFactory().post(path, form, content_type=FORM).environ))

    assert len(told) == 3
    uses = {claims_of(json.loads(answer[2])["access_token"])["uti"] for answer in answers}
    assert len(uses) == 5
