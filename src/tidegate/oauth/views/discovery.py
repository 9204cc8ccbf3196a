"""What clients look up before they ask: metadata (OpenID Connect Discovery), keys, instances. All public."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tidegate.oauth.answers import answer_error, answer_json
from tidegate.oauth.errors import StsError
from tidegate.oauth.keys import published_keys
from tidegate.oauth.metadata import describe_tenant
from tidegate.oauth.places import find_place, origin_of
from tidegate.oauth.sender import Sender
from tidegate.oauth.tokens import Version

# Clients ask at each start; keys are published two days before they sign.
_KEPT_FOR: Final = "max-age=3600, public"

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def _published[**P](view: View[P]) -> View[P]:
    """Around a view that tells everybody the same: on GET, also to scripts of other sites."""

    @csrf_exempt
    @wraps(view)
    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            if request.method not in {"GET", "HEAD"}:
                raise StsError(900561, method=request.method)
            response = view(request, *args, **kwargs)
            response.headers["Cache-Control"] = _KEPT_FOR
            del response.headers["Pragma"]
        except StsError as error:
            response = answer_error(error, Sender.of(request))
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return run


@_published
def describe(request: HttpRequest, tenant: str, version: Version) -> HttpResponse:
    """The metadata of a tenant's issuer."""
    try:
        place = find_place(tenant)
    except StsError as error:
        raise StsError(error.number, error="invalid_tenant", tenant=tenant) from None
    return answer_json(describe_tenant(place, version, origin_of(request)))


@_published
def list_keys(request: HttpRequest, tenant: str) -> HttpResponse:
    """The public keys of all issuers (RFC 7517)."""
    find_place(tenant)
    return answer_json({"keys": published_keys()})


@_published
def find_instance(request: HttpRequest) -> HttpResponse:
    """Whether an authority is ours, as Microsoft's libraries ask before they trust one."""
    asked = request.GET.get("authorization_endpoint", "")
    origin = origin_of(request)
    try:
        parts = urlsplit(asked)
        host = parts.netloc.casefold()
    except ValueError:
        host, parts = "", urlsplit("")
    own = urlsplit(origin).netloc
    if host != own:
        raise StsError(50049, instance=asked)
    place = find_place(parts.path.strip("/").partition("/")[0] or "common")
    aliases: dict[str, Any] = {"preferred_network": own, "preferred_cache": own, "aliases": [own]}
    return answer_json(
        {
            "tenant_discovery_endpoint": f"{origin}/{place.text}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [aliases],
        }
    )
