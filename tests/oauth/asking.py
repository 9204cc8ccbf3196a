"""Speaking to the authorization server as programs and browsers do."""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.test import Client
from joserfc import jws

from tests.applications import Program, let_in, make_program, operator_of
from tests.cast import Cast
from tidegate.accounts.models import Account
from tidegate.authorization.permissions import Permission
from tidegate.directory.actions.applications import Redirect, Registration, update_application
from tidegate.directory.actions.credentials import add_secret
from tidegate.directory.models import Application, Tenant

GRAPH: Final = "https://graph.microsoft.com"
FORM: Final = "application/x-www-form-urlencoded"
CALLBACK: Final = "https://siem.example/callback"
VERIFIER: Final = "v" * 43


def give_secret(program: Program, **options: Any) -> str:
    """A secret of the application, made by the operator of its home."""
    application = program.application
    scope = operator_of(Tenant.objects.get(id=application.tenant_id), *Permission)
    return add_secret(scope, application.id, **options).text


def register(program: Program, *redirects: Redirect, **changes: Any) -> None:
    """Give an application redirect addresses, and whatever else differs."""
    application = program.application
    scope = operator_of(Tenant.objects.get(id=application.tenant_id), *Permission)
    registration = Registration(
        **{
            "display_name": application.display_name,
            "sign_in_audience": application.sign_in_audience,
            "redirects": redirects or (Redirect(CALLBACK),),
            **changes,
        }
    )
    update_application(scope, application.id, registration)
    application.refresh_from_db()


def post(client: Client, path: str, headers: dict[str, str] | None = None, /, **values: str) -> Any:
    """Post a form as a program does."""
    return client.post(path, urlencode(values), content_type=FORM, headers=headers or {})


def token_path(tenant: Tenant | str, version: str = "2.0") -> str:
    """The address of a tenant's token endpoint."""
    return _path(tenant, "token", version)


def ask_for_itself(
    client: Client, program: Program, tenant: Tenant | str, secret: str, **changes: str
) -> Any:
    """Client credentials, as Microsoft's page writes them. An empty change leaves a parameter out."""
    values = {
        "grant_type": "client_credentials",
        "client_id": str(program.application.client_id),
        "client_secret": secret,
        "scope": f"{GRAPH}/.default",
        **changes,
    }
    return post(client, token_path(tenant), **{name: value for name, value in values.items() if value})


@dataclass(frozen=True)
class Flow:
    """One application with a secret, and a person's browser; what they ask is of one tenant."""

    program: Program
    secret: str
    tenant: Tenant
    browser: Client

    @property
    def client_id(self) -> str:
        return str(self.program.application.client_id)

    def authorize(self, version: str = "2.0", place: str = "", **changes: str) -> Any:
        """Open the address that the application sends its person to."""
        values = {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid profile offline_access User.Read",
            "state": "the state",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            **changes,
        }
        kept = {name: value for name, value in values.items() if value}
        return self.browser.get(f"{_path(place or self.tenant, 'authorize', version)}?{urlencode(kept)}")

    def get_code(self, **changes: str) -> str:
        """The code that the browser brings back."""
        return answer_of(self.authorize(**changes))["code"]

    def redeem(self, code: str, version: str = "2.0", place: Tenant | str = "", **changes: str) -> Any:
        """Redeem a code."""
        values = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            **changes,
        }
        return self.ask(version, place, **values)

    def refresh(self, token: str, version: str = "2.0", place: Tenant | str = "", **changes: str) -> Any:
        """Use a refresh token."""
        return self.ask(version, place, grant_type="refresh_token", refresh_token=token, **changes)

    def ask(self, version: str = "2.0", place: Tenant | str = "", **values: str) -> Any:
        """Ask the token endpoint as the application, with its secret unless that is changed."""
        values = {"client_id": self.client_id, "client_secret": self.secret, **values}
        kept = {name: value for name, value in values.items() if value}
        return post(Client(), token_path(place or self.tenant, version), **kept)


def make_flow(cast: Cast, person: str = "member", tenant: Tenant | None = None, **changes: Any) -> Flow:
    """A provider's application that the customer let in, and one of the cast, signed in."""
    program = make_program(cast)
    register(program, *changes.pop("redirects", ()), **changes)
    place = tenant or cast.customer
    let_in(program, place)
    return Flow(program, give_secret(program), place, sign_in(cast.accounts[person]))


def sign_in(account: Account) -> Client:
    """A browser with a session of this account."""
    browser = Client()
    browser.force_login(Account.objects.get(id=account.id))
    return browser


def answer_of(response: Any) -> dict[str, str]:
    """What a redirect takes back to the application."""
    assert response.status_code == 302, response.content
    address = urlsplit(response.headers["Location"])
    return dict(parse_qsl(address.query or address.fragment))


def challenge_of(verifier: str) -> str:
    """RFC 7636, section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def claims_of(token: str) -> dict[str, Any]:
    """What a token says; its signature is another test's matter."""
    payload: dict[str, Any] = json.loads(jws.extract_compact(token.encode()).payload)
    return payload


def code_of(response: Any) -> int:
    """The number of Entra's error in an answer."""
    codes: list[int] = response.json()["error_codes"]
    return codes[0]


def disable_everywhere(program: Program) -> None:
    """Switch an application off, at home."""
    Application.objects.of_tenant(program.application.tenant_id).filter(id=program.application.id).update(
        disabled_at=program.application.created_at
    )


def _path(tenant: Tenant | str, what: str, version: str) -> str:
    place = tenant if isinstance(tenant, str) else str(tenant.id)
    return f"/{place}/oauth2/v2.0/{what}" if version == "2.0" else f"/{place}/oauth2/{what}"
