"""The queue of incidents and the page of one: who sees what, what an address can ask, what is shown inert."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import TYPE, graph_alert
from tests.web.conftest import Visitor, text_of
from tests.web.queue_pages import bring_in, events_of, incident_of, some_incident, titles_of
from tidegate.core.clock import standing_at
from tidegate.incidents.actions.changes import assign_incident, set_incident_status, tag_incident
from tidegate.incidents.actions.comments import comment_incident

type SignIn = Callable[..., Visitor]


@pytest.fixture
def queue(cast: Cast) -> Cast:
    bring_in(cast, some_incident(41), some_incident(42, severity="low"))
    return cast


def test_guest_sees_the_queue_and_the_tenant_is_told_once(queue: Cast, visit: SignIn) -> None:
    page = visit("analyst").get("/incidents")
    assert page.status_code == 200
    assert titles_of(page) == ["Incident 42", "Incident 41"]
    assert events_of(queue.customer, tag="incidents.viewed") == ["incidents.viewed"]


def test_reader_sees_no_way_to_change_anything(queue: Cast, visit: SignIn) -> None:
    reader = visit("reader")
    for path in ("/incidents", "/incidents/41"):
        html = reader.get(path).content.decode()
        assert 'name="version"' not in html
        assert "data-row-check" not in html
        assert 'data-key="a"' not in html
        assert 'name="comment"' not in html
    assert events_of(queue.customer, tag__endswith=".viewed") == []


def test_member_without_role_is_refused_and_that_is_recorded(queue: Cast, visit: SignIn) -> None:
    member = visit("member")
    for path in ("/incidents", "/incidents/41", "/newer/incidents", "/incidents/41/source"):
        assert member.get(path).status_code == 403
    refused = events_of(queue.customer, tag="access.refused", result="refused")
    assert refused == ["access.refused"] * 4


def test_outsider_gets_the_answer_of_a_tenant_that_is_not_there(queue: Cast, visit: SignIn) -> None:
    nobody = "9b04c7d2-51e8-4c3f-a6f0-2d7714be90aa"
    outsider = visit("outsider", queue.customer)
    for path in ("/incidents", "/incidents/41"):
        real = outsider.get(path)
        absent = outsider.client.get(path, {"tid": nobody})
        assert (real.status_code, absent.status_code) == (404, 404)
        assert "Incident 41" not in real.content.decode()


@pytest.mark.parametrize("path", ["/incidents", "/incidents?status=any", "/incidents/41", "/incidents/42"])
def test_same_numbers_of_another_tenant_are_never_shown(queue: Cast, visit: SignIn, path: str) -> None:
    for name in ("analyst", "lead", "admin", "reader"):
        assert "LEAKED" not in visit(name).get(path).content.decode()


def test_absent_incident_is_404(queue: Cast, visit: SignIn) -> None:
    analyst = visit("analyst")
    assert analyst.get("/incidents/7").status_code == 404
    assert analyst.get(f"/incidents/{10**30}").status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "bogus"),
        ("severity", "high,awful"),
        ("assigned", "somebody"),
        ("since", "2h"),
        ("sort", "title"),
        ("q", "a\0b"),
        ("q", "x" * 201),
        ("category", "\0"),
        ("source", "y" * 65),
        ("cursor", "nonsense"),
    ],
)
def test_bad_parameter_is_400_and_named(queue: Cast, visit: SignIn, name: str, value: str) -> None:
    page = visit("analyst").get("/incidents", **{name: value})
    assert page.status_code == 400
    assert f"<b>{name}</b>" in page.content.decode()


def test_filters_narrow_the_queue(queue: Cast, visit: SignIn) -> None:
    set_incident_status(queue.enter("analyst"), 42, "resolved")
    lead = visit("lead")
    assert titles_of(lead.get("/incidents")) == ["Incident 41"]
    assert titles_of(lead.get("/incidents", status="resolved")) == ["Incident 42"]
    assert titles_of(lead.get("/incidents", status="any", severity="low")) == ["Incident 42"]
    assert titles_of(lead.get("/incidents", q="42")) == ["Incident 42"]
    assert titles_of(lead.get("/incidents", assigned="me")) == []
    assert titles_of(lead.get("/incidents", source="microsoftDefenderForIdentity")) == ["Incident 41"]
    assert titles_of(lead.get("/incidents", source="dataLossPrevention")) == []


def test_views_say_how_many_there_are(queue: Cast, visit: SignIn) -> None:
    assign_incident(queue.enter("analyst"), 41, user_id=queue.user("analyst").id)
    words = text_of(visit("analyst").get("/incidents"))
    assert "All open Mine 1 Unassigned 1 Last 24 hours 0 High only 1" in words
    everywhere = text_of(Visitor(visit("analyst").client, "all").get("/incidents"))
    assert "Unassigned 1 Last 24 hours (Not counted over several tenants) High only 1" in everywhere


def test_nothing_open_says_when_the_last_alert_was(queue: Cast, visit: SignIn) -> None:
    for number in (41, 42):
        set_incident_status(queue.enter("analyst"), number, "resolved")
    with standing_at(NOW + timedelta(hours=1)):
        words = text_of(visit("analyst").get("/incidents"))
    assert "No open incidents in Delta Mills. Last alert" in words


def test_nothing_matching_offers_to_clear_the_filters(queue: Cast, visit: SignIn) -> None:
    words = text_of(visit("analyst").get("/incidents", severity="medium", assigned="me"))
    assert "Nothing matches these 3 filters. Clear them" in words
    words = text_of(visit("analyst").get("/incidents", status="any", q="nowhere"))
    assert "Nothing matches this filter. Clear it" in words


def test_empty_tenant_says_that_nothing_came_in(cast: Cast, visit: SignIn) -> None:
    words = text_of(visit("analyst").get("/incidents", status="any"))
    assert "Nothing has come in for Delta Mills yet." in words


def test_pages_follow_each_other_without_loss(cast: Cast, visit: SignIn) -> None:
    import_all(cast.customer, [some_incident(number) for number in range(100, 155)])
    analyst = visit("analyst")
    first = analyst.get("/incidents", sort="oldest")
    older = first.context["older_url"]
    second = analyst.client.get(older)
    assert (len(titles_of(first)), len(titles_of(second))) == (50, 5)
    assert len({*titles_of(first), *titles_of(second)}) == 55
    assert titles_of(analyst.client.get(second.context["newer_url"])) == titles_of(first)


def test_what_came_in_since_is_counted_and_not_recorded(queue: Cast, visit: SignIn) -> None:
    analyst = visit("analyst")
    new_url = analyst.get("/incidents").context["new_url"]
    assert analyst.client.get(new_url).content.decode().strip() == ""
    bring_in(queue, some_incident(43), some_incident(44))
    seen = events_of(queue.customer)
    part = analyst.client.get(new_url)
    assert "2 new" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert events_of(queue.customer) == seen
    assert analyst.get("/newer/incidents", after="x").status_code == 400


def test_queue_asks_as_much_for_one_row_as_for_three(cast: Cast, visit: SignIn) -> None:
    analyst = visit("analyst")

    def count(path: str) -> int:
        analyst.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert analyst.get(path).status_code == 200
        return len(asked)

    import_all(cast.customer, [some_incident(41)])
    one = count("/incidents"), count("/incidents/41")
    more = [graph_alert(id=f"x{place}", incidentId="41") for place in range(3)]
    import_all(cast.customer, [some_incident(42), some_incident(43), *more])
    assert (count("/incidents"), count("/incidents/41")) == one


def test_incident_shows_all_that_is_known(queue: Cast, visit: SignIn) -> None:
    comment_incident(queue.enter("lead"), 41, "Calling them.")
    tag_incident(queue.enter("lead"), 41, ["urgent"])
    page = visit("analyst").get("/incidents/41")
    words = text_of(page)
    for expected in (
        "Incident 41 urgent",
        "Alert of 41",
        "Lead Calling them.",
        "tool.exe",
        "1 malicious",
        "ws1.customer.example",
        "Dora",
        "T1059.001 PowerShell",
        "T9999",
        "Related in Delta Mills 1",
        "Incident 42",
    ):
        assert expected in words
    assert events_of(queue.customer, tag="incident.viewed") == ["incident.viewed"]


def test_same_thing_in_two_alerts_is_told_once_with_its_worst_verdict(cast: Cast, visit: SignIn) -> None:
    file = {"@odata.type": TYPE + "fileEvidence", "fileDetails": {"sha256": "aa", "fileName": "f"}}
    alerts = [
        graph_alert(id=name, incidentId="41", evidence=[{**file, "verdict": verdict}])
        for name, verdict in (("one", "noThreatsFound"), ("two", "malicious"), ("three", "suspicious"))
    ]
    import_all(cast.customer, [some_incident(41, alerts=alerts)])
    [group] = visit("analyst").get("/incidents/41").context["groups"]
    assert [(thing.name, thing.verdict, thing.times) for thing in group.things] == [("f", "malicious", 3)]


def test_members_that_nobody_knows_are_shown_as_the_source_wrote_them(cast: Cast, visit: SignIn) -> None:
    import_all(cast.customer, [some_incident(41, sourceOnly={"deep": ["<kept>"]})])
    html = visit("analyst").get("/incidents/41").content.decode()
    assert "sourceOnly.deep[0]" in html
    assert "&lt;kept&gt;" in html
    source = visit("analyst").get("/incidents/41/source")
    assert source.json()["sourceOnly"] == {"deep": ["<kept>"]}
    assert source.headers["Content-Disposition"] == 'attachment; filename="incident-41.json"'


def test_merged_incident_leads_to_the_other_and_cannot_be_changed(queue: Cast, visit: SignIn) -> None:
    merged = some_incident(43, status="redirected", redirectIncidentId="41", alerts=[])
    import_all(queue.customer, [merged])
    page = visit("analyst").get("/incidents/43")
    assert "This incident was merged into 41; change that one." in text_of(page)
    assert f"/incidents/41?tid={queue.customer.id}" in page.content.decode()
    assert 'name="version"' not in page.content.decode()


HOSTILE = "<script>alert(1)</script>\u202egpj.exe"


@pytest.mark.parametrize("path", ["/incidents", "/incidents/41", "/incidents?q=script"])
def test_hostile_title_is_shown_inert(cast: Cast, visit: SignIn, path: str) -> None:
    alert = graph_alert(id="a1", incidentId="41", title=HOSTILE)
    import_all(cast.customer, [some_incident(41, displayName=HOSTILE, customTags=[HOSTILE], alerts=[alert])])
    html = visit("analyst").get(path).content.decode()
    assert "<script>alert" not in html
    assert "\u202e" not in html
    assert "[U+202E]gpj.exe" in html


def test_activity_is_for_those_who_may_read_the_audit_log(queue: Cast, visit: SignIn) -> None:
    visit("analyst").get("/incidents/41")
    assert visit("analyst").get("/incidents/41").context["events"] is None
    events = visit("admin").get("/incidents/41").context["events"]
    assert [event.tag for event, _words in events] == ["incident.viewed", "incident.viewed"]


CHANGES: list[tuple[str, dict[str, str], str, Any]] = [
    ("assignment", {"assigned": "me"}, "assigned_to", "analyst@provider.example"),
    ("status", {"status": "inProgress"}, "status", "inProgress"),
    ("classification", {"judgement": "truePositive:malware"}, "determination", "malware"),
    ("tags", {"tags": "one, two,"}, "custom_tags", ["one", "two"]),
]


@pytest.mark.parametrize(("what", "sent", "field", "value"), CHANGES)
def test_analyst_changes_an_incident(
    queue: Cast, visit: SignIn, what: str, sent: dict[str, str], field: str, value: Any
) -> None:
    version = incident_of(queue.customer, 41).version
    answer = visit("analyst").post(f"/incidents/41/{what}", {**sent, "version": str(version)})
    assert (answer.status_code, answer.url) == (302, f"/incidents/41?tid={queue.customer.id}")
    assert getattr(incident_of(queue.customer, 41), field) == value
    assert getattr(incident_of(queue.other, 41), field) != value


@pytest.mark.parametrize(("what", "sent", "field", "value"), CHANGES)
def test_two_analysts_never_overwrite_each_other(
    queue: Cast, visit: SignIn, what: str, sent: dict[str, str], field: str, value: Any
) -> None:
    seen = incident_of(queue.customer, 41).version
    set_incident_status(queue.enter("lead"), 41, "awaitingAction")
    sent = {**sent, "version": str(seen), "comment": "half a sentence"}
    answer = visit("analyst").post(f"/incidents/41/{what}", sent)
    assert answer.status_code == 409
    assert "Somebody changed this since you opened it." in text_of(answer)
    assert "Awaiting" in text_of(answer)
    assert "half a sentence</textarea>" in answer.content.decode()
    assert getattr(incident_of(queue.customer, 41), field) != value


@pytest.mark.parametrize("name", ["reader", "member", "helper"])
@pytest.mark.parametrize("what", ["assignment", "status", "classification", "tags", "comments"])
def test_change_without_permission_is_refused_and_recorded(
    queue: Cast, visit: SignIn, name: str, what: str
) -> None:
    before = incident_of(queue.customer, 41)
    sent = {"version": "1", "assigned": "me", "status": "resolved", "tags": "x", "comment": "y"}
    assert visit(name).post(f"/incidents/41/{what}", sent).status_code == 403
    assert incident_of(queue.customer, 41).version == before.version
    assert events_of(queue.customer, tag="access.refused") == ["access.refused"]


@pytest.mark.parametrize(
    ("what", "sent", "named"),
    [
        ("assignment", {"assigned": "\0"}, "assigned"),
        ("assignment", {"assigned": "9b04c7d2-51e8-4c3f-a6f0-2d7714be90aa"}, "assigned"),
        ("status", {"status": "redirected"}, "status"),
        ("status", {"status": "x" * 5000}, "status"),
        ("classification", {"judgement": "truePositive:notMalicious"}, "determination"),
        ("classification", {"judgement": "\0"}, "classification"),
        ("tags", {"tags": "a\0b"}, "tags"),
        ("tags", {"tags": "x" * 129}, "tags"),
        ("tags", {"tags": ",".join(map(str, range(51)))}, "tags"),
        ("comments", {"comment": "a\0b"}, "comment"),
        ("comments", {"comment": "  "}, "comment"),
        ("comments", {"comment": "x" * 10_001}, "comment"),
        ("status", {"status": "resolved", "version": "-1"}, "version"),
        ("status", {"status": "resolved", "version": "9" * 400}, "version"),
    ],
)
def test_bad_value_is_400_and_named(
    queue: Cast, visit: SignIn, what: str, sent: dict[str, str], named: str
) -> None:
    before = incident_of(queue.customer, 41)
    sent = {"version": str(before.version), **sent}
    answer = visit("analyst").post(f"/incidents/41/{what}", sent)
    assert answer.status_code == 400
    assert answer.context["problem"].startswith(named)
    assert incident_of(queue.customer, 41).version == before.version


def test_change_that_does_not_exist_is_404(queue: Cast, visit: SignIn) -> None:
    assert visit("analyst").post("/incidents/41/deletion").status_code == 404
    assert visit("analyst").post("/incidents/7/comments", {"comment": "x"}).status_code == 404


def test_address_of_a_change_leads_back_to_the_incident(queue: Cast, visit: SignIn) -> None:
    answer = visit("analyst").get("/incidents/41/status")
    assert (answer.status_code, answer.url) == (302, f"/incidents/41?tid={queue.customer.id}")


def test_comment_is_added_with_its_author(queue: Cast, visit: SignIn) -> None:
    answer = visit("analyst").post("/incidents/41/comments", {"comment": "Seen.\nIs <b>fine</b>."})
    assert answer.status_code == 302
    page = visit("lead").get("/incidents/41")
    assert "Analyst" in text_of(page)
    assert "Is &lt;b&gt;fine&lt;/b&gt;." in page.content.decode()


def test_every_link_of_the_pages_carries_the_tenant(queue: Cast, visit: SignIn) -> None:
    for path in ("/incidents", "/incidents/41"):
        html = visit("analyst").get(path).content.decode()
        main = re.search(r"<main.*</main>", html, re.DOTALL)
        assert main
        for address in re.findall(r'(?:href|action|hx-get)="(/(?!static)[^"]*)"', main.group()):
            # Sightings alone are asked of all tenants.
            in_all = address == "/incidents" or address.startswith("/sightings?tid=all&")
            assert f"tid={queue.customer.id}" in address or in_all
