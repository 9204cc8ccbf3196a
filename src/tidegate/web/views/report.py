"""The report of a customer over a period: a page that prints, and its figures as a file."""

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.web.exports import stream_csv
from tidegate.web.many_visit import ManyVisit
from tidegate.web.report.figures import describe_report, read_report
from tidegate.web.report.files import HEAD, report_rows
from tidegate.web.report.period import Period, read_period, recent_months
from tidegate.web.report.several import CSV_HEAD, PAGE, csv_rows, list_customers
from tidegate.web.visit import Visit, in_tenant

MONTHS = 24
_LAST_PAGE = 10_000


def _show_many(visit: ManyVisit) -> HttpResponse:
    """One row for each customer in which incidents may be read; its name leads to its own report."""
    period, page = read_period(visit.request.GET), _read_page(visit)
    start = (page - 1) * PAGE
    found = list(visit.readable_users()[start : start + PAGE + 1])
    users = found[:PAGE]
    visit.note_view("report.viewed", {user.tenant_id: user for user in users})
    context = {
        "period": period,
        "rows": list_customers(visit, users, period),
        "newer_url": _page_link(visit, period, page - 1) if page > 1 else "",
        "older_url": _page_link(visit, period, page + 1) if len(found) > PAGE else "",
        **_around(visit, period),
    }
    return visit.render("web/report/several.html", context)


@require_safe
@in_tenant("report", Permission.INCIDENT_READ, many=_show_many, notes_view=True)
def show(visit: Visit) -> HttpResponseBase:
    """The report of one tenant."""
    visit.require(Permission.INCIDENT_READ)
    period = read_period(visit.request.GET)
    visit.note_view("report.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    context = {**describe_report(read_report(visit.scope, period)), **_around(visit, period)}
    return visit.render("web/report/show.html", context)


def _export_many(visit: ManyVisit) -> HttpResponseBase:
    """One row for each customer; each is told that a guest took its figures."""
    period = read_period(visit.request.GET)
    visit.note_view("report.exported", {user.tenant_id: user for user in visit.find_all_users()})
    return stream_csv(visit.scope, _file_name(period), CSV_HEAD, csv_rows(visit, period))


@require_POST
@in_tenant("report", Permission.INCIDENT_READ, many=_export_many)
def export(visit: Visit) -> HttpResponseBase:
    """The figures of the report of one tenant."""
    visit.require(Permission.INCIDENT_READ)
    period, name = read_period(visit.request.GET), visit.scope.entry.tenant_name
    record(visit.scope, "report.exported", Target("tenant", visit.tid, name), details=dict(period.given))
    rows = report_rows(read_report(visit.scope, period), (name, visit.tid))
    return stream_csv(visit.scope, _file_name(period), HEAD, rows)


def _around(visit: Visit | ManyVisit, period: Period) -> dict[str, object]:
    before, after = period.months
    return {
        "months": [
            (value, label, value == period.given.get("month")) for value, label in recent_months(MONTHS)
        ],
        "before_url": visit.link("report", month=before) if before else "",
        "after_url": visit.link("report", month=after) if after else "",
        "export_forms": [("CSV", visit.link("report_export", **period.given))],
    }


def _read_page(visit: ManyVisit) -> int:
    text = visit.request.GET.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LAST_PAGE)) and int(text)):
        raise InvalidInput(fields={"page": "must be the number of a page"})
    return int(text)


def _page_link(visit: ManyVisit, period: Period, page: int) -> str:
    return visit.link("report", **period.given, page=str(page))


def _file_name(period: Period) -> str:
    return f"report-{period.first.isoformat()}-{period.last.isoformat()}.csv"
