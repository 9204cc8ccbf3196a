"""The list of alerts and the page of one, whose id may be anything."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import Cast, import_all
from tests.connectors.samples import TYPE, graph_alert, siem_detection
from tests.web.conftest import Visitor, text_of
from tests.web.queue_pages import alert_of, bring_in, events_of, some_incident, titles_of
from tidegate.incidents.actions.changes import assign_alert, set_alert_status
from tidegate.incidents.actions.comments import comment_alert

type SignIn = Callable[..., Visitor]


@pytest.fixture
def queue(cast: Cast) -> Cast:
    bring_in(cast, some_incident(41), some_incident(42))
    return cast


def test_guest_sees_the_list_and_the_tenant_is_told_once(queue: Cast, visit: SignIn) -> None:
    page = visit("analyst").get("/alerts")
    assert page.status_code == 200
    assert titles_of(page) == ["Alert of 42", "Alert of 41"]
    assert events_of(queue.customer, tag="alerts.viewed") == ["alerts.viewed"]


def test_list_is_narrowed_by_what_the_address_asks(queue: Cast, visit: SignIn) -> None:
    set_alert_status(queue.enter("lead"), "da42", "resolved")
    assign_alert(queue.enter("lead"), "da41", user_id=queue.user("lead").id)
    lead = visit("lead")
    assert titles_of(lead.get("/alerts")) == ["Alert of 41"]
    assert titles_of(lead.get("/alerts", assigned="me")) == ["Alert of 41"]
    assert titles_of(lead.get("/alerts", status="resolved")) == ["Alert of 42"]
    assert titles_of(lead.get("/alerts", q="da42")) == ["Alert of 42"]
    assert titles_of(lead.get("/alerts", status="any", severity="high")) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("status", "active"), ("sort", "x"), ("cursor", "e30"), ("q", "\0"), ("assigned", "x")],
)
def test_bad_parameter_is_400_and_named(queue: Cast, visit: SignIn, name: str, value: str) -> None:
    page = visit("analyst").get("/alerts", **{name: value})
    assert page.status_code == 400
    assert f"<b>{name}</b>" in page.content.decode()


def test_what_came_in_since_is_counted_and_not_recorded(queue: Cast, visit: SignIn) -> None:
    analyst = visit("analyst")
    new_url = analyst.get("/alerts").context["new_url"]
    bring_in(queue, some_incident(43))
    seen = events_of(queue.customer)
    assert "1 new" in analyst.client.get(new_url).content.decode()
    assert events_of(queue.customer) == seen


def test_alert_shows_all_that_is_known(queue: Cast, visit: SignIn) -> None:
    comment_alert(queue.enter("lead"), "da41", "Looked at it.")
    page = visit("analyst").get("/alerts/da41")
    words = text_of(page)
    for expected in (
        "Alert of 41",
        "It was seen.",
        "Look. Then act.",
        "winword.exe pid 12",
        "tool.exe pid 77",
        "tool.exe /quiet",
        "neverHeardOf.inner",
        "kept value",
        "Looked at it.",
        "41 Incident 41",
        "PowerShell",
        "microsoftDefenderForIdentity",
    ):
        assert expected in words
    assert "Look.\nThen act." in page.content.decode()
    assert "  &quot;id&quot;: &quot;da41&quot;" in page.content.decode()
    assert events_of(queue.customer, tag="alert.viewed") == ["alert.viewed"]


def test_source_is_what_came_in_to_the_letter(cast: Cast, visit: SignIn) -> None:
    alert = graph_alert(id="da1", tenantId="another-tenant", strange="\u00e9<b>")
    import_all(cast.customer, [alert])
    source = visit("analyst").get("/sources/alerts/da1")
    assert source.json() == alert
    assert visit("member").get("/sources/alerts/da1").status_code == 403
    assert visit("outsider", cast.customer).get("/sources/alerts/da1").status_code == 404


def test_merged_detections_are_all_in_the_source(cast: Cast, visit: SignIn) -> None:
    detections = [siem_detection(), siem_detection(IpAddress="192.0.2.9")]
    import_all(cast.customer, detections)
    source = visit("analyst").get("/sources/alerts/sd1").content.decode()
    assert len(source.splitlines()) == 2


ODD_IDS = (
    "a/b",
    "a/status",
    "bulk",
    "newer",
    "/leading",
    "trailing/",
    "a b?c#d&e=%2F",
    "ümlaut\u202e",
    "'\"<script>",
    "..\\x",
    "{% x %}",
)


@pytest.mark.parametrize("alert_id", ODD_IDS)
def test_alert_of_any_id_is_found_and_changed(cast: Cast, visit: SignIn, alert_id: str) -> None:
    import_all(cast.customer, [graph_alert(id=alert_id, title="Odd one"), graph_alert(id="a", title="Other")])
    analyst = visit("analyst")
    page = analyst.get("/alerts")
    assert sorted(titles_of(page)) == ["Odd one", "Other"]
    address = reverse("alert", args=[alert_id])
    assert "Odd one" in text_of(analyst.get(address))
    answer = analyst.post(
        reverse("alert", args=[f"{alert_id}/status"]), {"status": "inProgress", "version": "1"}
    )
    assert answer.status_code == 302
    assert analyst.client.get(answer.url).status_code == 200
    assert alert_of(cast.customer, alert_id).status == "inProgress"
    assert alert_of(cast.customer, "a").status == "new"


def test_alert_without_process_or_text_is_shown(cast: Cast, visit: SignIn) -> None:
    import_all(cast.customer, [graph_alert(evidence=[], description=None, recommendedActions=None)])
    words = text_of(visit("analyst").get("/alerts/da1"))
    assert "Its source gave none." in words
    assert "No evidence." in words


def test_processes_that_started_each_other_are_shown_once(cast: Cast, visit: SignIn) -> None:
    def process(pid: int, parent: int) -> dict[str, Any]:
        names = {"imageFile": {"fileName": f"p{pid}"}, "parentProcessImageFile": {"fileName": f"p{parent}"}}
        place = {"processId": pid, "parentProcessId": parent, "mdeDeviceId": "d"}
        return {"@odata.type": TYPE + "processEvidence", **place, **names}

    evidence = [process(1, 2), process(2, 1), process(3, 2), process(5, 4)]
    import_all(cast.customer, [graph_alert(evidence=evidence)])
    tree = visit("analyst").get("/alerts/da1").context["tree"]
    assert [(line.depth, line.branch.name) for line in tree] == [
        (0, "p2"),
        (1, "p1"),
        (1, "p3"),
        (0, "p4"),
        (1, "p5"),
    ]


def test_member_without_role_is_refused(queue: Cast, visit: SignIn) -> None:
    for path in ("/alerts", "/alerts/da41", "/newer/alerts"):
        assert visit("member").get(path).status_code == 403
    assert events_of(queue.customer, tag="access.refused") == ["access.refused"] * 3


def test_outsider_gets_the_answer_of_a_tenant_that_is_not_there(queue: Cast, visit: SignIn) -> None:
    for path in ("/alerts", "/alerts/da41"):
        assert visit("outsider", queue.customer).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/alerts", "/alerts/da41", "/sources/alerts/da41"])
def test_same_ids_of_another_tenant_are_never_shown(queue: Cast, visit: SignIn, path: str) -> None:
    for name in ("analyst", "admin", "reader"):
        assert "LEAKED" not in visit(name).get(path).content.decode()


def test_absent_alert_is_404(queue: Cast, visit: SignIn) -> None:
    analyst = visit("analyst")
    assert analyst.get("/alerts/none").status_code == 404
    assert analyst.get(f"/alerts/{quote(chr(0))}").status_code == 404
    assert analyst.post("/alerts/none/comments", {"comment": "x"}).status_code == 404
    assert analyst.post("/alerts/da41").status_code == 404
    assert analyst.post("/alerts/da41/deletion").status_code == 404


def test_address_of_a_change_leads_back_to_the_alert(queue: Cast, visit: SignIn) -> None:
    answer = visit("analyst").get("/alerts/da41/status")
    assert (answer.status_code, answer.url) == (302, f"/alerts/da41?tid={queue.customer.id}")
    assert visit("analyst").get("/alerts/da41/deletion").status_code == 404


@pytest.mark.parametrize("name", ["reader", "member", "helper"])
@pytest.mark.parametrize("what", ["assignment", "status", "classification", "comments"])
def test_change_without_permission_is_refused_and_recorded(
    queue: Cast, visit: SignIn, name: str, what: str
) -> None:
    sent = {"version": "1", "assigned": "me", "status": "resolved", "comment": "y"}
    assert visit(name).post(f"/alerts/da41/{what}", sent).status_code == 403
    assert alert_of(queue.customer, "da41").version == 1
    assert events_of(queue.customer, tag="access.refused") == ["access.refused"]


def test_reader_sees_no_way_to_change_anything(queue: Cast, visit: SignIn) -> None:
    html = visit("reader").get("/alerts/da41").content.decode()
    assert 'name="version"' not in html
    assert 'name="comment"' not in html


@pytest.mark.parametrize(
    ("what", "sent", "field", "value"),
    [
        ("assignment", {"assigned": "me"}, "assigned_to", "analyst@provider.example"),
        ("status", {"status": "resolved"}, "status", "resolved"),
        ("classification", {"judgement": "falsePositive:notMalicious"}, "classification", "falsePositive"),
    ],
)
def test_analyst_changes_an_alert_unless_somebody_was_faster(
    queue: Cast, visit: SignIn, what: str, sent: dict[str, str], field: str, value: str
) -> None:
    analyst = visit("analyst")
    assert analyst.post(f"/alerts/da41/{what}", {**sent, "version": "1"}).status_code == 302
    assert getattr(alert_of(queue.customer, "da41"), field) == value
    assert getattr(alert_of(queue.other, "da41"), field) != value
    late = analyst.post(f"/alerts/da41/{what}", {**sent, "version": "1", "comment": "typed"})
    assert late.status_code == 409
    assert "typed</textarea>" in late.content.decode()


@pytest.mark.parametrize(
    ("what", "sent", "named"),
    [
        ("assignment", {"assigned": "nobody"}, "assigned"),
        ("status", {"status": "unknown"}, "status"),
        ("classification", {"judgement": "truePositive:x\0"}, "determination"),
        ("comments", {"comment": "\0"}, "comment"),
        ("comments", {"comment": "x" * 10_001}, "comment"),
        ("status", {"status": "new", "version": ""}, "version"),
    ],
)
def test_bad_value_is_400_and_named(
    queue: Cast, visit: SignIn, what: str, sent: dict[str, str], named: str
) -> None:
    answer = visit("analyst").post(f"/alerts/da41/{what}", {"version": "1", **sent})
    assert answer.status_code == 400
    assert answer.context["problem"].startswith(named)
    assert alert_of(queue.customer, "da41").version == 1


def test_hostile_text_is_shown_inert(cast: Cast, visit: SignIn) -> None:
    hostile = "<img src=x onerror=alert(1)>\u202egpj.exe"
    evidence = [
        {"@odata.type": TYPE + "fileEvidence", "fileDetails": {"fileName": hostile}, hostile: hostile}
    ]
    alert = graph_alert(title=hostile, description=hostile, recommendedActions=hostile, evidence=evidence)
    import_all(cast.customer, [alert])
    for path in ("/alerts", "/alerts/da1"):
        html = visit("analyst").get(path).content.decode()
        assert "<img src=x" not in html
        assert "\u202e" not in html
        assert "[U+202E]gpj.exe" in html


def test_list_asks_as_much_for_one_row_as_for_three(cast: Cast, visit: SignIn) -> None:
    analyst = visit("analyst")

    def count(path: str) -> int:
        analyst.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert analyst.get(path).status_code == 200
        return len(asked)

    import_all(cast.customer, [some_incident(41)])
    one = count("/alerts"), count("/alerts/da41")
    import_all(cast.customer, [some_incident(42), some_incident(43)])
    assert (count("/alerts"), count("/alerts/da41")) == one
