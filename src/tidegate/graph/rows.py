"""Rows of the database as lists and objects of Graph: filtered, ordered, paged and shaped as they are asked for.

The rows come in their scope already; a resource says what may be asked of them. A page is followed by one
that begins after its last row, so that what is inserted meanwhile moves nothing.
"""

from collections.abc import Callable, Mapping, Sequence

from django.db.models import Model, QuerySet
from django.http import HttpResponse

from tidegate.core.errors import InvalidInput
from tidegate.core.paging import take_page
from tidegate.graph.answers import answer_count, answer_list, answer_object, root_of
from tidegate.oauth.endpoint import Call
from tidegate.odata.errors import BadQuery
from tidegate.odata.options import parse_options
from tidegate.odata.query import Query
from tidegate.odata.resource import Option, Resource
from tidegate.odata.selecting import select_members

type Document = Mapping[str, object]
type Render[M] = Callable[[Sequence[M], Query], Sequence[Document]]


def answer_rows[M: Model](
    call: Call, path: str, rows: QuerySet[M], resource: Resource, render: Render[M]
) -> HttpResponse:
    """A list. `render` makes documents of a page at once, so that what is expanded costs the same for all."""
    query = parse_options(call.request.GET.lists(), resource)
    wanted = rows.filter(query.condition)
    count = wanted.order_by().count() if query.count else None
    found, following = _take(wanted, query)
    values = [select_members(document, query) for document in render(found, query)]
    next_link = _link(call, following) if following else ""
    return answer_list(call, path, values, count=count, next_link=next_link)


def answer_row[M: Model](
    call: Call, path: str, row: M, resource: Resource, render: Render[M], *, status: int = 200
) -> HttpResponse:
    """One object of the set at `path`; one that was just made says where it is."""
    query = parse_options(call.request.GET.lists(), resource.one_object())
    document = select_members(render([row], query)[0], query)
    answer = answer_object(call, path, document, status=status)
    if status == 201:
        answer.headers["Location"] = f"{root_of(call)}/{path}/{document['id']}"
    return answer


def count_rows[M: Model](call: Call, rows: QuerySet[M], resource: Resource) -> HttpResponse:
    """How many there are, of those that a filter leaves."""
    query = parse_options(call.request.GET.lists(), resource)
    return answer_count(rows.filter(query.condition).order_by().count())


def _take[M: Model](rows: QuerySet[M], query: Query) -> tuple[list[M], Mapping[str, str]]:
    """A page, and what the address of the next one says otherwise; nothing where there is none."""
    if query.top == 0:
        return [], {}
    if query.skip and not query.skiptoken:
        found = list(rows.order_by(*query.order)[query.skip : query.skip + query.top + 1])
        more = len(found) > query.top
        return found[: query.top], {Option.SKIP: str(query.skip + query.top)} if more else {}
    try:
        page = take_page(rows, query.sort_keys, cursor=query.skiptoken, size=query.top)
    except InvalidInput as error:
        raise BadQuery(Option.SKIPTOKEN, "is not one that this list gave") from error
    return page.rows, {Option.SKIPTOKEN: page.next_cursor, Option.SKIP: ""} if page.next_cursor else {}


def _link(call: Call, changes: Mapping[str, str]) -> str:
    """The same request with other options, on the host that the client asked: others get no token."""
    given = call.request.GET.copy()
    for name in list(given):
        if f"${name.lower().removeprefix('$')}" in changes:
            del given[name]
    for name, value in changes.items():
        if value:
            given[name] = value
    return call.request.build_absolute_uri(f"{call.request.path}?{given.urlencode(safe='$')}")
