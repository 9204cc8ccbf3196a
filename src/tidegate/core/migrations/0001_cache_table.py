"""The table of the shared cache, made here so that one command upgrades everything."""

from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from tidegate.core.whole import AlwaysRun


def create_cache_table(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the table that settings.CACHES names, if it is not there."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    """First of the room."""

    dependencies = []
    operations = [AlwaysRun(create_cache_table, migrations.RunPython.noop)]
