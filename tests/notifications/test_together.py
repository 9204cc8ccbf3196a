"""Told together: digests, quiet hours, and storms, in which nothing is left out."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from tests.cast import NOW, Cast, days, import_all
from tests.connectors.samples import graph_alert
from tests.notifications.post_office import PostOffice, text_of
from tests.notifications.ruling import make_rule, work
from tidegate.core.clock import standing_at
from tidegate.notifications.models import Bundle, Notification, NotificationRule
from tidegate.notifications.timing import find_due, is_quiet

AT_ONCE = 30
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture(autouse=True)
def _few_at_once(settings: Settings) -> None:
    settings.NOTIFICATIONS_AT_ONCE = AT_ONCE


def storm(cast: Cast, number: int, start: int = 0) -> None:
    alerts = [
        graph_alert(id=f"s{n}", incidentId="41", evidence=[], title=f"Alert {n}")
        for n in range(start, start + number)
    ]
    import_all(cast.customer, alerts)


def counted(office: PostOffice) -> int:
    """How many alerts all mails tell of together."""
    return sum(_count(str(mail["Subject"])) for mail in office.mails())


def _count(subject: str) -> int:
    found = re.search(r"(\d+) alerts?$", subject)
    return int(found[1]) if found else 1


def test_a_digest_tells_of_everything_since_the_last(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"), cadence="every", digest_minutes=30)
    for minute in (0, 10, 29):
        with standing_at(NOW + timedelta(minutes=minute)):
            import_all(cast.customer, [graph_alert(id=f"a{minute}", title=f"At {minute}")])
            work()
    assert office.taken == []
    with standing_at(NOW + timedelta(minutes=30)):
        work()
        work()
    [mail] = office.mails()
    assert mail["Subject"] == "Delta Mills: 3 alerts"
    assert all(f"At {minute}" in text_of(mail) for minute in (0, 10, 29))


def test_what_comes_in_quiet_hours_is_told_when_they_end(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"), quiet_from=time(22), quiet_until=time(7), time_zone="Europe/Amsterdam")
    night = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)
    with standing_at(night):
        storm(cast, 2)
        work()
    assert office.taken == []
    with standing_at(datetime(2026, 3, 11, 5, 59, tzinfo=UTC)):
        work()
    assert office.taken == []
    with standing_at(datetime(2026, 3, 11, 6, 0, tzinfo=UTC)):
        work()
    assert [mail["Subject"] for mail in office.mails()] == ["Delta Mills: 2 alerts"]


def test_what_is_too_much_at_once_becomes_a_digest_and_nothing_is_left_out(
    cast: Cast, office: PostOffice
) -> None:
    make_rule(cast.enter("admin"))
    storm(cast, 100)
    work()
    assert len(office.taken) == AT_ONCE
    storm(cast, 60, start=100)
    work()
    assert len(office.taken) == AT_ONCE
    with standing_at(NOW + timedelta(minutes=1)):
        work()
    assert len(office.taken) == AT_ONCE + 1
    assert counted(office) == Notification.rows.count() == 160
    assert "and 80 more" in text_of(office.mails()[-1])


@pytest.mark.slow
def test_ten_thousand_alerts_in_a_minute_are_a_few_mails_that_count_them_all(
    cast: Cast, office: PostOffice
) -> None:
    make_rule(cast.enter("admin"))
    storm(cast, 10_000)
    work()
    with standing_at(NOW + timedelta(minutes=1)):
        work()
    assert len(office.taken) == AT_ONCE + 1
    assert counted(office) == 10_000
    assert max(len(data) for _, data in office.taken) < 200_000


def test_a_single_alert_after_a_storm_is_told_of_at_once(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"))
    storm(cast, 40)
    work()
    with standing_at(NOW + timedelta(minutes=2)):
        work()
        storm(cast, 1, start=40)
        work()
    assert office.mails()[-1]["Subject"] == "[Medium] Delta Mills: Alert 40"
    assert not Bundle.rows.filter(closed_at__isnull=True).exists()


def rule(**values: object) -> NotificationRule:
    return NotificationRule(**{"time_zone": "Europe/Amsterdam", **values})


@pytest.mark.parametrize(
    ("values", "at", "due"),
    [
        ({}, "2026-03-10T09:00", "2026-03-10T09:00"),
        ({"cadence": "every", "digest_minutes": 15}, "2026-03-10T09:00", "2026-03-10T09:15"),
        ({"cadence": "daily", "digest_at": time(8)}, "2026-03-10T06:59", "2026-03-10T07:00"),
        ({"cadence": "daily", "digest_at": time(8)}, "2026-03-10T07:00", "2026-03-11T07:00"),
        # Clocks go forward on 29 March 2026 at 01:00 UTC: eight o'clock comes an hour earlier.
        ({"cadence": "daily", "digest_at": time(8)}, "2026-03-28T12:00", "2026-03-29T06:00"),
        ({"cadence": "daily", "digest_at": time(2, 30)}, "2026-03-28T12:00", "2026-03-29T01:30"),
        ({"quiet_from": time(22), "quiet_until": time(6)}, "2026-03-10T20:59", "2026-03-10T20:59"),
        ({"quiet_from": time(22), "quiet_until": time(6)}, "2026-03-10T21:00", "2026-03-11T05:00"),
        ({"quiet_from": time(12), "quiet_until": time(13)}, "2026-03-10T11:30", "2026-03-10T12:00"),
    ],
)
def test_when_something_is_told(values: dict[str, object], at: str, due: str) -> None:
    found = find_due(rule(**values), datetime.fromisoformat(at).replace(tzinfo=UTC))
    assert found.at == datetime.fromisoformat(due).replace(tzinfo=UTC)


@hypothesis_settings(max_examples=50)
@given(
    st.integers(0, 365 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes)),
    st.times(),
    st.times(),
    st.sampled_from(["Europe/Amsterdam", "Asia/Tokyo", "America/St_Johns", "UTC"]),
)
def test_nothing_is_told_in_quiet_hours_nor_a_day_late(
    at: datetime, begins: time, ends: time, zone: str
) -> None:
    quiet = rule(quiet_from=begins, quiet_until=ends, time_zone=zone)
    due = find_due(quiet, at).at
    assert at <= due <= at + days(1) + timedelta(hours=2)
    assert begins == ends or not is_quiet(quiet, due)
