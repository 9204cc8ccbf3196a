"""Clocks of incidents; those that wait for the customer have waited since they last changed."""

from typing import Any

import django.db.models.deletion
import django.db.models.manager
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import tidegate.core.ids


def fill_waits(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Of these there are few: an index over what is open finds them."""
    rows: Any = apps.get_model("incidents", "Incident").rows.filter(status="awaitingAction")
    for incident in rows.only("tenant_id", "id", "worked_at", "last_update_at").iterator():
        since = incident.worked_at or incident.last_update_at
        same = rows.filter(tenant_id=incident.tenant_id, id=incident.id)
        same.update(waits=[[since.isoformat(), None]])


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [
        ("directory", "0007_where_one_is_at_home"),
        ("incidents", "0014_correlation"),
    ]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="waits",
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name="IncidentClock",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField(default=tidegate.core.ids.uuid7)),
                ("incident_id", models.UUIDField()),
                (
                    "step",
                    models.CharField(
                        choices=[("acknowledge", "acknowledge"), ("resolve", "resolve")], max_length=11
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("warn_at", models.DateTimeField(blank=True, null=True)),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                ("is_open", models.BooleanField(default=True)),
                ("is_paused", models.BooleanField(default=False)),
                ("told", models.PositiveSmallIntegerField(default=0)),
                (
                    "home_tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="directory.tenant",
                    ),
                ),
                (
                    "incident",
                    models.ForeignObject(
                        from_fields=("tenant", "incident_id"),
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clocks",
                        to="incidents.incident",
                        to_fields=("tenant", "id"),
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_open", True)),
                        fields=["home_tenant", "due_at", "id", "tenant", "incident_id"],
                        name="incident_clock_due",
                    ),
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at"],
                        name="incident_clock_next",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "incident_id", "home_tenant"), name="incident_clock_once"
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunPython(fill_waits, migrations.RunPython.noop),
    ]
