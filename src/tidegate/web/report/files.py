"""The figures of a report as rows of a file, one figure a row."""

from collections.abc import Iterator
from typing import Final

from tidegate.customers.reckoning import Step
from tidegate.incidents.statistics import BySeverity
from tidegate.web.report.figures import Report, SeverityLine

HEAD: Final = ("tenant", "tenant_id", "from", "to", "section", "name", "severity", "figure", "value")
_ALL: Final = "all"


def report_rows(report: Report, tenant: tuple[str, str]) -> Iterator[tuple[object, ...]]:
    """One figure a row, times in seconds; `tenant` is its name and its id."""
    start = (*tenant, report.period.first.isoformat(), report.period.last.isoformat())
    for row in _figures(report):
        yield (*start, *row)


def _figures(report: Report) -> Iterator[tuple[object, ...]]:
    for severity, number in report.incidents.parts():
        yield "incidents", "", severity, "came_in", number
    if report.alerts is not None:
        for severity, number in report.alerts.parts():
            yield "alerts", "", severity, "came_in", number
    for answers in report.answers:
        for line in answers.lines:
            yield from _times(answers.agreement.label, line)
        for listed in answers.breaches:
            breach = listed.breach
            yield (
                *("breaches", f"{breach.number} {listed.incident.display_name}", breach.severity.word),
                *(f"{breach.step}_over_seconds", int(breach.over.total_seconds())),
            )
    yield from _what_was_there(report)
    yield from _who_was_there(report)


def _what_was_there(report: Report) -> Iterator[tuple[object, ...]]:
    yield "open_at_end", "", _ALL, "incidents", report.open_at_end
    yield from _by_severity("categories", report.categories)
    for number, alerts in report.techniques or ():
        yield "techniques", number, _ALL, "alerts", alerts
    for _id, name, alerts in report.devices or ():
        yield "devices", name, _ALL, "alerts", alerts
    for waiting in report.waiting:
        name = f"{waiting.incident.number} {waiting.incident.display_name}"
        yield "awaiting", name, waiting.word, "since", waiting.since.isoformat()


def _who_was_there(report: Report) -> Iterator[tuple[object, ...]]:
    for guest in report.guests or ():
        yield "access", f"{guest.name} <{guest.mail}>", "", "starts_at", guest.starts_at.isoformat()
        if guest.ends_at is not None:
            figure = "ended_at" if guest.has_ended else "ends_at"
            yield "access", f"{guest.name} <{guest.mail}>", "", figure, guest.ends_at.isoformat()
    for feed in report.feeds or ():
        yield "feeds", f"{feed.standing.application}: {feed.standing.consumer.feed}", "", "state", feed.state


def _times(label: str, line: SeverityLine) -> Iterator[tuple[object, ...]]:
    for step, times in ((Step.ACKNOWLEDGE, line.acknowledge), (Step.RESOLVE, line.resolve)):
        figures = {
            "agreed_seconds": int(times.agreed.total_seconds()) if times.agreed is not None else None,
            "median_seconds": times.median,
            "p90_seconds": times.p90,
            "within": times.within,
            "missed": times.missed,
            "percent_within": times.percent,
        }
        for name, value in figures.items():
            if value is not None:
                yield "times", label, line.word or _ALL, f"{step}_{name}", value


def _by_severity(section: str, counted: list[tuple[str, BySeverity]]) -> Iterator[tuple[object, ...]]:
    for name, counts in counted:
        for severity, number in counts.items():
            yield section, name, severity.word, "incidents", number
