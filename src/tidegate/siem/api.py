"""Around each view of this surface: the token, the limits of its family, and errors in their shape."""

from collections.abc import Callable
from functools import partial
from typing import Concatenate

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from tidegate.authorization.api_permissions import Resource
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
        method: Api(resource, shape_error, partial(_admit, family)).endpoint(*told)(view)
        for method, (family, view) in told.items()
    }
    fallback = next(iter(served.values()))

    @csrf_exempt
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return served.get(request.method or "", fallback)(request, *args, **kwargs)

    return answer


def _admit(family: Family, caller: Caller) -> None:
    admit(caller.claim.tenant_id, caller.claim.client_id, family)
