"""Around each view of this surface: the token, the limits of its family, and errors in their shape."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Concatenate

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from tidegate.audit.actions import record
from tidegate.audit.models import Result
from tidegate.authorization.api_permissions import Resource
from tidegate.core.errors import Forbidden
from tidegate.feeds.throttling import admit
from tidegate.feeds.words import Family
from tidegate.oauth.bearer import Caller
from tidegate.oauth.endpoint import Api, Call
from tidegate.siem.errors import shape_error

type View[**P] = Callable[Concatenate[Call, P], HttpResponseBase]
type DjangoView[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def serve[**P](
    resource: Resource, default: Family, **views: View[P] | tuple[Family, View[P]]
) -> DjangoView[P]:
    """The view of one address, by method: `serve(Resource.SIEM, Family.SIEM, get=list_detections)`.

    A method whose requests are counted in another family than the rest stands with it.
    """
    told = {
        name.upper(): view if isinstance(view, tuple) else (default, view) for name, view in views.items()
    }
    served = {
        method: Api(resource, shape_error, partial(_admit, family)).endpoint(*told)(_recording_refusals(view))
        for method, (family, view) in told.items()
    }
    fallback = next(iter(served.values()))

    @csrf_exempt
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return served.get(request.method or "", fallback)(request, *args, **kwargs)

    return answer


def _recording_refusals[**P](view: View[P]) -> View[P]:
    """Let the tenant see who tried to change what they may not. Who only reads too much asks all day."""

    @wraps(view)
    def run(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(call, *args, **kwargs)
        except Forbidden as refused:
            request = call.request
            if request.method != "GET":
                details = {
                    "permission": refused.permission,
                    "page": request.path[:200],
                    "method": request.method,
                }
                record(call.scope, "access.refused", result=Result.REFUSED, details=details)
            raise

    return run


def _admit(family: Family, caller: Caller) -> None:
    admit(caller.claim.tenant_id, caller.claim.client_id, family)
