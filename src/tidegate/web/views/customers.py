"""Customers: every tenant that one may enter, what waits there, and what one may ask for."""

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from tidegate.core.errors import InvalidInput
from tidegate.web.asking import list_askable, list_asked
from tidegate.web.customers import CSV_HEAD, CustomerRow, as_csv_row, list_customers, matches
from tidegate.web.exports import stream_csv
from tidegate.web.visit import Visit, in_tenant

_LONGEST_SEARCH = 200


@in_tenant("customers")
@require_safe
def show_customers(visit: Visit) -> HttpResponseBase:
    """The list; it is about the person and the same from whichever tenant it is opened."""
    text, actor = _read_search(visit), visit.scope.actor
    asked = list_asked(actor)
    everything = list_customers(actor, asked)
    rows = _find(everything, text)
    context = {
        "rows": rows,
        "total": len(everything),
        "q": text,
        "scale": max((row.counts.total for row in rows if row.counts), default=1),
        "asked": asked,
        "askable": list_askable(actor, asked),
    }
    return visit.render("web/customers/list.html", context)


@in_tenant("customers")
@require_safe
def export_customers(visit: Visit) -> HttpResponseBase:
    """The same list as a file."""
    rows = _find(list_customers(visit.scope.actor, list_asked(visit.scope.actor)), _read_search(visit))
    return stream_csv(visit.scope, "customers.csv", CSV_HEAD, (as_csv_row(row) for row in rows))


def _read_search(visit: Visit) -> str:
    text = visit.request.GET.get("q", "").strip()
    if len(text) > _LONGEST_SEARCH:
        raise InvalidInput(fields={"q": f"must be at most {_LONGEST_SEARCH} characters"})
    return text


def _find(rows: list[CustomerRow], text: str) -> list[CustomerRow]:
    return [row for row in rows if matches(row, text)]
