"""Overview of one tenant: five numbers, four plots, each with the queue behind it."""

from datetime import date, datetime, timedelta
from typing import Final

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.incidents.queries import count_open
from tidegate.incidents.statistics import (
    Times,
    count_alerts_by_day,
    count_open_at,
    find_unowned,
    measure_times,
    median,
)
from tidegate.web.break_glass import alarm_context
from tidegate.web.overview import plot_ages, plot_alert_days, plot_categories, plot_response
from tidegate.web.views.outside_access import standing_context
from tidegate.web.visit import Visit, in_tenant

SPANS: Final = {
    "7d": (7, gettext_lazy("7 days")),
    "14d": (14, gettext_lazy("14 days")),
    "30d": (30, gettext_lazy("30 days")),
}
_DEFAULT = "14d"


@in_tenant("overview")
@require_safe
def show_overview(visit: Visit) -> HttpResponseBase:
    """The tenant at a glance. Who may not read incidents gets a page that says what there is for them."""
    if not visit.scope.allows(Permission.INCIDENT_READ):
        return visit.render("web/overview/without_role.html", _banners(visit))
    span = visit.request.GET.get("span", _DEFAULT)
    if span not in SPANS:
        raise InvalidInput(fields={"span": "must be one of: " + ", ".join(SPANS)})
    visit.note_view("overview.viewed")
    return visit.render("web/overview/show.html", _context(visit, span) | _banners(visit))


def _banners(visit: Visit) -> dict[str, object]:
    return standing_context(visit) | alarm_context(visit)


def _context(visit: Visit, span: str) -> dict[str, object]:
    now = clock.now()
    days = SPANS[span][0]
    since = _first_day(now, days)
    times = measure_times(visit.scope, since)
    open_now = count_open(visit.scope).incidents
    segments = [
        {"label": label, "url": visit.link("overview", span=key), "current": key == span, "count": None}
        for key, (_days, label) in SPANS.items()
    ]
    by_day = count_alerts_by_day(visit.scope, since)
    return {
        "segments": segments,
        "open_now": open_now,
        "open_change": open_now - count_open_at(visit.scope, now - timedelta(days=7)),
        "unowned": find_unowned(visit.scope),
        "alerts_total": sum(sum(counts.values()) for counts in by_day.values()),
        "acknowledged": median(_all(times, "acknowledge")),
        "resolved": median(_all(times, "resolve")),
        "span_label": SPANS[span][1],
        "alert_days": plot_alert_days(by_day, since, now),
        "response": plot_response(times, since, now),
        "ages": plot_ages(visit.scope, now),
        "categories": plot_categories(visit.scope),
        "nothing": _("No alerts in these %(days)s days.") % {"days": days},
    }


def _first_day(now: datetime, days: int) -> datetime:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days - 1)


def _all(times: dict[date, Times], step: str) -> list[float]:
    return [seconds for day in times.values() for seconds in getattr(day, step)]
