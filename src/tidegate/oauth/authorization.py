"""The authorization request (RFC 6749, 4.1.1; OpenID Connect Core 1.0, 3.1.2.1), read in two steps.

First where the answer goes: until that is known to be registered, errors are pages. Then all the rest, whose
errors are sent back to the application.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tidegate.core.ids import parse_uuid
from tidegate.directory.applications import find_application
from tidegate.directory.models import Application
from tidegate.oauth.errors import StsError
from tidegate.oauth.form import Form
from tidegate.oauth.places import Place
from tidegate.oauth.queries import find_principal
from tidegate.oauth.redirects import Redirect, find_redirect
from tidegate.oauth.scopes import Asked, read_asked
from tidegate.oauth.tokens import Version

MODES: Final = ("query", "fragment", "form_post")
PROMPTS: Final = frozenset({"none", "login", "consent", "select_account", "admin_consent", "create"})
LONGEST_STATE: Final = 4096
LONGEST_NONCE: Final = 512
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Destination:
    """Which application asks in which tenant, and where the answer goes, how."""

    place: Place
    version: Version
    application: Application
    redirect: Redirect
    mode: str
    state: str

    @property
    def client_id(self) -> uuid.UUID:
        """The application's id on the wire."""
        return self.application.client_id


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """Everything else that the application says."""

    destination: Destination
    asked: Asked
    prompts: frozenset[str] = frozenset()
    nonce: str = ""
    login_hint: str = ""
    max_age: int | None = None
    code_challenge: str = ""
    code_challenge_method: str = ""

    @property
    def is_silent(self) -> bool:
        """Whether nothing may be shown."""
        return "none" in self.prompts


def read_form(parameters: Mapping[str, list[str]]) -> Form:
    """The query's parameters, each there at most once. Raises StsError."""
    for name, values in parameters.items():
        if len(values) > 1:
            raise StsError(9000411, name=name)
    return Form({name.strip(): values[-1].strip() for name, values in parameters.items() if values[-1]})


def read_application(form: Form, place: Place) -> Application:
    """Which application asks. Raises StsError, the same for one that is absent or not for this tenant."""
    client_id = parse_uuid(form.require("client_id"))
    application = find_application(client_id) if client_id else None
    if application is None or not _may_be_used(application, place):
        raise StsError(700016, client=form["client_id"], tenant=place.text)
    if place.tenant_id is None and not application.is_multi_tenant:
        raise StsError(50194, client=application.client_id)
    if application.disabled_at is not None:
        raise StsError(7000112, client=application.client_id)
    return application


def read_destination(form: Form, place: Place, version: Version) -> Destination:
    """Which application, and where the answer goes. Raises StsError, to be shown and never sent."""
    application = read_application(form, place)
    redirect = find_redirect(application, form.get("redirect_uri", ""))
    mode = form.get("response_mode", "query")
    state = form.get("state", "")
    if mode not in MODES or len(state) > LONGEST_STATE:
        raise StsError(9002313, reason=f"response_mode must be one of {', '.join(MODES)}, and state short.")
    return Destination(place, version, application, redirect, mode, state)


def read_request(form: Form, destination: Destination, origin: str) -> AuthorizationRequest:
    """The rest of the request. Raises StsError, to be sent back."""
    response_type = form.require("response_type")
    if response_type != "code":
        raise StsError(700054, response_type=response_type)
    prompts = frozenset(form.get("prompt", "").split())
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise StsError(9002313, reason="prompt has a value that is not known, or none beside others.")
    if destination.version == Version.V2 and "scope" not in form and "resource" not in form:
        raise StsError(900144, name="scope")
    challenge, method = _read_challenge(form)
    nonce = form.get("nonce", "")
    if len(nonce) > LONGEST_NONCE:
        raise StsError(90015)
    return AuthorizationRequest(
        destination=destination,
        asked=read_asked(form, destination.version, origin),
        prompts=prompts,
        nonce=nonce,
        login_hint=form.get("login_hint", ""),
        max_age=_read_max_age(form),
        code_challenge=challenge,
        code_challenge_method=method,
    )


def _may_be_used(application: Application, place: Place) -> bool:
    """Whether somebody of this tenant could use it: it is theirs, or for all tenants, or let in already."""
    if place.tenant_id is None or application.is_multi_tenant or application.tenant_id == place.tenant_id:
        return True
    return find_principal(place.tenant_id, application.client_id) is not None


def _read_challenge(form: Form) -> tuple[str, str]:
    """RFC 7636, section 4.3; without a method it is `plain`."""
    challenge = form.get("code_challenge", "")
    method = form.get("code_challenge_method", "plain" if challenge else "")
    if (challenge and not _CHALLENGE.fullmatch(challenge)) or method not in {"", "plain", "S256"}:
        raise StsError(9002313, reason="code_challenge or code_challenge_method is not valid.")
    if method and not challenge:
        raise StsError(900144, name="code_challenge")
    return challenge, method


def _read_max_age(form: Form) -> int | None:
    text = form.get("max_age", "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise StsError(9002313, reason="max_age must be a number of seconds.")
    return int(text)
