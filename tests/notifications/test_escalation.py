"""What nobody takes up goes on to the next; who is on call is told; the inbox shows what its reader sees."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest

from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import graph_alert
from tests.devices.making import make_alerts
from tests.devices.making import rule as device_rule
from tests.notifications.post_office import PostOffice
from tests.notifications.ruling import READER, make_rule, work
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.devices.actions.device_groups import create_device_group, set_device_group_access
from tidegate.directory.actions.users import remove_user
from tidegate.incidents.actions.changes import assign_incident, set_alert_status, set_incident_status
from tidegate.notifications.actions.inbox import mark_all_read, mark_read
from tidegate.notifications.actions.rotas import Shift, create_rota, remove_rota, update_rota
from tidegate.notifications.calendars import check_calendar, find_attendees
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.inbox import count_unread, describe_items, page_inbox
from tidegate.notifications.models import InboxItem
from tidegate.notifications.on_call import find_on_call

pytestmark = pytest.mark.usefixtures("now")

LEAD = "lead@provider.example"
SECOND, THIRD = "second@customer.example", "third@customer.example"


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def make_escalating(cast: Cast) -> None:
    recipients = [RecipientDraft(email=one, step=step) for step, one in enumerate((READER, SECOND, THIRD))]
    make_rule(cast.enter("admin"), escalate_after=[15, 40], recipients=recipients)


def work_at(minutes: int) -> None:
    with standing_at(at(minutes)):
        work()


def test_high_severity_that_nobody_takes_up_goes_on_to_the_next(cast: Cast, office: PostOffice) -> None:
    make_escalating(cast)
    import_all(cast.customer, [graph_alert(severity="high"), graph_alert(id="b", severity="medium")])
    work()
    assert office.recipients() == [READER, READER]
    work_at(14)
    assert len(office.taken) == 2
    work_at(15)
    work_at(39)
    assert office.recipients()[2:] == [SECOND]
    work_at(40)
    work_at(400)
    assert office.recipients()[3:] == [THIRD]
    assert office.mails()[-1]["Subject"] == "Nobody has taken this up: [High] Delta Mills: Odd sign-in"
    assert len({mail["References"] for mail in office.mails()}) == 1


@pytest.mark.parametrize(
    "take_up",
    [
        lambda scope, cast: assign_incident(scope, 41, user_id=cast.user("admin").id),
        lambda scope, _: set_incident_status(scope, 41, "inProgress"),
        lambda scope, _: set_alert_status(scope, "da1", "resolved"),
    ],
    ids=["assigned", "begun", "resolved"],
)
def test_what_somebody_takes_up_does_not_escalate(
    cast: Cast, office: PostOffice, take_up: Callable[..., object]
) -> None:
    make_escalating(cast)
    import_all(cast.customer, [graph_alert(severity="high")])
    work()
    take_up(cast.enter("admin"), cast)
    work_at(60)
    assert office.recipients() == [READER]


def test_whoever_is_on_call_is_told(cast: Cast, office: PostOffice) -> None:
    scope = cast.enter("admin")
    # 10 March 2026 is a Tuesday; 09:00 UTC is 10:00 in Amsterdam.
    rota = create_rota(
        scope,
        display_name="Nights",
        time_zone="Europe/Amsterdam",
        shifts=[Shift(1, time(10), time(18), SECOND), Shift(1, time(18), time(10), THIRD)],
    )
    make_rule(scope, recipients=[RecipientDraft(rota_id=rota.id)])
    for number, hour in enumerate((9, 20)):
        with standing_at(datetime(2026, 3, 10, hour, tzinfo=UTC)):
            import_all(cast.customer, [graph_alert(id=f"a{number}")])
            work()
    assert office.recipients() == [SECOND, THIRD]
    assert find_on_call(rota, datetime(2026, 3, 11, 8, 59, tzinfo=UTC)) == [THIRD]
    assert find_on_call(rota, datetime(2026, 3, 11, 9, 0, tzinfo=UTC)) == []
    with pytest.raises(Conflict):
        remove_rota(scope, rota.id)
    with pytest.raises(NotFound):
        remove_rota_of_outsider(cast, rota.id)


def test_whoever_is_on_call_is_told_in_their_inbox_too_and_in_a_gap_the_owner(
    cast: Cast, office: PostOffice
) -> None:
    scope = cast.enter("admin")
    # From Tuesday, 10 March 2026, 09:00 to 10:00 UTC; nobody afterwards.
    rota = create_rota(
        scope, display_name="Hour", shifts=[Shift(1, time(9), time(10), LEAD)], time_zone="UTC"
    )
    on_call = RecipientDraft(rota_id=rota.id)
    make_rule(scope, recipients=[on_call, RecipientDraft(user_id=cast.user("lead").id)])
    make_rule(scope, display_name="Rota alone", recipients=[on_call])
    for number, hour in enumerate((9, 10)):
        with standing_at(datetime(2026, 3, 10, hour, tzinfo=UTC)):
            import_all(cast.customer, [graph_alert(id=f"a{number}")])
            work()
    assert office.recipients() == [LEAD, LEAD, "admin@customer.example"]
    readers = InboxItem.rows.order_by("created_at", "account__email").values_list("account__email", flat=True)
    assert list(readers) == [LEAD, LEAD, "admin@customer.example", LEAD]


def remove_rota_of_outsider(cast: Cast, rota_id: object) -> None:
    update_rota(
        cast.enter("outsider", cast.other),
        rota_id,  # type: ignore[arg-type]
        display_name="x",
        time_zone="UTC",
        shifts=[Shift(0, time(0), time(1), SECOND)],
    )


def test_rotas_are_made_by_who_manages_security_settings(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        create_rota(cast.enter("reader"), display_name="x", time_zone="UTC")
    with pytest.raises(InvalidInput):
        create_rota(cast.enter("admin"), display_name="x", time_zone="UTC")


CALENDAR = """BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
UID:week\r
DTSTART;TZID=Europe/Amsterdam:20260302T090000\r
DTEND;TZID=Europe/Amsterdam:20260309T090000\r
RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3\r
EXDATE;TZID=Europe/Amsterdam:20260330T090000\r
SUMMARY:On call\r
ATTENDEE;CN=Ann;ROLE=REQ-PARTICIPANT:mailto:Ann@customer.\r
 example\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:day\r
