"""The token endpoint (RFC 6749, section 3.2)."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tidegate.oauth.answers import answer_error, answer_tokens
from tidegate.oauth.clients import read_presented
from tidegate.oauth.errors import StsError
from tidegate.oauth.form import read_form
from tidegate.oauth.grants import client_credentials
from tidegate.oauth.grants.asking import TokenRequest
from tidegate.oauth.places import origin_of, read_place
from tidegate.oauth.sender import Sender
from tidegate.oauth.tokens import Version

_log = logging.getLogger(__name__)
_GRANTS = {"client_credentials": client_credentials.redeem}


@csrf_exempt
def issue(request: HttpRequest, tenant: str, version: Version) -> HttpResponse:
    """Tokens for a grant, or the error that says why not."""
    sender = Sender.of(request)
    try:
        asked = _read(request, tenant, version, sender)
        redeem = _GRANTS.get(asked.form.require("grant_type"))
        if redeem is None:
            raise StsError(70003, grant_type=asked.form["grant_type"])
        return answer_tokens(redeem(asked), version)
    except StsError as error:
        return answer_error(error, sender, basic="Authorization" in request.headers)
    except Exception:  # noqa: BLE001  whatever it was, a program reads JSON
        _log.exception("request %s for a token failed", sender.trace_id)
        return answer_error(StsError(90033), sender)


def _read(request: HttpRequest, tenant: str, version: Version, sender: Sender) -> TokenRequest:
    form = read_form(request)
    origin = origin_of(request)
    return TokenRequest(
        form=form,
        place=read_place(tenant),
        version=version,
        origin=origin,
        token_endpoint=f"{origin}{request.path}",
        presented=read_presented(request, form),
        sender=sender,
    )
