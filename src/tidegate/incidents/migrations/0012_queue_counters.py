"""How much is open in each tenant, kept from now on; of what is there already it is counted once."""

from typing import Any, Final

import django.db.models.deletion
import django.db.models.manager
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Count, Q

import tidegate.core.ids

_SEVERITIES: Final = ("unknown", "informational", "low", "medium", "high")
_OPEN: Final = {
    "incidents": ("active", "inProgress", "awaitingAction"),
    "alerts": ("new", "inProgress", "unknown"),
}
_COLUMNS: Final = [
    name
    for kind in _OPEN
    for name in (*(f"open_{kind}_{severity}" for severity in _SEVERITIES), f"unassigned_{kind}")
]


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Two statements, and one for each thousand tenants."""
    tallies: dict[Any, dict[str, int]] = {}
    for model, kind in (("Incident", "incidents"), ("Alert", "alerts")):
        rows: Any = apps.get_model("incidents", model).rows.filter(status__in=_OPEN[kind])
        counts = {
            f"open_{kind}_{name}": Count("id", filter=Q(severity=level))
            for level, name in enumerate(_SEVERITIES)
        }
        counts[f"unassigned_{kind}"] = Count("id", filter=Q(assigned_to=""))
        for row in rows.order_by().values("tenant_id").annotate(**counts):
            tallies.setdefault(row.pop("tenant_id"), {}).update(row)
    counter: Any = apps.get_model("incidents", "QueueCounter")
    made = [counter(tenant_id=tenant_id, **columns) for tenant_id, columns in tallies.items()]
    counter.rows.bulk_create(made, batch_size=1_000)


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [
        ("directory", "0007_where_one_is_at_home"),
        ("incidents", "0011_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="QueueCounter",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField(default=tidegate.core.ids.uuid7)),
                *((name, models.IntegerField(default=0)) for name in _COLUMNS),
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
                "constraints": [models.UniqueConstraint(fields=("tenant",), name="queue_counter_once")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
