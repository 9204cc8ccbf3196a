"""All commands. Imported once Django is set up: they use models."""

import click

from tidegate.config.commands import (
    applications,
    audit,
    consents,
    demo,
    imports,
    manifests,
    running,
    tenants,
    users,
)


def register_all(group: click.Group) -> None:
    """Add every command of the product."""
    for module in (applications, audit, consents, demo, imports, manifests, running, tenants, users):
        module.register(group)
