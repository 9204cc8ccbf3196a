"""Customers: every tenant that one may enter, what waits there, and what one may ask for."""

from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from tidegate.web.asking import Asked, list_askable, list_asked
from tidegate.web.customer_filters import Asking, Kept, find_ranked, read_asking, read_kept, read_tags
from tidegate.web.customer_ranks import PAGE, Ranked, find_page, rank_customers
from tidegate.web.customers import CSV_HEAD, CustomerRow, as_csv_row, list_customers
from tidegate.web.exports import stream_csv, stream_ndjson
from tidegate.web.links import tenant_link
from tidegate.web.visit import Visit, in_tenant


@in_tenant("customers")
@require_safe
def show_customers(visit: Visit) -> HttpResponseBase:
    """The list; it is about the person and the same from whichever tenant it is opened."""
    asking, actor = read_asking(visit.request.GET), visit.scope.actor
    asked, kept, everything = list_asked(actor), read_kept(visit.scope), rank_customers(actor)
    found = find_ranked(everything, asking, kept)
    page = find_page(found, visit.request.GET.get("cursor", ""))
    rows = _make_rows(visit, page.rows, asked, kept)
    context = {
        "rows": rows,
        "total": len(everything),
        "newer_url": _page_url(visit, asking, page.newer),
        "older_url": _page_url(visit, asking, page.older),
        "q": asking.text,
        "scale": max((row.counts.total for row in rows if row.counts), default=1),
        "asked": asked,
        "askable": list_askable(actor, asked),
        **_filters(visit, asking, kept),
    }
    return visit.render("web/customers/list.html", context)


@in_tenant("customers")
@require_safe
def export_customers(visit: Visit, form: str) -> HttpResponseBase:
    """The same list as a file."""
    asking, kept = read_asking(visit.request.GET), read_kept(visit.scope)
    found, asked = find_ranked(rank_customers(visit.scope.actor), asking, kept), list_asked(visit.scope.actor)
    pages = (_make_rows(visit, some, asked, kept) for some in batched(found, PAGE))
    rows = (as_csv_row(row) for page in pages for row in page)
    if form == "csv":
        return stream_csv(visit.scope, "customers.csv", CSV_HEAD, rows)
    told = (dict(zip(CSV_HEAD, row, strict=True)) for row in rows)
    return stream_ndjson(visit.scope, "customers.ndjson", told)


def _make_rows(visit: Visit, ranked: Sequence[Ranked], asked: list[Asked], kept: Kept) -> list[CustomerRow]:
    tags = read_tags(kept, [one.tenant_id for one in ranked])
    return list_customers(visit.scope.actor, ranked, asked, tags)


def _page_url(visit: Visit, asking: Asking, cursor: str) -> str:
    given = {"q": asking.text, "tag": asking.tag, "group": asking.group}
    return visit.link("customers", **given, cursor=cursor) if cursor else ""


def _filters(visit: Visit, asking: Asking, kept: Kept) -> Mapping[str, Any]:
    """The menus of tags and groups, and where tags and groups are changed, for who has a home."""
    home_tid = str(kept.home.tenant_id) if kept.home else ""
    return {
        "asking": asking,
        "tag_names": kept.tag_names,
        "group_names": list(dict.fromkeys(group.name for group in kept.groups)),
        "home_tid": home_tid,
        "may_tag": kept.may_tag,
        "groups_url": tenant_link("tenant_groups", home_tid) if home_tid else "",
    }
