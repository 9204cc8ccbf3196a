"""All commands. Imported once Django is set up: they use models."""

from importlib import import_module
from types import MappingProxyType
from typing import Final

import click

# The module of each command: to start one, the others and what they use need not be read.
MODULES: Final = MappingProxyType(
    {
        "application": "applications",
        "apply": "manifests",
        "audit": "audit",
        "consent": "consents",
        "counters": "counters",
        "demo": "demo",
        "export": "manifests",
        "import": "imports",
        "serve": "running",
        "tenant": "tenants",
        "upgrade": "running",
        "user": "users",
        "worker": "running",
    }
)


def register(group: click.Group, name: str = "") -> None:
    """Add the command of this name and those of its module; for any other word, every command."""
    for module in sorted({MODULES[name]} if name in MODULES else set(MODULES.values())):
        import_module(f"tidegate.config.commands.{module}").register(group)
