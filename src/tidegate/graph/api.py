"""Around each view of Graph: the token, the limits, and errors as Graph says them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, Final

from django.http import HttpRequest, HttpResponseBase

from tidegate.audit.actions import record
from tidegate.audit.models import Result
from tidegate.authorization.api_permissions import Resource
from tidegate.core.errors import Forbidden
from tidegate.feeds.throttling import admit
from tidegate.feeds.words import Family
from tidegate.graph.errors import DIRECTORY, SECURITY, Dialect, GraphShape
from tidegate.graph.tenants import open_told
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
        def answer(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            view = by_method[call.request.method or "GET"]
            try:
                return view(call, *args, **kwargs)
            except Forbidden as refused:
                _record_refusal(call, refused)
                raise

        return answer


def _record_refusal(call: Call, refused: Forbidden) -> None:
    """Let the tenant see who tried to change what they may not. Who only reads too much asks all day."""
    if call.request.method != "GET":
        details = {
            "permission": refused.permission,
            "page": call.request.path[:200],
            "method": call.request.method,
        }
        record(open_told(call), "access.refused", result=Result.REFUSED, details=details)


def _make(dialect: Dialect, family: Family) -> GraphApi:
    def admit_caller(caller: Caller) -> None:
        admit(caller.claim.tenant_id, caller.claim.client_id, family)

    return GraphApi(Api(Resource.GRAPH, GraphShape(dialect), admit_caller))


SECURITY_API: Final = _make(SECURITY, Family.GRAPH_SECURITY)
"""Alerts and incidents."""

GOVERNANCE_API: Final = _make(SECURITY, Family.GRAPH_DIRECTORY)
"""Entitlement management, the audit log, subscriptions."""

DIRECTORY_API: Final = _make(DIRECTORY, Family.GRAPH_DIRECTORY)
"""Organization, users, groups, invitations, tenant relationships."""
