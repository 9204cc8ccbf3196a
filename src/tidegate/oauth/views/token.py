"""The token endpoint (RFC 6749, section 3.2)."""

import logging
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tidegate.oauth.answers import Issued, answer_error, answer_tokens
from tidegate.oauth.clients import read_presented
from tidegate.oauth.errors import StsError
from tidegate.oauth.form import read_form
from tidegate.oauth.grants import authorization_code, client_credentials, device_code, refresh_token
from tidegate.oauth.grants.asking import TokenRequest
from tidegate.oauth.journal import note_request
from tidegate.oauth.models import SignIn
from tidegate.oauth.places import origin_of, read_place
from tidegate.oauth.sender import Sender
from tidegate.oauth.tokens import Version
from tidegate.oauth.views.single_page import allow_single_page

_log = logging.getLogger(__name__)

type Grant = tuple[SignIn.Grant, Callable[[TokenRequest], Issued]]

_GRANTS: Final = MappingProxyType[str, Grant](
    {
        "authorization_code": (SignIn.Grant.AUTHORIZATION_CODE, authorization_code.redeem),
        "client_credentials": (SignIn.Grant.CLIENT_CREDENTIALS, client_credentials.redeem),
        "refresh_token": (SignIn.Grant.REFRESH_TOKEN, refresh_token.redeem),
        "urn:ietf:params:oauth:grant-type:device_code": (SignIn.Grant.DEVICE_CODE, device_code.redeem),
        "device_code": (SignIn.Grant.DEVICE_CODE, device_code.redeem),
    }
)


@csrf_exempt
@allow_single_page
def issue(request: HttpRequest, tenant: str, version: Version) -> HttpResponse:
    """Tokens for a grant, or the error that says why not."""
    sender = Sender.of(request)
    try:
        asked = read_request(request, tenant, version, sender)
        return answer_tokens(_redeem(asked), version)
    except StsError as error:
        return answer_error(error, sender, basic="HTTP_AUTHORIZATION" in request.META)
    except Exception:  # noqa: BLE001  whatever it was, a program reads JSON
        _log.exception("request %s for a token failed", sender.trace_id)
        return answer_error(StsError(90033), sender)


def read_request(request: HttpRequest, tenant: str, version: Version, sender: Sender) -> TokenRequest:
    """What a request asks for. Raises StsError."""
    form = read_form(request)
    origin = origin_of(request)
    return TokenRequest(
        form=form,
        place=read_place(tenant),
        version=version,
        origin=origin,
        endpoint=f"{origin}{request.path}",
        presented=read_presented(form, request.META.get("HTTP_AUTHORIZATION", "")),
        sender=sender,
    )


def _redeem(asked: TokenRequest) -> Issued:
    grant_type = asked.form.require("grant_type")
    known = _GRANTS.get(grant_type)
    if known is None:
        raise StsError(70003, grant_type=grant_type)
    grant, redeem = known
    try:
        issued = redeem(asked)
    except StsError as error:
        note_request(asked, grant, error.number)
        raise
    note_request(asked, grant)
    return issued
