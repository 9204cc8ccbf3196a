"""What commands take beside plain words: instants, permissions of APIs."""

import json
from datetime import datetime
from typing import Any

import click

from tidegate.authorization.api_permissions import ApiPermission
from tidegate.core.errors import InvalidInput
from tidegate.manifest.api_permissions import read_permission
from tidegate.manifest.times import read_moment


class Moment(click.ParamType[datetime]):
    """A day or an instant."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it."""
        try:
            return value if isinstance(value, datetime) else read_moment(str(value))
        except InvalidInput as error:
            self.fail(next(iter(error.fields.values())), param, ctx)


class PermissionOfApi(click.ParamType[ApiPermission]):
    """A permission of an API, such as graph/SecurityAlert.Read.All."""

    name = "permission"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ApiPermission:
        """Read it."""
        try:
            return value if isinstance(value, ApiPermission) else read_permission(str(value))
        except InvalidInput as error:
            self.fail(error.message, param, ctx)


def print_json(value: object) -> None:
    """Print for a program."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
