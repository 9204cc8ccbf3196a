"""Overview of one tenant or of several: five numbers, four plots, each with the queue behind it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.incidents.queries import count_open, count_open_by_tenant
from tidegate.incidents.statistics import (
    Times,
    count_alerts_by_day,
    count_open_at,
    find_unowned,
    measure_times,
    median,
)
from tidegate.web.break_glass import alarm_context
from tidegate.web.many_visit import ManyVisit
from tidegate.web.overview import (
    TENANTS_AT_MOST,
    plot_ages,
    plot_alert_days,
    plot_categories,
    plot_loads,
    plot_response,
)
from tidegate.web.views.outside_access import standing_context
from tidegate.web.visit import Visit, in_tenant

SPANS: Final = {
    "7d": (7, gettext_lazy("7 days")),
    "14d": (14, gettext_lazy("14 days")),
    "30d": (30, gettext_lazy("30 days")),
}
_DEFAULT = "14d"


def _show_many(visit: ManyVisit) -> HttpResponse:
    """Several tenants at a glance, those with the most work by name."""
    incidents, alerts = visit.scope_of(Permission.INCIDENT_READ), visit.scope_of(Permission.ALERT_READ)
    loads = sorted(count_open_by_tenant(incidents).items(), key=lambda pair: -sum(pair[1].values()))
    shown = visit.find_users(tenant_id for tenant_id, _counts in loads[:TENANTS_AT_MOST])
    visit.note_view("overview.viewed", shown)
    names = {tenant_id: user.tenant.display_name for tenant_id, user in shown.items()}
    context = _context(incidents, alerts, _read_span(visit), visit.link)
    return visit.render("web/overview/show.html", {**context, "loads": plot_loads(loads, names)})


@in_tenant("overview", many=_show_many, notes_view=True)
@require_safe
def show_overview(visit: Visit) -> HttpResponseBase:
    """The tenant at a glance. Who may not read incidents gets a page that says what there is for them."""
    scope = visit.scope
    if not scope.allows(Permission.INCIDENT_READ):
        return visit.render("web/overview/without_role.html", _banners(visit))
    span = _read_span(visit)
    visit.note_view("overview.viewed")
    context = _context(scope, scope, span, visit.link)
    return visit.render("web/overview/show.html", context | _banners(visit))


def _read_span(visit: Visit | ManyVisit) -> str:
    span = visit.request.GET.get("span", _DEFAULT)
    if span not in SPANS:
        raise InvalidInput(fields={"span": "must be one of: " + ", ".join(SPANS)})
    return span


def _banners(visit: Visit) -> dict[str, object]:
    return standing_context(visit) | alarm_context(visit)


def _context(
    incidents: Scope | ManyScope, alerts: Scope | ManyScope, span: str, link: Callable[..., str]
) -> dict[str, object]:
    now = clock.now()
    days = SPANS[span][0]
    since = _first_day(now, days)
    times = measure_times(incidents, since)
    open_now = count_open(incidents).incidents
    segments = [
        {"label": label, "url": link("overview", span=key), "current": key == span, "count": None}
        for key, (_days, label) in SPANS.items()
    ]
    by_day = count_alerts_by_day(alerts, since)
    return {
        "segments": segments,
        "open_now": open_now,
        "open_change": open_now - count_open_at(incidents, now - timedelta(days=7)),
        "unowned": find_unowned(incidents),
        "alerts_total": sum(sum(counts.values()) for counts in by_day.values()),
        "acknowledged": median(_all(times, "acknowledge")),
        "resolved": median(_all(times, "resolve")),
        "span_label": SPANS[span][1],
        "alert_days": plot_alert_days(by_day, since, now),
        "response": plot_response(times, since, now),
        "ages": plot_ages(incidents, now),
        "categories": plot_categories(incidents),
        "nothing": _("No alerts in these %(days)s days.") % {"days": days},
    }


def _first_day(now: datetime, days: int) -> datetime:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days - 1)


def _all(times: dict[date, Times], step: str) -> list[float]:
    return [seconds for day in times.values() for seconds in getattr(day, step)]
