"""`tidegate`: the operator's command."""

import os
import sys

import click
import django

from tidegate import __version__
from tidegate.config.environment import BadSetting
from tidegate.core.errors import TidegateError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tidegate")
def tidegate() -> None:
    """The gate through which a security provider enters each of its customers' tenants."""


def main() -> None:
    """Set Django up, then run the command that was asked for; errors are one clear line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate.config.settings")
    try:
        if sys.argv[1:2] == ["demo"]:
            _prepare_demo()
        django.setup()
        # Imported only now: the commands use models, which need Django to be set up.
        from tidegate.config.commands.registry import register_all  # noqa: PLC0415

        register_all(tidegate)
        tidegate()
    except (BadSetting, TidegateError) as error:
        click.echo(f"tidegate: {error}", err=True)
        sys.exit(2)


def _prepare_demo() -> None:
    # A demo differs from an installation only in these defaults; whoever sets them keeps them.
    os.environ["TIDEGATE_DEMO"] = "yes"
    os.environ.setdefault("TIDEGATE_TRIAL_TENANTS", "yes")
