"""`tidegate apply` and `export`: configuration as code."""

from typing import TextIO

import click

from tidegate.config.commands.operating import open_as_operator
from tidegate.config.commands.parameters import print_json
from tidegate.config.upgrading import upgrade
from tidegate.directory.models import Tenant
from tidegate.directory.queries import get_tenant
from tidegate.manifest.applying import apply
from tidegate.manifest.desk import Run
from tidegate.manifest.exporting import export, write_json, write_yaml
from tidegate.manifest.forms.document import Document
from tidegate.manifest.outcome import describe_outcome, say_made
from tidegate.manifest.reading import read_document
from tidegate.manifest.schema import write_schema


def register(group: click.Group) -> None:
    """Add the commands of this file."""
    group.add_command(run_apply)
    group.add_command(run_export)


@click.command("apply")
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Say it to a program.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of FILE and stop.")
def run_apply(*, file: TextIO | None, dry_run: bool, as_json: bool, schema: bool) -> None:
    """Make everything as FILE (YAML or JSON; - for standard input) describes it, or change nothing.

    What FILE does not name is left alone. Passwords and secrets that were made are shown once.
    """
    if schema:
        click.echo(write_schema(), nl=False)
        return
    if file is None:
        raise click.UsageError("Say which FILE.")
    upgrade()
    document = read_document(file.read())
    run = apply(document, dry_run=dry_run)
    if dry_run:
        _tell_dry(run, as_json=as_json)
    else:
        _tell(document, run, as_json=as_json)


@click.command("export")
@click.option("--tid", "tids", multiple=True, help="A tenant: its Directory ID or a verified domain.")
@click.option("--json", "as_json", is_flag=True, help="As JSON; without it, YAML.")
def run_export(*, tids: tuple[str, ...], as_json: bool) -> None:
    """Write tenants, all of them where none is named, in the form that `apply` takes; without secrets."""
    upgrade()
    tenants = [get_tenant(open_as_operator(tid)) for tid in tids]
    document = export(tenants or Tenant.objects.order_by("display_name", "id"))
    click.echo(write_json(document) if as_json else write_yaml(document), nl=False)


def _tell_dry(run: Run, *, as_json: bool) -> None:
    if as_json:
        print_json({"dry_run": True, "changes": run.changes})
        return
    _tell_changes(run)
    click.echo("Nothing was written.", err=True)


def _tell(document: Document, run: Run, *, as_json: bool) -> None:
    if as_json:
        print_json({"dry_run": False, **describe_outcome(document, run)})
        return
    _tell_changes(run)
    for made in run.made:
        click.echo(say_made(made))


def _tell_changes(run: Run) -> None:
    for words in run.changes:
        click.echo(words)
    if not run.changes:
        click.echo("Everything is so already: nothing to change.")
