"""Sign-ins in words, as a row of the page or of CSV."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tidegate.accounts.browsers import describe_browser
from tidegate.authorization.api_permissions import Resource
from tidegate.oauth.models import SignIn
from tidegate.web.api_words import RESOURCE_WORDS

GRANT_WORDS: Final = MappingProxyType[str, Promise](
    {
        SignIn.Grant.AUTHORIZE.value: _("Signed in at the page"),
        SignIn.Grant.AUTHORIZATION_CODE.value: _("Redeemed a code"),
        SignIn.Grant.REFRESH_TOKEN.value: _("Refreshed"),
        SignIn.Grant.CLIENT_CREDENTIALS.value: _("As itself"),
        SignIn.Grant.DEVICE_CODE.value: _("By device code"),
    }
)
# Entra's numbers that an administrator meets, in words that say what to do about them.
_RESULT_WORDS: Final = MappingProxyType[int, Promise](
    {
        50011: _("Redirect address is not registered"),
        50020: _("Not a user of this tenant"),
        50057: _("User is blocked or has ended"),
        50105: _("Not let into the application"),
        50173: _("Was revoked since"),
        50194: _("Application is for its own tenant only"),
        54005: _("Code was redeemed already"),
        65001: _("Nobody consented"),
        65004: _("The person declined"),
        70000: _("Grant is not valid"),
        70008: _("Code has ended"),
        70011: _("Scope is not valid"),
        700005: _("Code is of another tenant"),
        700016: _("Application is not let in"),
        700027: _("Signature is wrong"),
        700082: _("Refresh token has ended"),
        7000112: _("Application is disabled"),
        7000215: _("Secret is wrong"),
        7000218: _("Secret is missing"),
        7000222: _("Secret has ended"),
    }
)
CSV_HEAD: Final = (
    "first_at",
    "last_at",
    "count",
    "application",
    "application_id",
    "user",
    "user_id",
    "grant",
    "resource",
    "result",
    "ip_address",
    "user_agent",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A sign-in as people read it."""

    sign_in: SignIn
    how: str | Promise
    api: str
    browser: str
    level: str
    words: str
    number: str


def describe_row(one: SignIn) -> Row:
    """A sign-in in words; one that failed with Entra's number beside them."""
    known = one.resource in set(Resource)
    return Row(
        sign_in=one,
        how=GRANT_WORDS.get(one.grant, one.grant),
        api=RESOURCE_WORDS[Resource(one.resource)] if known else one.resource,
        browser=describe_browser(one.user_agent) if one.user_agent else "",
        level="ok" if one.is_success else "bad",
        words=_now("Token given") if one.is_success else str(_RESULT_WORDS.get(one.result, _("Refused"))),
        number="" if one.is_success else f"AADSTS{one.result}",
    )


def as_csv_row(one: SignIn) -> tuple[object, ...]:
    """The fields in the order of `CSV_HEAD`; times in ISO 8601, UTC."""
    return (
        one.first_at.isoformat(),
        one.last_at.isoformat(),
        one.count,
        one.client_name,
        one.client_id,
        one.user_name,
        one.user_id,
        one.grant,
        one.resource,
        one.result,
        one.ip_address,
        one.user_agent,
    )