DTSTART:20260310T080000Z\r
DURATION:PT2H\r
RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20260320T000000Z\r
SUMMARY:Desk bob@customer.example\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:day\r
RECURRENCE-ID:20260312T080000Z\r
DTSTART:20260312T080000Z\r
DURATION:PT2H\r
SUMMARY:Desk cas@customer.example\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-02T08:00", ["ann@customer.example"]),
        ("2026-03-09T07:59", ["ann@customer.example"]),
        ("2026-03-09T08:00", []),
        ("2026-03-10T09:59", ["bob@customer.example"]),
        ("2026-03-10T10:00", []),
        ("2026-03-12T09:00", ["cas@customer.example"]),
        ("2026-03-14T09:00", []),
        ("2026-03-17T09:00", ["ann@customer.example", "bob@customer.example"]),
        ("2026-03-23T09:00", []),
        # The third week is excepted; a fourth there is not.
        ("2026-03-31T09:00", []),
        ("2026-04-14T09:00", []),
    ],
)
def test_a_calendar_says_who_is_on_call(moment: str, expected: list[str]) -> None:
    check_calendar(CALENDAR, "UTC")
    found = find_attendees(CALENDAR, datetime.fromisoformat(moment).replace(tzinfo=UTC), "UTC")
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260302T090000Z\nRRULE:FREQ=SECONDLY;COUNT=999999999\nEND:VEVENT",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;BYSETPOS=1\nEND:VEVENT",
    ],
)
def test_a_calendar_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        check_calendar(text, "UTC")


@pytest.mark.parametrize("value", ["", "x", "99999999T999999Z", "20260302", "2026-03-02", "é" * 500])
def test_a_calendar_with_odd_times_covers_nothing_and_breaks_nothing(value: str) -> None:
    text = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:{value}\nDTEND:{value}\nRRULE:FREQ=DAILY\nEND:VEVENT"
    assert find_attendees(text, NOW, "UTC") == []


def test_the_inbox_shows_what_its_reader_may_see_now(cast: Cast) -> None:
    scope = cast.enter("admin")
    group = create_device_group(scope, display_name="Mill", rules=[device_rule("name", "startsWith", "mill")])
    set_device_group_access(scope, group.id, is_restricted=True, group_ids=[])
    make_rule(scope, recipients=[RecipientDraft(user_id=cast.user(name).id) for name in ("admin", "lead")])
    make_alerts(cast.customer, {"a": ("mill-1",), "b": ("silo-1",)})
    work()
    admin, lead, outsider = (cast.actor(name) for name in ("admin", "lead", "outsider"))
    assert [count_unread(one) for one in (admin, lead, outsider)] == [2, 1, 0]
    [item] = page_inbox(lead, "").rows
    [row] = describe_items(lead, [item])
    assert (row.alert.external_id, item.tenant.display_name) == ("b", "Delta Mills")
    assert mark_read(outsider, [item.id]) == 0
    assert mark_read(lead, [item.id]) == 1
    assert [count_unread(one) for one in (admin, lead)] == [2, 0]
    assert page_inbox(lead, "", only_unread=True).rows == []
    remove_user(scope, cast.user("lead").id)
    assert page_inbox(lead, "").rows == []
    assert mark_all_read(admin) == 2
    assert InboxItem.rows.count() == 4
