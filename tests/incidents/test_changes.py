"""What analysts change: by permission, on what they saw, told in the document and in the log."""

import json
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models

from tests.cast import INSIDE, NOW, Cast, import_all, make_cast
from tests.connectors.samples import graph_alert, graph_incident
from tidegate.audit.models import AuditEvent
from tidegate.audit.verify import verify_chain
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.actions.users import block_user, change_end, remove_user
from tidegate.incidents.actions import changes, comments
from tidegate.incidents.document import format_time
from tidegate.incidents.models import Alert, Comment, Incident

RECORDS = [
    graph_incident(graph_alert(), graph_alert(id="da2", status="resolved"), graph_alert(id="da3")),
    graph_incident(id="50", status="redirected", redirectIncidentId="41"),
]
ALERT, INCIDENT = "da1", 41
TABLES: list[type[models.Model]] = [Incident, Alert, Comment, AuditEvent]

type Call = Callable[[Scope], Any]

ACTIONS: dict[str, tuple[Permission, str, Call]] = {
    "assign_incident": (
        Permission.INCIDENT_ASSIGN,
        "incident.assigned",
        lambda s: changes.assign_incident(s, INCIDENT, user_id=s.entry.user_id),
    ),
    "set_incident_status": (
        Permission.INCIDENT_UPDATE,
        "incident.status_changed",
        lambda s: changes.set_incident_status(s, INCIDENT, "inProgress"),
    ),
    "classify_incident": (
        Permission.INCIDENT_CLASSIFY,
        "incident.classified",
        lambda s: changes.classify_incident(s, INCIDENT, "truePositive", "malware"),
    ),
    "tag_incident": (
        Permission.INCIDENT_TAG,
        "incident.tagged",
        lambda s: changes.tag_incident(s, INCIDENT, ["new"]),
    ),
    "comment_incident": (
        Permission.INCIDENT_COMMENT,
        "incident.commented",
        lambda s: comments.comment_incident(s, INCIDENT, "Seen"),
    ),
    "assign_alert": (
        Permission.ALERT_ASSIGN,
        "alert.assigned",
        lambda s: changes.assign_alert(s, ALERT, user_id=s.entry.user_id),
    ),
    "set_alert_status": (
        Permission.ALERT_UPDATE,
        "alert.status_changed",
        lambda s: changes.set_alert_status(s, ALERT, "inProgress"),
    ),
    "classify_alert": (
        Permission.ALERT_CLASSIFY,
        "alert.classified",
        lambda s: changes.classify_alert(s, ALERT, "falsePositive", "notMalicious"),
    ),
    "comment_alert": (
        Permission.ALERT_COMMENT,
        "alert.commented",
        lambda s: comments.comment_alert(s, ALERT, "Seen"),
    ),
}
WORKERS = {"admin", "analyst", "lead"}


@pytest.fixture
def queue(cast: Cast, now: None) -> Cast:
    """The cast, with the same incidents in the customer and in the outsider's tenant."""
    import_all(cast.customer, RECORDS)
    import_all(cast.other, RECORDS)
    return cast


def everything() -> list[list[dict[str, Any]]]:
    return [list(model._base_manager.order_by("pk").values()) for model in TABLES]


def alert(cast: Cast, external_id: str = ALERT) -> Alert:
    return Alert.objects.of_tenant(cast.customer.id).get(external_id=external_id)


def document(cast: Cast, external_id: str = ALERT) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(alert(cast, external_id).document)
    return value


@pytest.mark.parametrize("who", INSIDE)
@pytest.mark.parametrize("name", ACTIONS)
def test_who_may_does_and_who_may_not_leaves_no_trace(queue: Cast, name: str, who: str) -> None:
    permission, tag, call = ACTIONS[name]
    scope, before = queue.enter(who), everything()
    if who in WORKERS:
        call(scope)
        event = AuditEvent.rows.filter(tenant_id=queue.customer.id).latest("sequence")
        assert (event.tag, event.actor_user_id) == (tag, scope.entry.user_id)
        assert AuditEvent.rows.count() == len(before[-1]) + 1
        return
    with pytest.raises(Forbidden) as refused:
        call(scope)
    assert refused.value.permission == permission
    assert everything() == before


@pytest.mark.parametrize("name", ACTIONS)
def test_a_change_stays_in_its_tenant(queue: Cast, name: str) -> None:
    mine = [row for table in everything() for row in table if row["tenant_id"] == queue.customer.id]
    ACTIONS[name][2](queue.enter("outsider", queue.other))
    assert [row for table in everything() for row in table if row["tenant_id"] == queue.customer.id] == mine


@pytest.mark.parametrize("name", ACTIONS)
def test_what_is_only_in_another_tenant_is_not_there(cast: Cast, now: None, name: str) -> None:
    import_all(cast.customer, RECORDS)
    before = everything()
    with pytest.raises(NotFound):
        ACTIONS[name][2](cast.enter("outsider", cast.other))
    assert everything() == before


