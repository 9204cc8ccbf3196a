"""`tidegate application`: programs, what they prove themselves with, and who lets them in."""

import uuid
from datetime import datetime
from typing import Any

import click
from django.db import transaction

from tidegate.authorization.api_permissions import ApiPermission
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.config.commands.consents import grant_until
from tidegate.config.commands.operating import open_as_operator
from tidegate.config.commands.parameters import Moment, PermissionOfApi, print_json
from tidegate.config.upgrading import upgrade
from tidegate.core.errors import NotFound
from tidegate.directory.actions.applications import (
    Redirect,
    Registration,
    register_application,
    remove_application,
)
from tidegate.directory.actions.credentials import add_secret
from tidegate.directory.applications import list_applications
from tidegate.directory.models import Application
from tidegate.manifest.api_permissions import write_name, write_permission

_MANAGING = (Permission.APPLICATION_READ, Permission.APPLICATION_MANAGE)


def register(group: click.Group) -> None:
    """Add the commands of this file."""
    group.add_command(application)


@click.group("application")
def application() -> None:
    """Register, list and remove applications; give them secrets."""


@application.command("create")
@click.option("--tid", required=True, help="Its tenant: Directory ID or a verified domain.")
@click.option("--name", required=True, help="What it is called.")
@click.option("--client-id", type=click.UUID, default=None, help="Its id; one is made without it.")
@click.option("--multi-tenant", is_flag=True, help="Other tenants may let it in.")
@click.option("--redirect", "redirects", multiple=True, help="An address to which codes may be sent.")
@click.option("--public-client", is_flag=True, help="It may use device codes, and codes without a secret.")
@click.option(
    "--permission",
    "permissions",
    multiple=True,
    type=PermissionOfApi(),
    help="What it needs, such as graph/SecurityAlert.Read.All.",
)
@click.option("--secret/--no-secret", default=True, help="Make a secret for it, shown once.")
@click.option("--consent-in", "tids", multiple=True, help="A tenant that lets it in for what it needs.")
@click.option("--until", type=Moment(), default=None, help="When secret and consent end; in a year.")
@click.option("--json", "as_json", is_flag=True, help="Say it to a program.")
def create(
    *,
    tid: str,
    client_id: uuid.UUID | None,
    secret: bool,
    tids: tuple[str, ...],
    until: datetime | None,
    as_json: bool,
    **registered: Any,
) -> None:
    """Register an application, and let it into tenants: all of it, or nothing."""
    upgrade()
    registration = _read(**registered)
    with transaction.atomic():
        scope = open_as_operator(tid, *_MANAGING)
        made = register_application(scope, registration, client_id=client_id)
        told: dict[str, Any] = {"tenant_id": str(scope.tenant_id), "client_id": str(made.client_id)}
        if secret:
            told["client_secret"] = add_secret(scope, made.id, ends_at=until).text
        told["permissions"] = sorted(map(write_permission, registration.required))
        told["consented_in"] = [_consent(one, made, registration, until) for one in tids]
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        click.echo(f"{name}: {' '.join(value) if isinstance(value, list) else value}")


@application.command("list")
@click.option("--tid", required=True, help="The tenant: its Directory ID or a verified domain.")
@click.option("--json", "as_json", is_flag=True, help="Say it to a program.")
def list_all(*, tid: str, as_json: bool) -> None:
    """The applications registered in a tenant: client id, name, what each needs."""
    upgrade()
    rows = [_describe(one) for one in list_applications(open_as_operator(tid, Permission.APPLICATION_READ))]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['client_id']}  {row['display_name']}")


@application.command("add-secret")
@click.option("--tid", required=True, help="Its tenant: Directory ID or a verified domain.")
@click.option("--name", default="", help="What the secret is called.")
@click.option("--until", type=Moment(), default=None, help="When it ends; in a year.")
@click.option("--json", "as_json", is_flag=True, help="Say it to a program.")
@click.argument("client_id", type=click.UUID)
def add_a_secret(*, tid: str, client_id: uuid.UUID, name: str, until: datetime | None, as_json: bool) -> None:
    """Make one more secret for an application, shown once; those it has stay good."""
    upgrade()
    scope = open_as_operator(tid, *_MANAGING)
    found = _find(scope, client_id)
    made = add_secret(scope, found.id, display_name=name, ends_at=until)
    told = {"client_id": str(client_id), "client_secret": made.text}
    if as_json:
        print_json(told)
    else:
        click.echo(f"{found.display_name} has the secret {made.text}")


@application.command("remove")
@click.option("--tid", required=True, help="Its tenant: Directory ID or a verified domain.")
@click.argument("client_id", type=click.UUID)
def remove(*, tid: str, client_id: uuid.UUID) -> None:
    """Take an application away, everywhere and for good."""
    upgrade()
    scope = open_as_operator(tid, *_MANAGING)
    found = _find(scope, client_id)
    remove_application(scope, found.id)
    click.echo(f"{found.display_name} is removed.")


def _read(
    *,
    name: str,
    multi_tenant: bool,
    redirects: tuple[str, ...],
    public_client: bool,
    permissions: tuple[ApiPermission, ...],
) -> Registration:
    audiences = Application.Audience
    return Registration(
        display_name=name,
        sign_in_audience=audiences.MULTI_TENANT if multi_tenant else audiences.SINGLE_TENANT,
        redirects=[Redirect(uri) for uri in redirects],
        allows_public_client=public_client,
        required=permissions,
    )


def _consent(tid: str, made: Application, registration: Registration, until: datetime | None) -> str:
    scope = open_as_operator(tid, Permission.APPLICATION_READ, Permission.CONSENT_GRANT)
    grant_until(scope, made.client_id, list(registration.required), until)
    return str(scope.tenant_id)


def _find(scope: Scope, client_id: uuid.UUID) -> Application:
    found = list_applications(scope).filter(client_id=client_id).first()
    if found is None:
        message = f"There is no application {client_id} in {scope.entry.tenant_name}."
        raise NotFound(message)
    return found


def _describe(one: Application) -> dict[str, Any]:
    return {
        "tenant_id": str(one.tenant_id),
        "client_id": str(one.client_id),
        "display_name": one.display_name,
        "multi_tenant": one.is_multi_tenant,
        "permissions": sorted(write_name(**row) for row in one.required_permissions),
    }
