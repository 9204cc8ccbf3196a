"""The glass wall: what a tenant sees of what was done in it."""

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from tests.web.conftest import Visitor, text_of
from tidegate.audit.actions import Target, record
from tidegate.audit.models import AuditEvent, ChainHead
from tidegate.authorization.roles import BuiltInRole
from tidegate.core.clock import standing_at
from tidegate.core.errors import NotFound
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.stops import stop_guest
from tidegate.web.exports import guard_cell

type Visit = Callable[..., Visitor]


def test_log_shows_who_did_what_from_where(visit: Visit) -> None:
    visit("analyst").get("/properties")
    words = text_of(visit("reader").get("/audit"))
    row = (
        "Analyst Guest Looked at the properties properties.viewed Delta Mills 127.0.0.1 Firefox on Linux Done"
    )
    assert row in words


def test_log_never_shows_another_tenants_rows(visit: Visit, cast: Cast) -> None:
    visit("outsider", cast.other).get("/properties")
    record(cast.enter("outsider", cast.other), "group.created", Target("group", "1", "Leak"))
    visitor = visit("admin")
    for path in ("/audit", "/audit/export.csv"):
        response = visitor.get(path) if path == "/audit" else visitor.post(path)
        content = _content(response)
        assert "Leak" not in content
        assert "outsider@other.example" not in content
        assert str(cast.other.id) not in content


def test_refusal_and_outsiders_are_told_apart(visit: Visit) -> None:
    visit("analyst").get("/users")
    words = text_of(visit("reader").get("/audit", outside="on", result="refused"))
    assert "Was refused what their roles do not allow access.refused" in words
    assert "Refused" in words
    assert "Invited a guest" not in words


@pytest.mark.parametrize(
    ("params", "tags"),
    [
        ({"tag": "group.created"}, {"group.created"}),
        ({"tag": "role."}, {"role.assigned"}),
        ({"actor": "ANALYST@provider.example"}, {"invitation.redeemed"}),
        ({"target": "Tier 1"}, {"group.created", "group.member_added", "role.assigned"}),
        ({"since": "2026-03-02", "until": "2026-03-09"}, set()),
        ({"until": "2026-02-28"}, set()),
    ],
)
def test_filters_narrow(visit: Visit, params: dict[str, str], tags: set[str]) -> None:
    rows = visit("reader").get("/audit", **params).context["rows"]
    assert {row.event.tag for row in rows} == tags


def test_target_is_found_by_its_id(visit: Visit, cast: Cast) -> None:
    rows = visit("reader").get("/audit", target=f"group:{cast.group('Tier 2').id}").context["rows"]
    assert [row.event.tag for row in rows] == ["group.member_added", "group.created"]
    assert rows[0].target_url == f"/groups/{cast.group('Tier 2').id}?tid={cast.customer.id}"


@pytest.mark.parametrize(
    "params", [{"since": "yesterday"}, {"result": "maybe"}, {"tag": "A B"}, {"cursor": "nonsense"}]
)
def test_bad_filter_is_named_and_shows_nothing(visit: Visit, params: dict[str, str]) -> None:
    response = visit("reader").get("/audit", **params)
    assert response.status_code == 400
    assert next(iter(params)) in text_of(response)
    assert "Invited a guest" not in text_of(response)


def test_part_that_polls_records_nothing_and_tells_only_what_is_new(visit: Visit, cast: Cast) -> None:
    reader = visit("reader")
    since = reader.get("/audit").context["since_url"]
    before = _events(cast)
    assert reader.client.get(since).status_code == 204
    assert _events(cast) == before
    visit("analyst").get("/properties")
    waiting = reader.client.get(since)
    assert "2 new" in waiting.content.decode()
    rows = reader.client.get(f"{since}&rows=1")
    assert "Looked at the properties" in rows.content.decode()
    assert "Invited a guest" not in rows.content.decode()
    assert reader.client.get(rows.context["since_url"]).status_code == 204
    assert _events(cast) == before + 2


def test_part_that_polls_opens_only_with_what_the_page_gave(visit: Visit, cast: Cast) -> None:
    since = visit("reader").get("/audit").context["since_url"]
    assert visit("admin").client.get(since).status_code == 400
    assert visit("admin").get("/audit/since", after="0").status_code == 400


def test_part_of_a_page_sends_the_page_to_sign_in(client: Client, cast: Cast) -> None:
    page = f"/audit?tid={cast.customer.id}"
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
    response = client.get("/audit/since", {"tid": str(cast.customer.id)}, headers=headers)
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == f"/sign-in?next={quote(page, safe='')}"
    headers["HX-Current-URL"] = "http://elsewhere.example/audit"
    response = client.get("/audit/since", {"tid": str(cast.customer.id)}, headers=headers)
    assert response.headers["HX-Redirect"] == "/sign-in?next=%2F"


