"""Hunting: a query in KQL, its rows and a chart, of one tenant or of several."""

from collections.abc import Iterable

import msgspec
from django.http import HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from tidegate.authorization.permissions import Permission
from tidegate.hunting.answers import Answer
from tidegate.hunting.running import PROGRAM
from tidegate.web.exports import stream_csv, stream_ndjson
from tidegate.web.hunting.page import describe_page, read_asked, run
from tidegate.web.many_visit import ManyVisit
from tidegate.web.visit import Visit, in_tenant


def _show(visit: Visit | ManyVisit) -> HttpResponseBase:
    """The page; what the address asks has run. Each tenant is told by the run itself."""
    return visit.render("web/hunting/show.html", describe_page(visit))


@require_safe
@in_tenant("hunting", Permission.HUNTING_READ, many=_show)
def show(visit: Visit) -> HttpResponseBase:
    """The page for one tenant."""
    visit.require(Permission.HUNTING_READ)
    return _show(visit)


def _export(visit: Visit | ManyVisit, form: str) -> HttpResponseBase:
    """All rows of a query as a file."""
    answer = run(visit, read_asked(visit), PROGRAM)
    if form == "csv":
        return stream_csv(visit.scope, "hunting.csv", answer.names, _cells_of(answer))
    return stream_ndjson(visit.scope, "hunting.ndjson", answer.objects())


@require_POST
@in_tenant("hunting", Permission.HUNTING_READ, many=_export)
def export(visit: Visit, form: str) -> HttpResponseBase:
    """The file of one tenant. Asks for the permission as the page does."""
    visit.require(Permission.HUNTING_READ)
    return _export(visit, form)


def _cells_of(answer: Answer) -> Iterable[list[object]]:
    """The rows as a spreadsheet takes them: what is no single value as JSON."""
    for row in answer.rows:
        yield [
            msgspec.json.encode(value).decode() if isinstance(value, list | dict) else value for value in row
        ]
