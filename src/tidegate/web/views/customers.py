"""Customers: every tenant that one may enter, and what waits there."""

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from tidegate.core.errors import InvalidInput
from tidegate.web.customers import list_customers, matches
from tidegate.web.visit import Visit, in_tenant

_LONGEST_SEARCH = 200


@in_tenant("customers")
@require_safe
def show_customers(visit: Visit) -> HttpResponseBase:
    """The list; it is about the person and the same from whichever tenant it is opened."""
    text = visit.request.GET.get("q", "").strip()
    if len(text) > _LONGEST_SEARCH:
        raise InvalidInput(fields={"q": f"must be at most {_LONGEST_SEARCH} characters"})
    everything = list_customers(visit.scope.actor)
    rows = [row for row in everything if matches(row, text)]
    largest = max((row.counts.total for row in rows if row.counts), default=1)
    return visit.render(
        "web/customers/list.html", {"rows": rows, "total": len(everything), "q": text, "scale": largest}
    )
