"""Around each view of Graph: the token, the limits, and errors as Graph says them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, Final

from django.http import HttpRequest, HttpResponseBase

from tidegate.authorization.api_permissions import Resource
from tidegate.graph.errors import DIRECTORY, SECURITY, Dialect, GraphShape
from tidegate.oauth.bearer import Caller
from tidegate.oauth.endpoint import Api, Call

type View[**P] = Callable[Concatenate[Call, P], HttpResponseBase]
type DjangoView[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class GraphApi:
    """One part of Graph, with the dialect of its errors."""

    api: Api

    def serve[**P](self, **views: View[P]) -> DjangoView[P]:
        """The view of one address, by method: `serve(get=list_alerts, post=...)`."""
        by_method = {method.upper(): view for method, view in views.items()}

        @self.api.endpoint(*by_method)
        def answer(call: Call, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            return by_method[call.request.method or "GET"](call, *args, **kwargs)

        return answer


def _admit(_caller: Caller) -> None:
    """Everyone, for now."""


def _make(dialect: Dialect) -> GraphApi:
    return GraphApi(Api(Resource.GRAPH, GraphShape(dialect), _admit))


SECURITY_API: Final = _make(SECURITY)
"""Security, entitlement management, the audit log, subscriptions: everything but the directory."""

DIRECTORY_API: Final = _make(DIRECTORY)
"""Organization, users, groups, invitations, tenant relationships."""
