"""`tidegate demo`."""

import shutil
from datetime import UTC, datetime

import click
from django.conf import settings
from django.db import transaction

from tidegate.accounts.models import Account
from tidegate.config.serving import serve
from tidegate.config.upgrading import upgrade
from tidegate.core.errors import Conflict
from tidegate.demo.handout import describe_world, write_handout
from tidegate.demo.seed import seed_world
from tidegate.demo.world import make_world
from tidegate.directory.models import Tenant


def register(group: click.Group) -> None:
    """Add the commands of this file."""
    group.add_command(run_demo)


@click.command("demo")
@click.option("--seed-only", is_flag=True, help="Make the world and stop; do not serve it.")
def run_demo(*, seed_only: bool) -> None:
    """Make the demo world, if it is not there yet, and serve it."""
    upgrade()
    world = make_world(datetime.now(UTC))
    if not Tenant.objects.filter(id=world.tenants[0].tenant_id).exists():
        if Account.objects.exists():
            raise Conflict(
                "This database holds something else already; give the demo a TIDEGATE_HOME of its own."
            )
        click.echo("Making the demo world ...")
        # A start that is broken off leaves no half of a world; and the disk is waited for once.
        with transaction.atomic():
            seed_world(world)
    write_handout(world, settings.BASE_URL, settings.TIDEGATE_HOME / "demo.json")
    click.echo(describe_world(world, settings.BASE_URL))
    shutil.rmtree(settings.TIDEGATE_HOME / "uploads", ignore_errors=True)
    if not seed_only:
        told = settings.ENVIRONMENT
        serve(told.host, told.port, tls=told.tls)
