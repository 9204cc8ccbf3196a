"""Changes have instants of their own; when somebody worked on a row is told apart from when it changed."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def note_work(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What changed after its source last told of it was changed here."""
    for name in ("Alert", "Incident"):
        rows = apps.get_model("incidents", name).rows
        rows.filter(last_update_at__gt=F("source_updated_at")).update(worked_at=F("last_update_at"))


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("directory", "0004_applications"), ("incidents", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ChangeClock",
            fields=[
                ("tenant_id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField("alert", "worked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("incident", "worked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            "alert", models.Index(fields=["tenant", "last_update_at", "id"], name="alert_updated")
        ),
        migrations.AddIndex(
            "incident", models.Index(fields=["tenant", "last_update_at", "id"], name="incident_updated")
        ),
        migrations.RunPython(note_work, migrations.RunPython.noop),
    ]
