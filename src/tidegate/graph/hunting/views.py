"""The call: a query and a span of time in, columns and rows out."""

from types import MappingProxyType
from typing import Final

from django.http import HttpResponseBase

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import require
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.graph.answers import answer_value, context_of
from tidegate.graph.bodies import Body
from tidegate.graph.tenants import open_tenants
from tidegate.hunting.actions import hunt
from tidegate.hunting.kinds import Kind
from tidegate.hunting.running import PROGRAM
from tidegate.hunting.window import read_window
from tidegate.oauth.endpoint import Call

_TYPE: Final = "microsoft.graph.security.huntingQueryResults"
_KINDS: Final = MappingProxyType(
    {
        Kind.STRING: "String",
        Kind.LONG: "Int64",
        Kind.REAL: "Double",
        Kind.BOOL: "SByte",
        Kind.DATETIME: "DateTime",
        Kind.TIMESPAN: "TimeSpan",
        Kind.DYNAMIC: "Object",
    }
)


def run_query(call: Call) -> HttpResponseBase:
    """Run a query. Microsoft writes the members in either case, so both are read."""
    scope = open_tenants(call, Permission.HUNTING_READ)
    require(scope, Permission.HUNTING_READ)
    body = Body({name.casefold(): value for name, value in call.read_json().items()})
    query = body.text("query")
    if not query.strip():
        raise InvalidInput(fields={"Query": "must be a query"})
    answer = hunt(scope, query, read_window(body.text("timespan"), clock.now()), PROGRAM)
    schema = [{"name": name, "type": _KINDS[kind]} for name, kind in answer.columns]
    context = f"{context_of(call, '')}{_TYPE}"
    return answer_value({"@odata.context": context, "schema": schema, "results": list(answer.objects())})
