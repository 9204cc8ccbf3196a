"""Rows as objects of Graph: what was asked of a list or of one of them, and documents made to it.

The rows come in their scope already. A renderer makes the documents of a block of rows at once and is told
what was asked, so that what is expanded costs the same for one row and for all.
"""

from collections.abc import Callable, Mapping, Sequence

from django.db.models import Model, QuerySet
from django.http import HttpResponse, HttpResponseBase

from tidegate.graph.answers import answer_count, answer_object, root_of
from tidegate.graph.lists import answer_rows, count_rows, encode_members, read_query
from tidegate.oauth.endpoint import Call
from tidegate.odata.query import Query
from tidegate.odata.resource import Resource
from tidegate.odata.selecting import select_members

type Document = Mapping[str, object]
type Render[M] = Callable[[Sequence[M], Query], Sequence[Document]]


def answer_objects[M: Model](
    call: Call, path: str, rows: QuerySet[M], resource: Resource, render: Render[M]
) -> HttpResponseBase:
    """The list of the set at `path`. Raises BadQuery."""
    query = read_query(call, resource)

    def encode(block: Sequence[M]) -> list[bytes]:
        return [encode_members(document, query) for document in render(block, query)]

    return answer_rows(call, path, rows, query, encode)


def answer_one[M: Model](
    call: Call, path: str, row: M, resource: Resource, render: Render[M], *, status: int = 200
) -> HttpResponse:
    """One object of the set at `path`; one that was just made says where it is. Raises BadQuery."""
    query = read_query(call, resource.one_object())
    document = select_members(render([row], query)[0], query)
    answer = answer_object(call, path, document, status=status)
    if status == 201:
        answer.headers["Location"] = f"{root_of(call)}/{path}/{document['id']}"
    return answer


def answer_number[M: Model](call: Call, rows: QuerySet[M], resource: Resource) -> HttpResponse:
    """How many objects a list has, of those that its filter leaves. Raises BadQuery."""
    return answer_count(count_rows(rows, read_query(call, resource)))
