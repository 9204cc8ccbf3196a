"""`tidegate`: the operator's command."""

import os
import sys
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import click
import django

from tidegate import __version__
from tidegate.config.collecting import collect_seldom
from tidegate.config.environment import BadSetting
from tidegate.core.errors import TidegateError

_ADDRESS: Final = MappingProxyType(
    {
        "--host": "TIDEGATE_HOST",
        "--port": "TIDEGATE_PORT",
        "--tls-cert": "TIDEGATE_TLS_CERT",
        "--tls-key": "TIDEGATE_TLS_KEY",
    }
)


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
        if sys.argv[1:2] == ["serve"]:
            prepare_serving(sys.argv[2:])
        django.setup()
        # Imported only now: the commands use models, which need Django to be set up.
        from tidegate.config.commands.registry import register  # noqa: PLC0415

        register(tidegate, next(iter(sys.argv[1:]), ""))
        collect_seldom()
        tidegate()
    except (BadSetting, TidegateError) as error:
        click.echo(f"tidegate: {error}", err=True)
        sys.exit(2)


def prepare_serving(arguments: Sequence[str]) -> None:
    """Put what `serve` is told about its address into the environment.

    The settings come from there, the portal's address and what hangs on it too, in this process and in
    those that it starts. Whether the values make sense is seen when they are read.
    """
    for number, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if name in _ADDRESS:
            os.environ[_ADDRESS[name]] = value if equals else next(iter(arguments[number + 1 :]), "")


def _prepare_demo() -> None:
    # A demo differs from an installation only in these defaults; whoever sets them keeps them.
    os.environ["TIDEGATE_DEMO"] = "yes"
    os.environ.setdefault("TIDEGATE_TRIAL_TENANTS", "yes")
