"""The overview's plots: numbers from the queue's statistics, drawn by `plots`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.incidents.statistics import (
    BySeverity,
    Times,
    count_open_by_age,
    count_open_by_category,
    median,
    percentile_90,
)
from tidegate.incidents.words import Severity
from tidegate.web.categories import category_label
from tidegate.web.plots.model import Plot, SeverityCounts, Words
from tidegate.web.plots.response_times import Series, plot_times
from tidegate.web.plots.stacked_days import Day, plot_days
from tidegate.web.plots.stacked_rows import Row, TenantRow, plot_rows, plot_tenants
from tidegate.web.tenant_color import tenant_hue

AGE_LABELS: Final = (
    gettext_lazy("Under 1 h"),
    gettext_lazy("1 to 4 h"),
    gettext_lazy("4 to 8 h"),
    gettext_lazy("8 to 24 h"),
    gettext_lazy("1 to 3 days"),
    gettext_lazy("3 to 7 days"),
    gettext_lazy("Over 7 days"),
)
_CATEGORIES_AT_MOST: Final = 7
TENANTS_AT_MOST: Final = 7


def plot_alert_days(by_day: Mapping[date, BySeverity], since: datetime, now: datetime) -> Plot:
    """Alerts per day by severity; today is not over yet and says so."""
    words = Words("alert-days", _("Alerts per day"), _("Stacked bars: alerts of each day by severity."))
    today = timezone.localtime(now).date()
    days = []
    for day in _days(since, now):
        counts = to_counts(by_day.get(day, {}))
        note = _("so far") if day == today and counts.total else ""
        days.append(Day(_day_label(day, today), counts, note, strong=day == today))
    return plot_days(words, days)


def plot_response(times: Mapping[date, Times], since: datetime, now: datetime) -> Plot:
    """Median and 90th percentile of acknowledging and resolving, by the day the incident was made."""
    words = Words(
        "response", _("Time to acknowledge and resolve"), _("Lines: median and 90th percentile per day.")
    )
    days = list(_days(since, now))
    none = Times((), ())
    acknowledge = [times.get(day, none).acknowledge for day in days]
    resolve = [times.get(day, none).resolve for day in days]
    today = timezone.localtime(now).date()
    steps = (_series(_("Acknowledge"), acknowledge), _series(_("Resolve"), resolve))
    return plot_times(words, [_day_label(day, today) for day in days], steps)


def plot_ages(scope: Scope | ManyScope, now: datetime) -> Plot:
    """Open incidents by age."""
    words = Words("ages", _("Open by age"), _("Bars: open incidents of each age by severity."))
    groups = count_open_by_age(scope, now)
    rows = [Row(str(label), to_counts(group)) for label, group in zip(AGE_LABELS, groups, strict=True)]
    return plot_rows(words, rows, what=_("Age"))


def plot_categories(scope: Scope | ManyScope) -> Plot:
    """Open incidents of the largest categories, drawn for where they stand: below all, or to the right."""
    words = Words("categories", _("Open by category"), _("Bars: open incidents of each category."))
    counted = count_open_by_category(scope, _CATEGORIES_AT_MOST)
    rows = [Row(category_label(name) or _("None"), to_counts(counts)) for name, counts in counted]
    return plot_rows(words, rows, what=_("Category"), width=626 if isinstance(scope, ManyScope) else 496)


def plot_loads(loads: Sequence[tuple[UUID, Mapping[Severity, int]]], names: Mapping[UUID, str]) -> Plot:
    """Open incidents of the tenants that have most of them; `names` are of those to be shown."""
    words = Words("loads", _("Open by tenant"), _("Bars: open incidents of each tenant."))
    rows = [
        TenantRow(
            names[tenant_id],
            tenant_hue(str(tenant_id)),
            counts.get(Severity.HIGH, 0),
            sum(counts.values()),
        )
        for tenant_id, counts in loads
        if tenant_id in names
    ]
    return plot_tenants(words, rows)


def to_counts(counts: BySeverity) -> SeverityCounts:
    """Counts as plots take them; unknown severity stands with informational."""
    return SeverityCounts(
        high=counts.get(Severity.HIGH, 0),
        medium=counts.get(Severity.MEDIUM, 0),
        low=counts.get(Severity.LOW, 0),
        informational=counts.get(Severity.INFORMATIONAL, 0) + counts.get(Severity.UNKNOWN, 0),
    )


def _series(label: str, days: list[tuple[float, ...]]) -> Series:
    return Series(
        label,
        median=tuple(median(values) for values in days),
        p90=tuple(percentile_90(values) for values in days),
    )


def _days(since: datetime, now: datetime) -> Iterator[date]:
    day, last = timezone.localtime(since).date(), timezone.localtime(now).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _day_label(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    # Mondays carry their name, so that weeks can be told apart without a legend.
    return formats.date_format(day, "D j") if day.weekday() == 0 else str(day.day)
