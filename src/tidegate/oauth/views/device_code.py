"""Where a device asks for its two codes (RFC 8628, section 3.1)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tidegate.core.ids import parse_uuid
from tidegate.directory.applications import find_application
from tidegate.directory.models import Application
from tidegate.oauth.actions.device_codes import INTERVAL, LIFETIME, give_device_code
from tidegate.oauth.answers import answer_error, answer_json
from tidegate.oauth.errors import StsError
from tidegate.oauth.form import Form, read_form
from tidegate.oauth.guessing import Guesses, place_of
from tidegate.oauth.places import Place, find_place, origin_of
from tidegate.oauth.queries import find_principal
from tidegate.oauth.scopes import read_asked
from tidegate.oauth.sender import Sender
from tidegate.oauth.tokens import Version

# Each request is a row for a quarter of an hour: nobody needs more than this many a minute from one place.
requested = Guesses(at_most=60)


@csrf_exempt
def give(request: HttpRequest, tenant: str, version: Version) -> HttpResponse:
    """Two codes and where to go with one of them, or the error that says why not."""
    sender = Sender.of(request)
    try:
        form, place = read_form(request), find_place(tenant)
        origin = origin_of(request)
        asked = read_asked(form, version, origin)
        application = _find(form, place)
        who = (application.client_id, place_of(sender.ip_address))
        requested.check(who)
        requested.note(who)
        codes = give_device_code(application.client_id, place, asked, version, sender)
    except StsError as error:
        return answer_error(error, sender)
    address = f"{origin}/devicelogin"
    body = {
        "user_code": codes.user_code,
        "device_code": codes.device_code,
        # Version 1 of Entra's endpoint calls it by another name than the standard.
        ("verification_uri" if version == Version.V2 else "verification_url"): address,
        "expires_in": int(LIFETIME.total_seconds()),
        "interval": INTERVAL,
        "message": _say(address, codes.user_code),
    }
    return answer_json(body)


def _say(address: str, user_code: str) -> str:
    words = _("To sign in, open the page %(address)s in a browser and enter the code %(code)s.")
    return words % {"address": address, "code": user_code}


def _find(form: Form, place: Place) -> Application:
    """The application, if it may be used here by somebody. Raises StsError."""
    client_id = parse_uuid(form.require("client_id"))
    application = find_application(client_id) if client_id else None
    if application is None or not _may_be_used(application, place):
        raise StsError(700016, client=form["client_id"], tenant=place.text)
    if not application.allows_public_client:
        raise StsError(7000218)
    return application


def _may_be_used(application: Application, place: Place) -> bool:
    if application.is_multi_tenant or place.tenant_id in {None, application.tenant_id}:
        return True
    return find_principal(place.tenant_id, application.client_id) is not None
