"""`tidegate consent`: a tenant lets an application in, or no more."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import click

from tidegate.authorization.api_permissions import ApiPermission
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.config.commands.operating import open_as_operator
from tidegate.config.commands.parameters import Moment, PermissionOfApi
from tidegate.config.upgrading import upgrade
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.directory.actions.consents import (
    Term,
    grant_consent,
    permissions_of,
    withdraw_consent,
)
from tidegate.directory.actions.service_principals import remove_principal
from tidegate.directory.applications import grants_in_force, list_principals
from tidegate.directory.models import ServicePrincipal
from tidegate.manifest.api_permissions import say_permissions


def register(group: click.Group) -> None:
    """Add the commands of this file."""
    group.add_command(consent)


@click.group("consent")
def consent() -> None:
    """Let applications into a tenant, and take that back."""


@consent.command("grant")
@click.option("--tid", required=True, help="The tenant: its Directory ID or a verified domain.")
@click.option(
    "--permission",
    "permissions",
    multiple=True,
    required=True,
    type=PermissionOfApi(),
    help="What it may do, such as graph/SecurityAlert.Read.All.",
)
@click.option("--until", type=Moment(), default=None, help="When it ends; in a year.")
@click.argument("client_id", type=click.UUID)
def grant(
    *, tid: str, client_id: uuid.UUID, permissions: tuple[ApiPermission, ...], until: datetime | None
) -> None:
    """Let an application do these things, beside those it may do already."""
    upgrade()
    scope = open_as_operator(tid, Permission.APPLICATION_READ, Permission.CONSENT_GRANT)
    principal = grant_until(scope, client_id, permissions, until)
    where, what = scope.entry.tenant_name, say_permissions(permissions)
    click.echo(f"{principal.display_name} is let into {where} for {what}.")


@consent.command("withdraw")
@click.option("--tid", required=True, help="The tenant: its Directory ID or a verified domain.")
@click.option(
    "--permission",
    "permissions",
    multiple=True,
    type=PermissionOfApi(),
    help="What it may do no more; without it, the application is let in no more.",
)
@click.argument("client_id", type=click.UUID)
def withdraw(*, tid: str, client_id: uuid.UUID, permissions: tuple[ApiPermission, ...]) -> None:
    """Take back what an application may do, from its next request on."""
    upgrade()
    scope = open_as_operator(tid, Permission.APPLICATION_READ, Permission.CONSENT_GRANT)
    principal = _find(scope, client_id)
    if not permissions:
        remove_principal(scope, principal.id)
        click.echo(f"{principal.display_name} is let into {scope.entry.tenant_name} no more.")
        return
    withdraw_consent(scope, principal.id, _held(principal, permissions))
    click.echo(f"{principal.display_name} lost {say_permissions(permissions)} in {scope.entry.tenant_name}.")


def grant_until(
    scope: Scope, client_id: uuid.UUID, permissions: Sequence[ApiPermission], until: datetime | None
) -> ServicePrincipal:
    """Consent for everybody of a tenant, until an instant or for the usual year."""
    return grant_consent(scope, client_id, permissions, term=Term(until) if until else None)


def _find(scope: Scope, client_id: uuid.UUID) -> ServicePrincipal:
    found = list_principals(scope).filter(client_id=client_id).first()
    if found is None:
        message = f"{scope.entry.tenant_name} lets no application {client_id} in."
        raise NotFound(message)
    return found


def _held(principal: ServicePrincipal, permissions: Sequence[ApiPermission]) -> list[uuid.UUID]:
    """The ids of what was granted for everybody. Raises NotFound for what was not."""
    grants = grants_in_force(principal, clock.now()).filter(user_id__isnull=True)
    held = {one: grant.id for grant in grants for one in permissions_of([grant])}
    missing = [one for one in permissions if one not in held]
    if missing:
        message = f"{principal.display_name} was not granted {say_permissions(missing)}."
        raise NotFound(message)
    return [held[one] for one in permissions]
