"""From an alert to a mail in the hands of an SMTP server."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import graph_alert, graph_incident
from tests.devices.making import make_alerts, rule
from tests.notifications.post_office import PostOffice, text_of
from tests.notifications.ruling import READER, let_manage_settings, make_rule, work
from tidegate.core.clock import standing_at
from tidegate.devices.actions.device_groups import create_device_group, set_device_group_access
from tidegate.notifications import telling
from tidegate.notifications.jobs import send_mails, tell_what_happened
from tidegate.notifications.models import Delivery, Notification

pytestmark = pytest.mark.usefixtures("now")


def test_an_alert_becomes_one_mail(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"))
    import_all(cast.customer, [graph_alert()])
    work()
    work()

    [mail] = office.mails()
    assert office.recipients() == [READER]
    assert mail["Subject"] == "[Medium] Delta Mills: Odd sign-in"
    assert f"/alerts/da1?tid={cast.customer.id}" in text_of(mail)
    assert f"/alerts/da1?tid={cast.customer.id}" in text_of(mail, "html")
    delivery = Delivery.rows.get()
    assert (delivery.state, delivery.attempts, delivery.last_answer) == ("sent", 1, "250 Taken")
    assert mail["Message-ID"] == f"<{delivery.message_id}>"


def test_what_was_rolled_back_is_not_told(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"))
    with transaction.atomic():
        import_all(cast.customer, [graph_alert()])
        transaction.set_rollback(True)
    work()
    assert (office.taken, Notification.rows.count()) == ([], 0)


def test_a_fault_after_the_reading_leaves_neither_notification_nor_place(
    cast: Cast, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_rule(cast.enter("admin"))
    import_all(cast.customer, [graph_alert()])
    with monkeypatch.context() as broken:
        broken.setattr(telling, "deliver_all", fail)
        with pytest.raises(OSError, match="power"):
            work()
    assert Notification.rows.count() == 0
    work()
    assert len(office.taken) == 1


def fail(*_arguments: object) -> None:
    raise OSError("power")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ["a", "b", "c"]),
        ({"severities": [4]}, ["b"]),
        ({"severities": [3, 4]}, ["a", "b"]),
        ({"categories": ["malware"]}, ["c"]),
        ({"sources": ["microsoftDefenderForEndpoint"]}, ["b"]),
        ({"severities": [4], "sources": ["microsoftDefenderForIdentity"]}, []),
    ],
)
def test_a_rule_tells_of_what_it_chooses(
    cast: Cast, office: PostOffice, changes: dict[str, Any], told: list[str]
) -> None:
    make_rule(cast.enter("admin"), **changes)
    import_all(
        cast.customer,
        [
            graph_alert(id="a", title="a"),
            graph_alert(id="b", title="b", severity="high", serviceSource="microsoftDefenderForEndpoint"),
            graph_alert(id="c", title="c", severity="low", category="Malware"),
        ],
    )
    work()
    assert sorted(mail["Subject"][-1] for mail in office.mails()) == told


def test_an_alert_that_becomes_worse_is_told_of_again_and_one_that_becomes_better_is_not(
    cast: Cast, office: PostOffice
) -> None:
    make_rule(cast.enter("admin"))
    for day, severity in enumerate(("medium", "high", "low"), start=2):
        updated = f"2026-03-0{day}T10:00:00Z"
        import_all(cast.customer, [graph_alert(severity=severity, lastUpdateDateTime=updated)])
        work()
    assert [mail["Subject"][:9] for mail in office.mails()] == ["[Medium] ", "[High] De"]


@pytest.mark.parametrize(("is_once", "mails"), [(True, 1), (False, 2)])
def test_an_incident_is_told_of_once_or_with_each_alert(
    cast: Cast, office: PostOffice, *, is_once: bool, mails: int
) -> None:
    make_rule(cast.enter("admin"), about="incidents", is_once_per_incident=is_once)
    for number in ("one", "two"):
        import_all(cast.customer, [graph_incident(graph_alert(id=number))])
        work()
    assert len(office.taken) == mails
    threads = {mail["References"] for mail in office.mails()}
    assert len(threads) == 1
    assert office.mails()[0]["Subject"] == "[Medium] Delta Mills: incident 41, Odd sign-ins"


def test_a_rule_of_device_groups_tells_of_their_devices_alone(cast: Cast, office: PostOffice) -> None:
    scope = cast.enter("admin")
    group = create_device_group(scope, display_name="Mill", rules=[rule("name", "startsWith", "mill")])
    make_rule(scope, device_group_ids=[group.id])
    make_alerts(cast.customer, {"a": ("mill-1", "silo-1"), "b": ("silo-1",), "c": ()})
    work()
    assert [mail["Subject"] for mail in office.mails()] == ["[Medium] Delta Mills: Of a"]


def test_a_rule_tells_neither_of_devices_nor_of_alerts_that_its_owner_does_not_see(
    cast: Cast, office: PostOffice
) -> None:
    let_manage_settings(cast, "lead")
    scope = cast.enter("admin")
    group = create_device_group(scope, display_name="Mill", rules=[rule("name", "startsWith", "mill")])
    set_device_group_access(scope, group.id, is_restricted=True, group_ids=[])
    make_rule(cast.enter("lead"))
    make_alerts(cast.customer, {"a": ("mill-1", "silo-1"), "b": ("mill-1",)})
    work()
    [mail] = office.mails()
    assert mail["Subject"] == "[Medium] Delta Mills: Of a"
    assert "silo-1" in text_of(mail)
    assert "mill-1" not in f"{text_of(mail)}{text_of(mail, 'html')}"


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ("includes_organization_name", "Delta Mills"),
        ("includes_tenant_link", "tid="),
        ("includes_devices", "silo-1"),
    ],
)
def test_what_a_rule_leaves_out_stands_nowhere(
    cast: Cast, office: PostOffice, left_out: str, words: str
) -> None:
    make_rule(cast.enter("admin"), display_name="With")
    make_rule(cast.enter("admin"), display_name="Without", **{left_out: False})
    make_alerts(cast.customer, {"a": ("silo-1",)})
    work()
    found = [
        words in f"{mail['Subject']}{text_of(mail)}" and words in f"{mail['Subject']}{text_of(mail, 'html')}"
        for mail in office.mails()
    ]
    assert sorted(found) == [False, True]


def test_recipients_who_come_later_are_told_of_later_alerts_alone(cast: Cast, office: PostOffice) -> None:
    import_all(cast.customer, [graph_alert(id="before")])
    with standing_at(NOW + timedelta(seconds=1)):
        make_rule(cast.enter("admin"))
        work()
    assert office.taken == []


def test_what_happens_costs_the_same_for_one_alert_and_for_many(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"))
    work()
    counts = []
    for start, number in ((0, 1), (10, 20)):
        import_all(cast.customer, [graph_alert(id=f"{start + n}") for n in range(number)])
        with CaptureQueriesContext(connection) as asked:
            tell_what_happened()
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_happens_costs_the_same_for_one_rule_and_for_many(cast: Cast, office: PostOffice) -> None:
    counts = []
    for number, more in enumerate((1, 4)):
        for one in range(more):
            make_rule(cast.enter("admin"), display_name=f"{number} {one}")
        work()
        import_all(cast.customer, [graph_alert(id=f"{number}")])
        asked: list[int] = []
        for job in (tell_what_happened, send_mails):
            with CaptureQueriesContext(connection) as statements:
                job()
            asked.append(sum("UPDATE" not in one["sql"] for one in statements.captured_queries))
        counts.append(asked)
    assert len(office.taken) == 1 + 5
    # What each mail costs is that it is noted, within a transaction of its own.
    assert counts[1] == [counts[0][0], counts[0][1] + 4 * 2]