@pytest.mark.parametrize("name", ACTIONS)
def test_a_change_that_fails_at_its_end_leaves_nothing(
    queue: Cast, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("as intended")

    scope, before = queue.enter("analyst"), everything()
    monkeypatch.setattr("tidegate.audit.actions._move_head", fail)
    with pytest.raises(RuntimeError):
        ACTIONS[name][2](scope)
    assert everything() == before


@pytest.mark.parametrize("number", [0, -1, 99, 2**63, 2**200])
def test_an_incident_of_no_number_is_not_there(queue: Cast, number: int) -> None:
    with pytest.raises(NotFound):
        changes.set_incident_status(queue.enter("analyst"), number, "active")


@pytest.mark.parametrize("external_id", ["", "x", "\0", "da1\0", "x" * 5000])
def test_an_alert_of_no_id_is_not_there(queue: Cast, external_id: str) -> None:
    with pytest.raises(NotFound):
        changes.set_alert_status(queue.enter("analyst"), external_id, "new")


def test_a_change_upon_what_was_not_seen_is_refused(queue: Cast) -> None:
    scope = queue.enter("analyst")
    seen = changes.set_alert_status(scope, ALERT, "inProgress", version=1)
    assert seen.version == 2
    with pytest.raises(Conflict, match="changed"):
        changes.set_alert_status(scope, ALERT, "resolved", version=1)
    incident = changes.tag_incident(scope, INCIDENT, ["one"], version=1)
    with pytest.raises(Conflict, match="changed"):
        changes.tag_incident(scope, INCIDENT, ["two"], version=1)
    changes.tag_incident(scope, INCIDENT, ["two"], version=incident.version)


def test_no_change_is_no_event_and_no_version(queue: Cast) -> None:
    scope = queue.enter("analyst")
    changes.set_alert_status(scope, ALERT, "inProgress")
    before = everything()
    changes.set_alert_status(scope, ALERT, "inProgress")
    assert everything() == before


def test_a_merged_incident_is_not_changed(queue: Cast) -> None:
    scope = queue.enter("analyst")
    calls: list[Callable[[], object]] = [
        lambda: changes.assign_incident(scope, 50, user_id=None),
        lambda: changes.set_incident_status(scope, 50, "resolved"),
        lambda: changes.classify_incident(scope, 50, "unknown", "unknown"),
        lambda: changes.tag_incident(scope, 50, []),
    ]
    for call in calls:
        with pytest.raises(Conflict, match="merged"):
            call()


def test_resolving_an_incident_resolves_its_open_alerts(queue: Cast) -> None:
    incident = changes.set_incident_status(queue.enter("analyst"), INCIDENT, "resolved")
    assert (incident.status, incident.resolved_at, incident.acknowledged_at) == ("resolved", NOW, NOW)
    assert {alert(queue, name).status for name in ("da1", "da2", "da3")} == {"resolved"}
    assert alert(queue, "da1").resolved_at == NOW
    assert alert(queue, "da2").version == 1
    assert document(queue)["status"] == "resolved"
    assert document(queue)["resolvedDateTime"] == "2026-03-10T09:00:00Z"
    events = AuditEvent.rows.filter(tenant_id=queue.customer.id).order_by("-sequence")[:2]
    assert {event.tag for event in events} == {"incident.status_changed", "incident.alerts_resolved"}
    assert not Alert.objects.of_tenant(queue.other.id).filter(resolved_at=NOW).exists()


def test_opening_it_again_forgets_when_it_was_resolved(queue: Cast) -> None:
    scope = queue.enter("analyst")
    changes.set_incident_status(scope, INCIDENT, "resolved")
    incident = changes.set_incident_status(scope, INCIDENT, "active")
    assert (incident.resolved_at, incident.acknowledged_at) == (None, NOW)


def test_work_is_given_to_who_may_enter_now_and_to_nobody_else(queue: Cast) -> None:
    admin, scope = queue.enter("admin"), queue.enter("analyst")
    lead, helper, member = (queue.user(name) for name in ("lead", "helper", "member"))
    changes.assign_alert(scope, ALERT, user_id=lead.id)
    assert document(queue)["assignedTo"] == "lead@provider.example"
    block_user(admin, lead.id)
    change_end(admin, helper.id, ends_at=NOW)
    remove_user(admin, member.id)
    outsider = queue.user("outsider", queue.other)
    for user_id in (lead.id, helper.id, member.id, outsider.id, uuid.uuid4()):
        with pytest.raises(InvalidInput, match="assigned"):
            changes.assign_alert(scope, ALERT, user_id=user_id)
        with pytest.raises(InvalidInput, match="assigned"):
            changes.assign_incident(scope, INCIDENT, user_id=user_id)
    changes.assign_alert(scope, ALERT, user_id=None)
    assert document(queue)["assignedTo"] is None


@pytest.mark.parametrize("status", ["", "unknown", "redirected", "Resolved", "new'", "\0", "x" * 1000])
def test_a_status_that_is_none_is_named(queue: Cast, status: str) -> None:
    scope = queue.enter("analyst")
    with pytest.raises(InvalidInput, match="status"):
        changes.set_alert_status(scope, ALERT, status)
    if status != "unknown":
        with pytest.raises(InvalidInput, match="status"):
            changes.set_incident_status(scope, INCIDENT, status)


@pytest.mark.parametrize(
    ("classification", "determination", "field"),
    [
        ("", "unknown", "classification"),
        ("certain", "unknown", "classification"),
        ("truePositive", "notMalicious", "determination"),
        ("falsePositive", "malware", "determination"),
        ("unknown", "malware", "determination"),
        ("truePositive", "", "determination"),
        ("truePositive", "\0", "determination"),
    ],
)
def test_a_judgement_that_does_not_fit_is_named(
    queue: Cast, classification: str, determination: str, field: str
) -> None:
    scope = queue.enter("analyst")
    calls: list[Callable[[], object]] = [
        lambda: changes.classify_alert(scope, ALERT, classification, determination),
        lambda: changes.classify_incident(scope, INCIDENT, classification, determination),
    ]
    for classify in calls:
        with pytest.raises(InvalidInput) as refused:
            classify()
        assert list(refused.value.fields) == [field]


def test_a_judgement_stands_in_the_document(queue: Cast) -> None:
    before = alert(queue).last_update_at
    changed = changes.classify_alert(queue.enter("analyst"), ALERT, "truePositive", "malware")
    told = document(queue)
    assert (told["classification"], told["determination"]) == ("truePositive", "malware")
    assert told["lastUpdateDateTime"] == format_time(changed.last_update_at)
    assert before < changed.last_update_at < NOW + timedelta(seconds=1)


def test_every_change_leaves_the_rest_of_the_document_as_it_was(queue: Cast) -> None:
    before = document(queue)
    changed = {"status", "assignedTo", "classification", "determination", "lastUpdateDateTime", "comments"}
    for name, (_, _, call) in ACTIONS.items():
        if "alert" in name:
            call(queue.enter("analyst"))
    after = document(queue)
    assert {key for key in before if before[key] != after[key]} == changed
    assert set(before) == set(after)


def test_tags_are_cleaned_and_counted(queue: Cast) -> None:
    scope = queue.enter("analyst")
    incident = changes.tag_incident(scope, INCIDENT, [" VIP ", "", "phish", "vip", "  "])
    assert incident.custom_tags == ["VIP", "phish"]
    for tags in (["a\0"], ["x" * 129], [f"tag{number}" for number in range(51)]):
        with pytest.raises(InvalidInput, match="tags"):
            changes.tag_incident(scope, INCIDENT, tags)
    assert changes.tag_incident(scope, INCIDENT, []).custom_tags == []


@pytest.mark.parametrize("text", ["", " \n ", "\0", "a\x07", "\ud800", "x" * 10_001])
def test_a_bad_comment_is_named(queue: Cast, text: str) -> None:
    scope = queue.enter("analyst")
    with pytest.raises(InvalidInput, match="comment"):
        comments.comment_alert(scope, ALERT, text)
    with pytest.raises(InvalidInput, match="comment"):
        comments.comment_incident(scope, INCIDENT, text)


def test_a_comment_is_in_the_document_as_it_was_written(queue: Cast) -> None:
    text = "<script>alert(1)</script>\r\n\tüñí \U0001f469"
    comment = comments.comment_alert(queue.enter("analyst"), ALERT, text)
    assert document(queue)["comments"][-1] == {
        "@odata.type": "#microsoft.graph.security.alertComment",
        "comment": text.replace("\r\n", "\n"),
        "createdByDisplayName": "Analyst",
        "createdDateTime": "2026-03-10T09:00:00Z",
    }
    assert (comment.user_id, comment.alert_id) == (queue.user("analyst").id, alert(queue).id)


@pytest.mark.django_db(transaction=True)
def test_many_hands_on_one_incident_never_block_each_other() -> None:
    """Locks are taken in one order: nobody waits for who waits for them."""
    with standing_at(NOW):
        cast = make_cast()
        import_all(cast.customer, RECORDS)
        scope = cast.enter("analyst")
    failed: list[BaseException] = []
    begin = threading.Barrier(4)

    def resolve() -> None:
        changes.set_incident_status(scope, INCIDENT, "active")
        changes.set_incident_status(scope, INCIDENT, "resolved")

    def touch() -> None:
        changes.set_alert_status(scope, "da3", "inProgress")
        changes.set_alert_status(scope, ALERT, "new")

    def speak() -> None:
        comments.comment_alert(scope, "da3", "Seen")
        comments.comment_incident(scope, INCIDENT, "Seen")

    def take_in() -> None:
        day = f"2026-03-{len(failed) + 11}T10:00:00.{uuid.uuid4().int % 10**6:06}Z"
        again = [graph_alert(id=name, lastUpdateDateTime=day) for name in ("da3", ALERT, "da2")]
        import_all(cast.customer, [graph_incident(*again, lastUpdateDateTime=day)])

    def work(do: Callable[[], None]) -> None:
        try:
            with standing_at(NOW):
                begin.wait(10)
                for _ in range(5):
                    do()
        except BaseException as error:  # noqa: BLE001  it is reported by the thread that waits
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(do,)) for do in (resolve, touch, speak, take_in)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert verify_chain(cast.customer.id).faults == ()
    assert Comment.rows.count() == 10
