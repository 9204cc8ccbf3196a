"""`tidegate audit`: whether the record is whole."""

import sys
import uuid
from pathlib import Path

import click

from tidegate.audit.models import ChainHead
from tidegate.audit.verify import chain_ids, verify_chain
from tidegate.config.commands.operating import open_as_operator
from tidegate.config.upgrading import upgrade

type Anchors = dict[uuid.UUID, dict[int, str]]


def register(group: click.Group) -> None:
    """Add the commands of this file."""
    group.add_command(audit)


@click.group("audit")
def audit() -> None:
    """Verify the audit logs, and keep anchors of them elsewhere."""


@audit.command("verify")
@click.option("--tid", default="", help="One tenant; without it, every chain.")
@click.option(
    "--anchors",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that `tidegate audit anchor` wrote.",
)
def verify(tid: str, anchors: Path | None) -> None:
    """Find any edited, removed or reordered event. Exit status 1 when there is one."""
    upgrade()
    kept = _read_anchors(anchors) if anchors else {}
    ids = [open_as_operator(tid).tenant_id] if tid else sorted({*chain_ids(), *kept})
    broken = False
    for tenant_id in ids:
        verdict = verify_chain(tenant_id, anchors=kept.get(tenant_id))
        state = "intact" if not verdict.faults else f"{len(verdict.faults)} faults"
        click.echo(f"{tenant_id}  {verdict.events} events  {state}")
        for fault in verdict.faults:
            click.echo(f"  event {fault.sequence}: {fault.what}")
        broken = broken or bool(verdict.faults)
    sys.exit(1 if broken else 0)


@audit.command("anchor")
def anchor() -> None:
    """Print the last event of every chain. Keep it where the database's keeper cannot reach."""
    upgrade()
    for head in ChainHead.objects.order_by("tenant_id"):
        click.echo(f"{head.tenant_id} {head.sequence} {head.hash}")


def _read_anchors(path: Path) -> Anchors:
    anchors: Anchors = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        try:
            tenant_id, sequence, digest = line.split()
            anchors.setdefault(uuid.UUID(tenant_id), {})[int(sequence)] = digest
        except ValueError:
            raise click.BadParameter(f"line {number} is not an anchor", param_hint="--anchors") from None
    return anchors
