"""Who is on call at an instant."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tidegate.notifications.calendars import find_attendees
from tidegate.notifications.models import OnCallRota


def find_on_call(rota: OnCallRota, at: datetime) -> list[str]:
    """The addresses of everybody whose shift it is; none where nobody's is."""
    if rota.sealed_calendar_address:
        return find_attendees(rota.calendar, at, rota.time_zone)
    local = at.astimezone(ZoneInfo(rota.time_zone))
    found = [shift["email"] for shift in rota.shifts if _covers(shift, local)]
    return list(dict.fromkeys(found))


def _covers(shift: dict[str, str | int], local: datetime) -> bool:
    starts, ends = time.fromisoformat(str(shift["starts"])), time.fromisoformat(str(shift["ends"]))
    now, weekday = local.time(), int(shift["weekday"])
    if starts < ends:
        return local.weekday() == weekday and starts <= now < ends
    # It ends on the next day.
    begun = local.weekday() == weekday and now >= starts
    yesterday = (local - timedelta(days=1)).weekday()
    return begun or (yesterday == weekday and now < ends)
