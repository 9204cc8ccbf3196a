"""The sign-in log on its page: who sees it, what a filter leaves, and taking it away."""

import csv
import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent
from tidegate.core.clock import standing_at
from tidegate.directory.models import Tenant
from tidegate.oauth.actions.sign_ins import Attempt, note, write_noted
from tidegate.web.sign_ins import CSV_HEAD

type Visit = Callable[..., Visitor]

SIEM, DASHBOARD = uuid.uuid4(), uuid.uuid4()


def sign_in(tenant: Tenant, **values: Any) -> None:
    given = {"grant": "client_credentials", "client_id": SIEM, "client_name": "Harbour SIEM", **values}
    note(Attempt(tenant.id, **given))
    write_noted()


@pytest.fixture
def log(cast: Cast) -> None:
    """A program that got a token thrice and was refused once, and a person who signed in to another."""
    for _time in range(3):
        sign_in(cast.customer, resource="siem", ip_address="198.51.100.7")
    sign_in(cast.customer, result=7000215)
    member = cast.user("member")
    person = {"user_id": member.id, "user_name": "Member <b>x</b>", "grant": "authorize"}
    sign_in(cast.customer, client_id=DASHBOARD, client_name="Dashboard", **person)
    sign_in(cast.other, client_name="Harbour SIEM of another tenant")


@pytest.mark.usefixtures("log")
def test_log_says_who_how_and_why_not(visit: Visit, cast: Cast) -> None:
    page = visit("admin").get("/sign-ins")
    words = text_of(page)
    assert "Harbour SIEM itself As itself SIEM API 3 198.51.100.7 Token given" in words
    assert "Secret is wrong AADSTS7000215" in words
    assert "Dashboard Member" in words
    assert "Member &lt;b&gt;x&lt;/b&gt;" in page.content.decode()
    assert "of another tenant" not in words
    assert f"/users/{cast.user('member').id}" in page.content.decode()


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"application": "siem"}, 2),
        ({"application": str(DASHBOARD)}, 1),
        ({"user": "member"}, 1),
        ({"result": "failure"}, 1),
        ({"result": "success"}, 2),
        ({"grant": "authorize"}, 1),
        ({"since": "2026-03-10", "until": "2026-03-10"}, 3),
        ({"until": "2026-03-09"}, 0),
        ({"application": "siem", "result": "success"}, 1),
    ],
)
def test_filter_leaves_what_it_says(visit: Visit, asked: dict[str, str], count: int) -> None:
    page = visit("admin").get("/sign-ins", **asked)
    assert len(page.context["rows"]) == count


@pytest.mark.parametrize(
    "asked", [{"result": "perhaps"}, {"since": "yesterday"}, {"cursor": "x"}, {"grant": "x"}]
)
def test_what_cannot_be_asked_is_named(visit: Visit, asked: dict[str, str]) -> None:
    page = visit("admin").get("/sign-ins", **asked)
    assert page.status_code == 400
    assert 'role="alert"' in page.content.decode()


@pytest.mark.parametrize(
    ("name", "status"),
    [("admin", 200), ("reader", 200), ("member", 403), ("analyst", 403), ("outsider", 404), ("boss", 404)],
)
def test_log_is_for_who_reads_the_record(visit: Visit, name: str, status: int) -> None:
    visitor = visit(name)
    assert visitor.get("/sign-ins").status_code == status
    assert visitor.post("/sign-ins/export.csv").status_code == status


@pytest.mark.usefixtures("log")
def test_export_is_what_the_filter_leaves_and_is_recorded(visit: Visit, cast: Cast) -> None:
    sign_in(cast.customer, client_name="=cmd()", client_id=uuid.uuid4())
    answer = visit("admin").post("/sign-ins/export.csv", result="success")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == CSV_HEAD
    assert sorted(row["application"] for row in rows) == ["'=cmd()", "Dashboard", "Harbour SIEM"]
    assert {row["last_at"] for row in rows} == {NOW.isoformat()}
    event = AuditEvent.rows.get(tag="sign_ins.exported")
    assert event.details == '{"filter": {"is_success": true}}'


def test_pages_stay_put_while_rows_arrive(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    for number in range(51):
        with standing_at(NOW.replace(minute=number)):
            sign_in(cast.customer, client_id=uuid.uuid4(), client_name=f"Program {number:02}")
    first = admin.get("/sign-ins")
    with standing_at(NOW.replace(minute=55)):
        sign_in(cast.customer, client_name="New")
    older = admin.client.get(first.context["older_url"])
    assert [row.sign_in.client_name for row in older.context["rows"]] == ["Program 00"]


def test_statements_do_not_grow_with_rows(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    admin.get("/sign-ins")
    counts = []
    for rows in (1, 3):
        for _row in range(rows):
            sign_in(cast.customer, client_id=uuid.uuid4())
        with CaptureQueriesContext(connection) as asked:
            admin.get("/sign-ins")
        counts.append(len(asked))
    assert counts[0] == counts[1]
