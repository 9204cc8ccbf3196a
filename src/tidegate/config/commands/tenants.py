"""`tidegate tenant`: tenants and their first administrators."""

import secrets

import click
from django.conf import settings

from tidegate.accounts.actions import create_account, find_account
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import OPERATOR
from tidegate.config.commands.operating import open_as_operator
from tidegate.config.upgrading import upgrade
from tidegate.directory.actions.domains import add_domain, confirm_domain
from tidegate.directory.actions.tenants import create_tenant
from tidegate.directory.models import Tenant


def register(group: click.Group) -> None:
    """Add the commands of this file."""
    group.add_command(tenant)


@click.group("tenant")
def tenant() -> None:
    """Create and list tenants."""


@tenant.command("create")
@click.option("--name", required=True, help="The organization's name.")
@click.option("--admin-email", required=True, help="Its first administrator.")
@click.option("--admin-name", default="", help="The administrator's name.")
@click.option("--domain", default="", help="A domain of theirs, taken as verified on your word.")
def create(name: str, admin_email: str, admin_name: str, domain: str) -> None:
    """Create a tenant. A new administrator gets a first password, shown once."""
    upgrade()
    account, password = find_account(admin_email), ""
    if account is None:
        password = secrets.token_urlsafe(18)
        account = create_account(admin_email, password, admin_name)
    made = create_tenant(OPERATOR, display_name=name, administrator=account, domain=domain)
    click.echo(f"{made.display_name}: {settings.BASE_URL}/?tid={made.id}")
    if password:
        click.echo(f"{account.email} signs in with the password {password} and should change it.")


@tenant.command("list")
def list_tenants() -> None:
    """Every tenant: Directory ID and name."""
    upgrade()
    for row in Tenant.objects.order_by("display_name"):
        click.echo(f"{row.id}  {row.display_name}")


@tenant.command("add-domain")
@click.option("--tid", required=True, help="The tenant: its Directory ID or a verified domain.")
@click.argument("name")
def add_verified_domain(tid: str, name: str) -> None:
    """Give a tenant a domain, taken as verified on your word."""
    upgrade()
    scope = open_as_operator(tid, Permission.DOMAIN_MANAGE)
    confirm_domain(scope, add_domain(scope, name))
    click.echo(f"{name} leads to {scope.entry.tenant_name} now.")
