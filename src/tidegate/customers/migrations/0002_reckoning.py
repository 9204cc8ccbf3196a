"""What was agreed is reckoned with anew after each change, and warned of."""

from typing import Any

import django.db.models.deletion
import django.db.models.manager
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import tidegate.core.ids


def reckon_all(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The clocks of all that was agreed so far are still to be set, by the job that does so after a change."""
    change: Any = apps.get_model("customers", "LevelChange")
    assignments: Any = apps.get_model("customers", "ServiceLevelAssignment").rows.all()
    rows = (
        change(tenant_id=one.tenant_id, about_tenant_id=one.about_tenant_id, changed_at=one.assigned_at)
        for one in assignments.iterator()
    )
    change.rows.bulk_create(rows, ignore_conflicts=True, batch_size=500)


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [
        ("customers", "0001_initial"),
        ("directory", "0006_stops_by_domain"),
    ]

    operations = [
        migrations.CreateModel(
            name="LevelChange",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField(default=tidegate.core.ids.uuid7)),
                ("changed_at", models.DateTimeField()),
                (
                    "about_tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="directory.tenant",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="directory.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "rows",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name="servicelevel",
            name="warn_percent",
            field=models.PositiveSmallIntegerField(default=75),
        ),
        migrations.AddIndex(
            model_name="servicelevelassignment",
            index=models.Index(fields=["about_tenant"], name="service_level_about"),
        ),
        migrations.AddIndex(
            model_name="levelchange",
            index=models.Index(fields=["changed_at"], name="level_change_oldest"),
        ),
        migrations.AddConstraint(
            model_name="levelchange",
            constraint=models.UniqueConstraint(fields=("tenant", "about_tenant"), name="level_change_once"),
        ),
        migrations.RunPython(reckon_all, migrations.RunPython.noop),
    ]
