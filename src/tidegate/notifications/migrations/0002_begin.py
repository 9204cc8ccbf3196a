"""Notifications begin with what happens from now on."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def begin(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Count all that the record holds as told."""
    heads = apps.get_model("audit", "ChainHead").objects.values_list("tenant_id", "sequence")
    positions = apps.get_model("audit", "ReaderPosition").objects
    model = positions.model
    rows = [
        model(tenant_id=tenant_id, reader="notifications", sequence=sequence) for tenant_id, sequence in heads
    ]
    positions.bulk_create(rows, batch_size=500, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
        ("audit", "0002_reader_positions"),
    ]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
