"""The programs of the made-up world are registered, and let in by the tenants' own administrators."""

from collections.abc import Mapping

from tidegate.accounts.models import Account
from tidegate.authorization.api_permissions import ApiPermission, GrantKind, find_api_permission
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.demo.opening import open_as_administrator
from tidegate.demo.specs import ApplicationSpec, ConsentSpec, World
from tidegate.directory.actions.applications import Registration, register_application
from tidegate.directory.actions.consents import Term, grant_consent, usual_term
from tidegate.directory.actions.credentials import add_secret
from tidegate.directory.actions.service_principals import remove_principal
from tidegate.directory.models import Application


def seed_applications(world: World, people: Mapping[str, Account]) -> None:
    """Write all of it, each at its own moment."""
    for spec in world.applications:
        with clock.standing_at(spec.registered_at):
            _register(open_as_administrator(world, world.tenant(spec.home_slug), people), spec)
        for consent in spec.consents:
            _let_in(world, people, spec, consent)


def permissions_of(spec: ApplicationSpec) -> list[ApiPermission]:
    """What an application asks for."""
    found = (find_api_permission(api, GrantKind.APPLICATION, value) for api, value in spec.permissions)
    return [permission for permission in found if permission is not None]


def _register(scope: Scope, spec: ApplicationSpec) -> None:
    audiences = Application.Audience
    registration = Registration(
        display_name=spec.display_name,
        description=spec.description,
        sign_in_audience=audiences.MULTI_TENANT if spec.is_multi_tenant else audiences.SINGLE_TENANT,
        required=permissions_of(spec),
    )
    made = register_application(scope, registration, client_id=spec.client_id)
    add_secret(scope, made.id, display_name="Connector", text=spec.client_secret)


def _let_in(world: World, people: Mapping[str, Account], spec: ApplicationSpec, consent: ConsentSpec) -> None:
    tenant = world.tenant(consent.tenant_slug)
    with clock.standing_at(consent.starts_at):
        scope = open_as_administrator(world, tenant, people)
        # Of one that was withdrawn nobody knew the end: it had the usual one.
        term = usual_term() if consent.is_withdrawn else Term(consent.ends_at, consent.reason)
        principal = grant_consent(scope, spec.client_id, permissions_of(spec), term=term)
    if consent.is_withdrawn and consent.ends_at is not None:
        with clock.standing_at(consent.ends_at):
            remove_principal(open_as_administrator(world, tenant, people), principal.id)
