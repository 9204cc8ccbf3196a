"""What the report of one customer says, read in a fixed number of statements."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils import formats
from django.utils.translation import gettext as _

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.customers.reckoning import Step
from tidegate.directory.guests_over_time import ended_at, list_guests_within
from tidegate.directory.models import User
from tidegate.feeds.queries import list_standings
from tidegate.incidents.models import Incident
from tidegate.incidents.queue import list_numbered
from tidegate.incidents.reporting.answers import Answered, Breach, StepTimes, Times, measure, read_answered
from tidegate.incidents.reporting.sums import (
    Waiting,
    count_alerts,
    count_open_by_age_at,
    find_waiting,
    top_categories,
    top_devices,
    top_techniques,
)
from tidegate.incidents.statistics import BySeverity, count_alerts_by_day
from tidegate.web.attack_techniques import technique_name
from tidegate.web.categories import category_label
from tidegate.web.feeds import FeedRow, describe_standing
from tidegate.web.overview import AGE_LABELS, to_counts
from tidegate.web.plots.model import Plot, SeverityCounts, Words
from tidegate.web.plots.stacked_days import Day, plot_days
from tidegate.web.plots.stacked_rows import Row, plot_rows
from tidegate.web.report.agreements import Agreement, find_agreements
from tidegate.web.report.period import Period

LISTED_AT_MOST: Final = 100
TOP: Final = 8
STEPS: Final = (Step.ACKNOWLEDGE, Step.RESOLVE)


@dataclass(frozen=True, slots=True)
class SeverityLine:
    """One severity, or all of them (an empty word): how many came in, and both steps."""

    word: str
    incidents: int
    acknowledge: StepTimes
    resolve: StepTimes


@dataclass(frozen=True, slots=True)
class ListedBreach:
    """A breach, and the incident that it is about as the reader sees it called."""

    breach: Breach
    incident: Incident


@dataclass(frozen=True, slots=True)
class Answers:
    """How soon was answered by one service level. `more` breaches are not listed."""

    agreement: Agreement
    lines: list[SeverityLine]
    breaches: list[ListedBreach]
    more: int


@dataclass(frozen=True, slots=True)
class GuestLine:
    """Somebody from outside: where from, and when access ended, if it did within the period."""

    name: str
    mail: str
    domain: str
    starts_at: datetime
    ends_at: datetime | None
    has_ended: bool


@dataclass(frozen=True, slots=True)
class Report:
    """All figures. None is what the reader may not see here."""

    period: Period
    incidents: SeverityCounts
    alerts: SeverityCounts | None
    answers: list[Answers]
    open_by_age: list[BySeverity]
    categories: list[tuple[str, BySeverity]]
    techniques: list[tuple[str, int]] | None
    devices: list[tuple[uuid.UUID, str, int]] | None
    waiting: list[Waiting]
    guests: list[GuestLine] | None
    feeds: list[FeedRow] | None
    by_day: Mapping[Any, BySeverity] | None

    @property
    def open_at_end(self) -> int:
        """How many incidents were open at the end."""
        return sum(sum(group.values()) for group in self.open_by_age)


def read_report(scope: Scope, period: Period) -> Report:
    """The report of one tenant. Raises Forbidden for who may not read incidents."""
    since, until = period.since, period.until
    answered = list(read_answered(scope, since, until))
    may_see_users = scope.allows(Permission.USER_READ)
    guests = list(list_guests_within(scope, since, until)) if may_see_users else None
    alerts = scope.allows(Permission.ALERT_READ)
    return Report(
        period=period,
        incidents=to_counts(count_by_severity(answered)),
        alerts=to_counts(count_alerts(scope, since, until).get(scope.tenant_id, {})) if alerts else None,
        answers=[_answer(scope, answered, one) for one in find_agreements(scope, period)],
        open_by_age=count_open_by_age_at(scope, period.end),
        categories=top_categories(scope, since, until, TOP),
        techniques=top_techniques(scope, since, until, TOP) if alerts else None,
        devices=top_devices(scope, since, until, TOP)
        if scope.allows(Permission.DEVICE_READ) and alerts
        else None,
        waiting=find_waiting(scope, period.end, LISTED_AT_MOST),
        guests=[_guest_line(user, period) for user in guests] if guests is not None else None,
        feeds=_feeds(scope),
        by_day=count_alerts_by_day(scope, since, until) if alerts else None,
    )


def describe_report(report: Report) -> dict[str, Any]:
    """The template's variables: the figures, and the plots drawn of them."""
    return {
        "report": report,
        "period": report.period,
        "alert_days": _plot_days(report) if report.by_day is not None else None,
        "ages": _plot_ages(report),
        "categories": _plot_categories(report),
        "techniques": [
            (number, technique_name(number), alerts) for number, alerts in report.techniques or ()
        ],
    }


