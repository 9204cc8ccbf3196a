"""`tidegate counters`: whether what is open in each tenant is what its counter says."""

import sys

import click

from tidegate.config.commands.operating import open_as_operator
from tidegate.config.upgrading import upgrade
from tidegate.incidents.counters.recounting import find_differences


def register(group: click.Group) -> None:
    """Add the commands of this file."""
    group.add_command(counters)


@click.group("counters")
def counters() -> None:
    """Verify the numbers of open incidents and alerts that are kept for each tenant."""


@counters.command("verify")
@click.option("--tid", default="", help="One tenant; without it, all.")
@click.option("--repair", is_flag=True, help="Set right what differs.")
def verify(tid: str, *, repair: bool) -> None:
    """Count everything anew and compare. Exit status 1 when a counter differs and was not repaired."""
    upgrade()
    tenant_id = open_as_operator(tid).tenant_id if tid else None
    differences = find_differences(tenant_id, repair=repair)
    for one in differences:
        click.echo(f"{one.tenant_id}  {one.column}  kept {one.kept}, counted {one.counted}")
    state = "repaired" if repair else "different"
    click.echo(f"{len(differences)} {state}" if differences else "All counters are right.")
    sys.exit(1 if differences and not repair else 0)
