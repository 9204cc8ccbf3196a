"""Programs that tests act as: an application of the provider, let into the customer, and its tokens."""

from collections.abc import Collection
from dataclasses import dataclass

from tests.cast import Cast
from tidegate.authorization.api_permissions import (
    ApiPermission,
    GrantKind,
    Resource,
    find_api_permission,
)
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import OPERATOR, Entry, Scope
from tidegate.directory.actions.applications import Registration, register_application
from tidegate.directory.actions.consents import grant_consent
from tidegate.directory.applications import find_principal
from tidegate.directory.models import Application, Tenant, User
from tidegate.oauth.tokens import Audience, Issue, Proof, Version, make_access_token

ORIGIN = "http://testserver"


@dataclass(frozen=True)
class Program:
    """An application, and how to speak as it."""

    application: Application

    def token(self, tenant: Tenant, resource: Resource | None, *values: str, user: User | None = None) -> str:
        """An access token of this tenant with these roles, or scopes where it acts for a user."""
        principal = find_principal(tenant.id, self.application.client_id)
        assert principal is not None
        audience = Audience("https://audience.example", resource)
        issue = Issue(ORIGIN, Version.V2, audience, principal, user, values, Proof.SECRET)
        return make_access_token(issue)

    def header(
        self, tenant: Tenant, resource: Resource | None, *values: str, user: User | None = None
    ) -> dict[str, str]:
        """The header that carries it, as Django's test client takes it (`headers=`)."""
        return {"Authorization": f"Bearer {self.token(tenant, resource, *values, user=user)}"}


def make_program(cast: Cast, home: Tenant | None = None, *, multi_tenant: bool = True) -> Program:
    """An application of the provider (or another tenant), let in at home with nothing granted yet."""
    audience = Application.Audience.MULTI_TENANT if multi_tenant else Application.Audience.SINGLE_TENANT
    registration = Registration(display_name="Harbour SIEM", sign_in_audience=audience)
    scope = operator_of(home or cast.provider, Permission.APPLICATION_MANAGE)
    return Program(register_application(scope, registration))


def let_in(program: Program, tenant: Tenant, *permissions: ApiPermission) -> None:
    """The tenant consents to these permissions."""
    grant_consent(operator_of(tenant, Permission.CONSENT_GRANT), program.application.client_id, permissions)


def app_permissions(resource: Resource, *values: str) -> Collection[ApiPermission]:
    """The application permissions of these names."""
    return _find(resource, GrantKind.APPLICATION, values)


def delegated_permissions(resource: Resource, *values: str) -> Collection[ApiPermission]:
    """The delegated permissions of these names."""
    return _find(resource, GrantKind.DELEGATED, values)


def operator_of(tenant: Tenant, *permissions: Permission) -> Scope:
    """The operator in a tenant, with these permissions and those to look things up."""
    held = frozenset({*permissions, Permission.APPLICATION_READ})
    return Scope(OPERATOR, Entry(tenant.id, tenant.display_name, None, None, held))


def _find(resource: Resource, kind: GrantKind, values: Collection[str]) -> list[ApiPermission]:
    found = [find_api_permission(resource, kind, value) for value in values]
    return [each for each in found if each is not None]
