"""Rules: who may make them, what they must name, and that nobody sees more through one."""

from datetime import time
from typing import Any
from uuid import uuid4

import pytest

from tests.cast import INSIDE, NOW, Cast, days, import_all, scope_with
from tests.connectors.samples import graph_alert
from tests.devices.making import rule as device_rule
from tests.notifications.post_office import PostOffice
from tests.notifications.ruling import READER, draft, let_manage_settings, make_rule, work
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.devices.actions.device_groups import create_device_group, delete_device_group
from tidegate.directory.actions.users import remove_user
from tidegate.notifications.actions import trying
from tidegate.notifications.actions.copying import copy_rule
from tidegate.notifications.actions.rules import (
    create_rule,
    pause_rule,
    remove_rule,
    resume_rule,
    update_rule,
)
from tidegate.notifications.actions.trying import preview_mail, send_test
from tidegate.notifications.drafting import draft_of
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.models import Delivery, NotificationRule
from tidegate.notifications.queries import get_rule, list_rules
from tidegate.notifications.words import Reach

pytestmark = pytest.mark.usefixtures("now")


@pytest.mark.parametrize("who", [name for name in INSIDE if name not in {"admin", "lead"}])
def test_only_who_manages_security_settings_has_rules(cast: Cast, who: str) -> None:
    rule = make_rule(cast.enter("admin"))
    scope = cast.enter(who)
    for attempt in (
        lambda: create_rule(scope, draft()),
        lambda: update_rule(scope, rule.id, draft()),
        lambda: pause_rule(scope, rule.id),
        lambda: remove_rule(scope, rule.id),
        lambda: send_test(scope, rule.id),
        lambda: preview_mail(scope, draft()),
        lambda: list_rules(scope),
    ):
        with pytest.raises(Forbidden, match=r"security_setting\.manage"):
            attempt()


