"""Two of Microsoft's APIs answer at `/api/alerts`, each on a host of its own there. Here they share one.

What a token is for tells them apart; one that is for this portal as a whole leaves it to the name of the host
that was asked, and then to the parameters, of which the two have none in common.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from tidegate.authorization.api_permissions import Resource
from tidegate.oauth.bearer import read_token
from tidegate.oauth.errors import TokenRefused

type View = Callable[[HttpRequest], HttpResponseBase]

_SIEM_HOST: Final = "wdatp-alertexporter-"
_SIEM_PARAMETERS: Final = frozenset(
    {
        "sincetimeutc",
        "untiltimeutc",
        "ago",
        "limit",
        "machinegroups",
        "devicecreatedmachinetags",
        "cloudcreatedmachinetags",
    }
)


def choose(siem: View, defender: View) -> View:
    """The view of whichever of the two a request means."""

    @csrf_exempt
    def answer(request: HttpRequest) -> HttpResponseBase:
        return (siem if _means_siem(request) else defender)(request)

    return answer


def _means_siem(request: HttpRequest) -> bool:
    try:
        resources = read_token(request).resources
    except TokenRefused:
        resources = frozenset()
    named = resources & {Resource.SIEM, Resource.DEFENDER}
    if len(named) == 1:
        return Resource.SIEM in named
    if request.get_host().lower().startswith(_SIEM_HOST):
        return True
    return not _SIEM_PARAMETERS.isdisjoint(name.strip().lower() for name in request.GET)
