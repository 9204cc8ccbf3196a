"""The sign-in log: what it counts, whose it is, and what an outsider can do to it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.applications import Program, delegated_permissions, let_in, make_program
from tests.cast import NOW, Cast
from tests.oauth.asking import Flow, answer_of, ask_for_itself, give_secret, make_flow, register, sign_in
from tidegate.authorization.api_permissions import Resource
from tidegate.core.clock import standing_at
from tidegate.oauth import jobs
from tidegate.oauth.actions import sign_ins
from tidegate.oauth.actions.sign_ins import Attempt, note, write_noted
from tidegate.oauth.models import AuthorizationCode, DeviceCode, RefreshToken, SignIn, UsedAssertion


@pytest.fixture
def program(cast: Cast) -> Program:
    program = make_program(cast)
    let_in(program, cast.customer)
    return program


def _rows(cast: Cast) -> list[SignIn]:
    write_noted()
    return list(SignIn.objects.of_tenant(cast.customer.id).order_by("first_at", "grant"))


def test_what_one_client_does_alike_is_one_row_an_hour(cast: Cast, program: Program) -> None:
    secret, client = give_secret(program), Client(HTTP_USER_AGENT="SIEM/1.0", REMOTE_ADDR="192.0.2.7")
    times = [NOW, NOW + timedelta(minutes=5), NOW + timedelta(minutes=59), NOW + timedelta(minutes=60)]
    for at in times:
        with standing_at(at.replace(year=2026, month=12)):
            assert ask_for_itself(client, program, cast.customer, secret).status_code == 200
            write_noted()

    first, second = _rows(cast)
    assert (first.count, second.count) == (3, 1)
    assert first.last_at - first.first_at == timedelta(minutes=59)
    assert (first.grant, first.result, first.client_name, first.resource) == (
        "client_credentials", 0, "Harbour SIEM", "graph",
    )  # fmt: skip
    assert (first.ip_address, first.user_agent, first.user_id) == ("192.0.2.7", "SIEM/1.0", None)


def test_two_processes_count_on_the_same_row(cast: Cast, program: Program) -> None:
    attempt = Attempt(cast.customer.id, SignIn.Grant.CLIENT_CREDENTIALS, client_name="SIEM")
    for _ in range(2):
        note(attempt)
        write_noted()

    assert [row.count for row in _rows(cast)] == [2]


def test_person_is_a_row_by_themselves(cast: Cast) -> None:
    flow = make_flow(cast)
    let_in(flow.program, cast.customer, *delegated_permissions(Resource.GRAPH, "User.Read"))
    for _ in range(2):
        flow.refresh(flow.redeem(flow.get_code()).json()["refresh_token"])

    rows = [(row.grant, row.count, row.user_name) for row in _rows(cast)]
    assert sorted(rows) == [
        ("authorization_code", 2, "member@customer.example"),
        ("authorize", 1, "member@customer.example"),
        ("authorize", 1, "member@customer.example"),
        ("refresh_token", 2, "member@customer.example"),
    ]


@pytest.mark.parametrize(
    ("changes", "result"),
    [({"client_secret": "wrong secret wrong"}, 7000215), ({"scope": "https://x.example/.default"}, None)],
)
def test_failure_is_told_to_the_tenant_it_was_about(
    cast: Cast, program: Program, changes: dict[str, str], result: int | None
) -> None:
    ask_for_itself(Client(), program, cast.customer, "x", **changes)

    assert [row.result for row in _rows(cast)] == ([] if result is None else [result])


def test_application_that_is_not_let_in_is_seen_by_the_tenant(cast: Cast) -> None:
    program = make_program(cast)
    ask_for_itself(Client(), program, cast.customer, "x")

    (row,) = _rows(cast)
    assert (row.result, row.client_id, row.client_name) == (700016, program.application.client_id, "")


def test_outsider_at_the_page_is_seen_by_the_tenant(cast: Cast) -> None:
    program = make_program(cast)
    register(program)
    Flow(program, "", cast.customer, sign_in(cast.accounts["outsider"])).authorize()

    (row,) = _rows(cast)
    assert (row.result, row.user_name, row.user_id) == (50020, "outsider@other.example", None)


def test_denial_is_told(cast: Cast) -> None:
    program = make_program(cast)
    register(program)
    flow = Flow(program, "", cast.customer, sign_in(cast.accounts["member"]))
    page = flow.authorize(scope="User.Read")
    answer_of(flow.browser.post(page.context["answer_url"], {"decision": "deny"}))

    assert [row.result for row in _rows(cast)] == [65004]


@pytest.mark.parametrize("place", ["99999999-9999-4999-8999-999999999999", "nowhere.example", "common"])
def test_place_that_is_no_tenant_is_told_to_nobody(cast: Cast, program: Program, place: str) -> None:
    ask_for_itself(Client(), program, place, "x")
    write_noted()

    assert SignIn.objects.across_tenants().count() == 0


def test_flood_of_failures_makes_no_more_rows_than_allowed(cast: Cast, program: Program) -> None:
    for number in range(300):
        client = Client(REMOTE_ADDR=f"192.0.2.{number % 250}", HTTP_USER_AGENT=f"Flood {number}")
        ask_for_itself(client, program, cast.customer, "wrong secret wrong")

    rows = _rows(cast)
    assert len(rows) == sign_ins.FAILURES_AT_MOST + 1
    assert sum(row.count for row in rows) == 300
    assert max(rows, key=lambda row: row.count).ip_address == ""


def test_other_tenants_see_nothing_of_it(cast: Cast, program: Program) -> None:
    ask_for_itself(Client(), program, cast.customer, give_secret(program))
    write_noted()

    assert SignIn.objects.of_tenant(cast.other.id).count() == 0
    assert SignIn.objects.of_tenant(cast.provider.id).count() == 0


def test_name_with_signs_that_no_table_takes_is_written(cast: Cast) -> None:
    note(Attempt(cast.customer.id, SignIn.Grant.AUTHORIZE, client_name="a\0b", user_name="\ud800" * 300))

    (row,) = _rows(cast)
    assert (row.client_name, len(row.user_name)) == ("a\ufffdb", 256)


def test_sign_ins_of_long_ago_are_deleted(cast: Cast, program: Program) -> None:
    with standing_at(NOW):
        note(Attempt(cast.customer.id, SignIn.Grant.AUTHORIZE))
        write_noted()
    with standing_at(NOW + jobs.SIGN_INS_KEPT):
        jobs.delete_old_sign_ins()
        assert len(_rows(cast)) == 1
    with standing_at(NOW + jobs.SIGN_INS_KEPT + timedelta(seconds=1)):
        jobs.delete_old_sign_ins()
        assert _rows(cast) == []


def test_what_has_ended_is_deleted_a_week_later(cast: Cast) -> None:
    flow = make_flow(cast)
    flow.redeem(flow.get_code(scope="openid offline_access"))
    code = AuthorizationCode.objects.of_tenant(cast.customer.id).get()
    token = RefreshToken.objects.of_tenant(cast.customer.id).get()

    def count() -> tuple[int, int]:
        rows: tuple[Any, Any] = (AuthorizationCode.objects, RefreshToken.objects)
        return rows[0].across_tenants().count(), rows[1].across_tenants().count()

    for ends_at, before, after in ((code.ends_at, (1, 1), (0, 1)), (token.ends_at, (0, 1), (0, 0))):
        with standing_at(ends_at + jobs.KEPT_AFTER_END):
            jobs.delete_ended()
            assert count() == before
        with standing_at(ends_at + jobs.KEPT_AFTER_END + timedelta(seconds=1)):
            jobs.delete_ended()
            assert count() == after
    assert DeviceCode.objects.count() == UsedAssertion.objects.across_tenants().count() == 0
