"""`tidegate user`: members of a tenant."""

import sys

import click
from django.db import transaction

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.config.commands.operating import open_as_operator
from tidegate.config.commands.parameters import print_json
from tidegate.config.upgrading import upgrade
from tidegate.directory.actions.groups import add_member
from tidegate.directory.actions.members import admit_member
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.models import User
from tidegate.directory.queries import list_groups, list_roles
from tidegate.manifest.accounts import find_or_create_account
from tidegate.manifest.desk import Run, get_named
from tidegate.manifest.forms.directory import UserForm

_PERMISSIONS = (
    Permission.USER_READ,
    Permission.USER_INVITE,
    Permission.GROUP_READ,
    Permission.GROUP_MANAGE,
    Permission.ROLE_READ,
    Permission.ROLE_ASSIGN,
)


def register(group: click.Group) -> None:
    """Add the commands of this file."""
    group.add_command(user)


@click.group("user")
def user() -> None:
    """Create members of tenants."""


@user.command("create")
@click.option("--tid", required=True, help="The tenant: its Directory ID or a verified domain.")
@click.option("--email", required=True, help="Under a verified domain of the tenant.")
@click.option("--name", default="", help="The name of a new account.")
@click.option("--password-stdin", is_flag=True, help="Read a new account's password from standard input.")
@click.option("--role", "roles", multiple=True, help="A role to hold.")
@click.option("--group", "groups", multiple=True, help="A group to be in.")
@click.option("--json", "as_json", is_flag=True, help="Say it to a program.")
def create(
    *,
    tid: str,
    email: str,
    name: str,
    password_stdin: bool,
    roles: tuple[str, ...],
    groups: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make somebody a member, with an account if they have none; a password that is made is shown once."""
    upgrade()
    form, run = UserForm(email=email, display_name=name), Run()
    if password_stdin:
        form.password = sys.stdin.readline().rstrip("\r\n")
    with transaction.atomic():
        scope = open_as_operator(tid, *_PERMISSIONS)
        made = admit_member(scope, find_or_create_account(run, form))
        _give(scope, made, roles, groups)
    told = {"tenant_id": str(made.tenant_id), "id": str(made.id), "email": made.mail}
    if run.made:
        told["password"] = run.made[0].text
    if as_json:
        print_json(told)
        return
    click.echo(f"{made.mail} is a member of {scope.entry.tenant_name} now.")
    for one in run.made:
        click.echo(f"They sign in with the password {one.text} and should change it.")


def _give(scope: Scope, made: User, roles: tuple[str, ...], groups: tuple[str, ...]) -> None:
    for name in roles:
        assign_role(scope, get_named(list_roles(scope), "role", name).id, user_id=made.id)
    for name in groups:
        add_member(scope, get_named(list_groups(scope), "group", name).id, made.id)