def test_another_tenants_rule_is_not_there(cast: Cast) -> None:
    rule = make_rule(cast.enter("admin"))
    scope = cast.enter("outsider", cast.other)
    for attempt in (
        lambda: get_rule(scope, rule.id),
        lambda: update_rule(scope, rule.id, draft()),
        lambda: pause_rule(scope, rule.id),
        lambda: remove_rule(scope, rule.id),
        lambda: send_test(scope, rule.id),
        lambda: copy_rule(scope, rule.id, [cast.other.id]),
    ):
        with pytest.raises(NotFound):
            attempt()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"display_name": " "}, "display_name"),
        ({"about": "devices"}, "about"),
        ({"severities": [9]}, "severities"),
        ({"cadence": "every"}, "digest_minutes"),
        ({"cadence": "daily"}, "digest_at"),
        ({"quiet_from": time(22)}, "quiet_until"),
        ({"time_zone": "Atlantis/Center"}, "time_zone"),
        ({"language": "tlh"}, "language"),
        ({"device_group_ids": [uuid4()]}, "device_group_ids"),
        ({"recipients": []}, "recipients"),
        ({"recipients": [RecipientDraft(email="no address")]}, "recipients"),
        ({"recipients": [RecipientDraft(email="a@b.example\nBcc: c@d.example")]}, "recipients"),
        ({"recipients": [RecipientDraft(channel_id=uuid4())]}, "recipients"),
        ({"recipients": [RecipientDraft(user_id=uuid4())]}, "recipients"),
        ({"recipients": [RecipientDraft(email=READER, rota_id=uuid4())]}, "recipients"),
        ({"escalate_after": [30, 15]}, "escalate_after"),
        ({"escalate_after": [15]}, "recipients"),
        ({"reach": Reach.CHOSEN}, "tenant_ids"),
    ],
)
def test_what_makes_no_rule_is_refused_with_its_field(
    cast: Cast, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make_rule(cast.enter("admin"), **changes)
    assert list(refusal.value.fields) == [field]
    assert not NotificationRule.rows.exists()


def test_a_rule_is_made_changed_paused_resumed_and_removed_in_the_open(cast: Cast) -> None:
    scope = cast.enter("admin")
    rule = make_rule(scope)
    with pytest.raises(Conflict):
        make_rule(scope)
    update_rule(scope, rule.id, draft(display_name="Worse", severities=[4]), version=1)
    with pytest.raises(Conflict):
        update_rule(scope, rule.id, draft(), version=1)
    pause_rule(scope, rule.id)
    resume_rule(scope, rule.id)
    remove_rule(scope, rule.id)
    assert list(list_rules(scope)) == []
    events = AuditEvent.rows.filter(target_type="notification_rule").order_by("sequence")
    assert [event.tag for event in events] == [
        "notification_rule.created",
        "notification_rule.updated",
        "notification_rule.paused",
        "notification_rule.resumed",
        "notification_rule.removed",
    ]


def test_a_rule_as_a_draft_makes_the_same_rule(cast: Cast) -> None:
    scope = cast.enter("admin")
    wanted = draft(severities=[3, 4], quiet_from=time(22), quiet_until=time(6), time_zone="Europe/Amsterdam")
    rule = create_rule(scope, wanted)
    again = draft_of(scope, get_rule(scope, rule.id))
    assert (again.severities, again.quiet_from, again.recipients) == (
        [3, 4],
        time(22),
        [RecipientDraft(email=READER)],
    )


def test_the_editor_of_a_rule_becomes_its_eyes(cast: Cast, office: PostOffice) -> None:
    """Else whoever may change rules could have told themselves what an administrator sees."""
    rule = make_rule(cast.enter("admin"))
    let_manage_settings(cast, "analyst")
    update_rule(cast.enter("analyst"), rule.id, draft())
    remove_user(cast.enter("admin"), cast.user("analyst").id)
    import_all(cast.customer, [graph_alert()])
    work()
    assert office.taken == []


def test_nobody_but_the_operator_names_whose_eyes_a_rule_has(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        create_rule(cast.enter("admin"), draft(), owner_user_id=cast.user("member").id)


def test_an_editor_who_sees_no_alerts_makes_no_rule(cast: Cast) -> None:
    scope = scope_with(cast.customer, Permission.SECURITY_SETTING_MANAGE, user_id=cast.user("member").id)
    with pytest.raises(Forbidden, match=r"alert\.read"):
        create_rule(scope, draft())


def test_a_device_group_that_is_deleted_leaves_its_rules_and_takes_along_its_own(
    cast: Cast, office: PostOffice
) -> None:
    scope = cast.enter("admin")
    first, second = (
        create_device_group(scope, display_name=name, rules=[device_rule("name", "equals", name)])
        for name in ("Mill", "Silo")
    )
    make_rule(scope, display_name="Both", device_group_ids=[first.id, second.id])
    make_rule(scope, display_name="One", device_group_ids=[first.id])
    delete_device_group(scope, first.id)
    work()

    assert [rule.display_name for rule in list_rules(scope)] == ["Both"]
    assert NotificationRule.rows.get(display_name="Both").device_group_ids == [str(second.id)]
    assert office.recipients() == ["admin@customer.example"] * 2
    assert sorted(mail["Subject"].partition("”")[0] for mail in office.mails()) == [
        "Notification rule “Both",
        "Notification rule “One",
    ]


def test_a_paused_rule_tells_nothing_also_of_what_waited(cast: Cast, office: PostOffice) -> None:
    scope = cast.enter("admin")
    rule = make_rule(scope)
    office.on_recipient = lambda _: "451 Later"
    import_all(cast.customer, [graph_alert()])
    work()
    pause_rule(scope, rule.id)
    office.on_recipient = lambda _: "250 Taken"
    import_all(cast.customer, [graph_alert(id="da2")])
    with standing_at(NOW + days(1)):
        work()
    assert office.taken == []
    assert [(one.state, one.suppressed_because) for one in Delivery.rows.all()] == [
        ("suppressed", "rule_paused")
    ]


def test_a_rule_is_copied_where_its_copier_may_make_rules(cast: Cast) -> None:
    let_manage_settings(cast, "boss", cast.provider)
    rule = make_rule(cast.enter("boss", cast.provider), severities=[4])
    unknown = uuid4()
    copied = copy_rule(cast.enter("boss", cast.provider), rule.id, [cast.customer.id, cast.other.id, unknown])
    assert [(one.tenant_id, type(one.refused)) for one in copied] == [
        (cast.customer.id, NotFound),
        (cast.other.id, NotFound),
        (unknown, NotFound),
    ]
    let_manage_settings(cast, "lead")
    let_manage_settings(cast, "lead", cast.provider)
    [made] = copy_rule(cast.enter("lead", cast.provider), rule.id, [cast.customer.id])
    assert made.rule is not None
    assert (made.rule.tenant_id, made.rule.severities) == (cast.customer.id, [4])
    assert made.rule.owner_account_id == cast.accounts["lead"].id


def test_a_test_goes_the_same_way_and_says_that_it_is_one(cast: Cast, office: PostOffice) -> None:
    scope = cast.enter("admin")
    rule = make_rule(scope)
    send_test(scope, rule.id, email="me@customer.example")
    work()
    [mail] = office.mails()
    assert mail["To"] == "me@customer.example"
    assert mail["Subject"].startswith("Test: [High] Delta Mills: ")


def test_tests_have_an_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "TESTS_IN_AN_HOUR", 2)
    scope = cast.enter("admin")
    rule = make_rule(scope)
    send_test(scope, rule.id)
    send_test(scope, rule.id)
    with pytest.raises(Conflict):
        send_test(scope, rule.id)
    with standing_at(NOW + days(1)):
        send_test(scope, rule.id)


@pytest.mark.parametrize(("language", "subject"), [("en", "Test: [Medium] Delta Mills: Odd sign-in")])
def test_a_preview_is_of_the_newest_alert_and_writes_nothing(cast: Cast, language: str, subject: str) -> None:
    import_all(cast.customer, [graph_alert()])
    events = AuditEvent.rows.count()
    preview = preview_mail(cast.enter("admin"), draft(), language=language)
    assert preview.subject == subject
    assert (NotificationRule.rows.count(), Delivery.rows.count(), AuditEvent.rows.count()) == (0, 0, events)
