"""Days of a timeline begin in the reader's time zone."""

from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone

from tidegate.incidents.models import Alert
from tidegate.web.queue.timeline import make_timeline

TID = "21e3a6b5-dece-4ae1-81cf-c10777b21c88"


def alert_at(hour: int, minute: int, title: str) -> Alert:
    at = datetime(2026, 3, 1, hour, minute, tzinfo=UTC)
    return Alert(tenant_id=UUID(TID), external_id=title, title=title, first_activity_at=at, severity=4)


def test_moments_stand_in_the_order_of_time_and_open_days_of_the_reader() -> None:
    alerts = [alert_at(23, 30, "third"), alert_at(22, 10, "first"), alert_at(22, 50, "second")]
    with timezone.override("Europe/Amsterdam"):
        there = make_timeline(TID, alerts, [], {})
    with timezone.override("Asia/Tokyo"):
        far = make_timeline(TID, alerts, [], {})
    assert [(one.text, one.opens_day) for one in there] == [
        ("first", True),
        ("second", False),
        ("third", True),
    ]
    assert [one.opens_day for one in far] == [True, False, False]


def test_alert_says_where_it_was_seen() -> None:
    alert = alert_at(10, 0, "seen")
    [moment] = make_timeline(TID, [alert], [], {}, {alert.id: "ws1\u202e"})
    assert (moment.device, moment.url) == ("ws1[U+202E]", f"/alerts/seen?tid={TID}")
