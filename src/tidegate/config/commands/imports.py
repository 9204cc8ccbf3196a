"""`tidegate import`."""

import sys
from pathlib import Path

import click

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.config.commands.operating import open_as_operator
from tidegate.config.upgrading import upgrade
from tidegate.incidents.actions.imports import import_stream, start_import
from tidegate.incidents.models import ImportRun

FAULTS_SHOWN = 20


def register(group: click.Group) -> None:
    """Add the command of this file."""
    group.add_command(run_import)


@click.command("import")
@click.option("--tid", required=True, help="The tenant: its Directory ID or a verified domain.")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def run_import(tid: str, files: tuple[Path, ...]) -> None:
    """Take alerts and incidents from FILES into one tenant; the format is recognised.

    Exit status 1 when a record could not be read; the good ones are kept all the same.
    """
    upgrade()
    scope = open_as_operator(tid, Permission.ALERT_IMPORT)
    runs = [_import_file(scope, path) for path in files]
    if any(run.rejected for run in runs):
        sys.exit(1)


def _import_file(scope: Scope, path: Path) -> ImportRun:
    size = path.stat().st_size
    run = start_import(scope, file_name=path.name, size=size)
    with path.open("rb") as stream, click.progressbar(length=size, label=path.name, file=sys.stderr) as bar:
        import_stream(scope, run, stream, on_progress=lambda now: bar.update(now.bytes_read - bar.pos))
        bar.update(size - bar.pos)
    click.echo(
        f"{path.name}: {run.incidents_created} incidents new, {run.incidents_updated} changed, "
        f"{run.incidents_unchanged} as they were; {run.created} alerts new, {run.updated} changed, "
        f"{run.unchanged} as they were; could not be read: {run.rejected}."
    )
    for fault in run.faults[:FAULTS_SHOWN]:
        where = f"record {fault['record']}, line {fault['line']}, byte {fault['byte']}"
        click.echo(f"  {where}: {fault['reason']}", err=True)
    if run.rejected > FAULTS_SHOWN:
        click.echo(f"  and {run.rejected - FAULTS_SHOWN} more", err=True)
    return run