def test_event_is_shown_with_details_and_place(visit: Visit, cast: Cast) -> None:
    record(cast.enter("admin"), "group.updated", details={"before": {"display_name": "<b>Old</b>"}})
    event = AuditEvent.objects.of_tenant(cast.customer.id).order_by("-sequence")[0]
    response = visit("reader").get(f"/audit/{event.sequence}")
    page = response.content.decode()
    assert "<b>Old</b>" not in page
    assert "&lt;b&gt;Old&lt;/b&gt;" in page
    assert event.hash in page
    assert event.previous_hash in page
    assert visit("reader").get("/audit/99999999999999999999").status_code == 404


def test_chain_is_verified_and_tampering_told(visit: Visit, cast: Cast) -> None:
    reader = visit("reader")
    reader.get("/audit")
    count = _events(cast)
    assert f"{count} events, chain intact" in text_of(reader.post("/audit/verification"))
    AuditEvent.rows.filter(tenant_id=cast.customer.id, sequence=3).update(actor_name="Nobody")
    words = text_of(reader.post("/audit/verification"))
    assert "Chain broken" in words
    assert "3 was edited" in words


def test_export_is_recorded_and_streamed(visit: Visit, cast: Cast) -> None:
    reader = visit("reader")
    response = reader.post("/audit/export.ndjson", tag="user.")
    assert response.streaming
    lines = [json.loads(line) for line in _content(response).splitlines()]
    assert [line["tag"] for line in lines] == ["user.created", "user.created", *["user.invited"] * 3]
    assert lines[0]["details"]["email"] == "member@customer.example"
    event = AuditEvent.objects.of_tenant(cast.customer.id).order_by("-sequence")[0]
    assert (event.tag, event.actor_email) == ("audit.exported", "reader@customer.example")
    assert json.loads(event.details)["filter"] == {"tag": "user."}


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_export_ends_in_the_middle_for_who_is_stopped(visit: Visit, cast: Cast, form: str) -> None:
    reader, admin = cast.role(BuiltInRole.SECURITY_READER), cast.enter("admin")
    assign_role(admin, reader.id, user_id=cast.user("analyst").id)
    content = iter(visit("analyst").post(f"/audit/export.{form}").streaming_content)
    for _ in range(3):
        next(content)
    stop_guest(admin, cast.user("analyst").id, reason="Stolen laptop")
    with standing_at(NOW + timedelta(seconds=1)):
        assert b"INCOMPLETE: this file broke off here." in next(content)
        with pytest.raises(NotFound):
            next(content)


def test_csv_cells_are_no_formulas(visit: Visit, cast: Cast) -> None:
    record(cast.enter("admin"), "group.created", Target("group", "1", '=HYPERLINK("http://x")'))
    text = _content(visit("reader").post("/audit/export.csv", tag="group.created"))
    assert text.startswith("\ufeffsequence,at,")
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert rows[-1]["target_name"] == '\'=HYPERLINK("http://x")'


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\uff1d1"])
def test_guard_takes_away_what_begins_a_formula(text: str) -> None:
    assert guard_cell(text) == f"'{text}"


def test_guard_leaves_the_rest() -> None:
    assert [guard_cell(value) for value in ("a=b", 3, None, "")] == ["a=b", "3", "", ""]


def test_export_needs_a_post(visit: Visit) -> None:
    assert visit("reader").get("/audit/export.csv").status_code == 405


def test_log_asks_as_much_for_three_more_rows(visit: Visit, cast: Cast) -> None:
    reader, scope = visit("reader"), cast.enter("admin")
    reader.get("/audit")
    with CaptureQueriesContext(connection) as few:
        reader.get("/audit")
    for _time in range(3):
        record(scope, "group.created", Target("group", "1", "G"))
    with CaptureQueriesContext(connection) as many:
        reader.get("/audit")
    assert len(many) == len(few)


def test_every_guest_view_of_the_log_is_recorded(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    data = {"role": str(cast.role("Security Reader").id), "user": "helper@provider.example"}
    admin.post("/roles/assignments", data)
    helper = visit("helper")
    for path in ("/audit", "/users", "/groups", "/roles"):
        helper.get(path)
    seen = AuditEvent.objects.of_tenant(cast.customer.id).filter(actor_email="helper@provider.example")
    assert list(seen.order_by("sequence").values_list("tag", flat=True))[1:] == [
        "tenant.entered",
        "audit.viewed",
        "users.viewed",
        "groups.viewed",
        "roles.viewed",
    ]


def _events(cast: Cast) -> int:
    return ChainHead.objects.get(tenant_id=cast.customer.id).sequence


def _content(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode())