def list_lines(times: Times, counts: BySeverity) -> list[SeverityLine]:
    """A line for each severity that came in, the worst first, and one for all."""
    lines = [
        SeverityLine(severity.word, counts.get(severity, 0), steps[Step.ACKNOWLEDGE], steps[Step.RESOLVE])
        for severity, steps in sorted(times.by_severity.items(), reverse=True)
    ]
    total = times.total
    return [
        *lines,
        SeverityLine("", sum(counts.values()), total[Step.ACKNOWLEDGE], total[Step.RESOLVE]),
    ]


def count_by_severity(answered: Iterable[Answered]) -> BySeverity:
    """How many of each severity."""
    counts: BySeverity = {}
    for one in answered:
        counts[one.severity] = counts.get(one.severity, 0) + 1
    return counts


def _answer(scope: Scope, answered: Sequence[Answered], agreement: Agreement) -> Answers:
    times = measure(answered, agreement.level, clock.now())
    shown = times.breaches[:LISTED_AT_MOST]
    named = {one.number: one for one in list_numbered(scope, [breach.number for breach in shown])}
    listed = [ListedBreach(breach, named[breach.number]) for breach in shown if breach.number in named]
    return Answers(
        agreement, list_lines(times, count_by_severity(answered)), listed, len(times.breaches) - len(listed)
    )


def _guest_line(user: User, period: Period) -> GuestLine:
    ends_at = ended_at(user)
    has_ended = ends_at is not None and ends_at <= period.end
    domain = user.mail.rpartition("@")[2]
    return GuestLine(user.display_name, user.mail, domain, user.starts_at, ends_at, has_ended)


def _feeds(scope: Scope) -> list[FeedRow] | None:
    if not scope.allows(Permission.APPLICATION_READ):
        return None
    return [describe_standing(one) for one in list_standings(scope) if one.consumer.covered_until]


def _plot_days(report: Report) -> Plot:
    words = Words("alert-days", _("Alerts per day"), _("Stacked bars: alerts of each day by severity."))
    by_day = report.by_day or {}
    days = [Day(_day_label(day), to_counts(by_day.get(day, {}))) for day in report.period.days]
    return plot_days(words, days)


def _plot_ages(report: Report) -> Plot:
    words = Words("ages", _("Open by age"), _("Bars: open incidents of each age by severity."))
    groups = zip(AGE_LABELS, report.open_by_age, strict=True)
    return plot_rows(words, [Row(str(label), to_counts(group)) for label, group in groups], what=_("Age"))


def _plot_categories(report: Report) -> Plot:
    words = Words("categories", _("Incidents by category"), _("Bars: incidents of each category."))
    rows = [Row(category_label(name) or _("None"), to_counts(counts)) for name, counts in report.categories]
    return plot_rows(words, rows, what=_("Category"))


def _day_label(day: date) -> str:
    """The first of a month carries its name."""
    return formats.date_format(day, "j M") if day.day == 1 else str(day.day)
