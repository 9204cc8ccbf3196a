"""By what alerts are put together; those in open incidents of our own are found by what comes from now on."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import batched
from typing import Any
from uuid import UUID

import django.db.models.deletion
import django.db.models.manager
import msgspec
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import tidegate.core.ids
from tidegate.incidents.correlation.keys import find_keys

_AT_ONCE = 500


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """As if these alerts had just come in; they stay where they are."""
    ours: Any = apps.get_model("incidents", "Incident").rows.filter(
        external_id="", status__in=("active", "inProgress", "awaitingAction")
    )
    for tenant_id in ours.order_by("tenant_id").values_list("tenant_id", flat=True).distinct():
        ids = list(ours.filter(tenant_id=tenant_id).order_by("id").values_list("id", flat=True))
        for some in batched(ids, _AT_ONCE):
            model = apps.get_model("incidents", "CorrelationKey")
            model.rows.bulk_create(_make(apps, tenant_id, some), batch_size=1_000)


def _make(apps: Apps, tenant_id: UUID, incident_ids: tuple[UUID, ...]) -> Iterator[Any]:
    model = apps.get_model("incidents", "CorrelationKey")
    alerts: Any = apps.get_model("incidents", "Alert").rows.filter(
        tenant_id=tenant_id, incident_id__in=incident_ids
    )
    spans = {row[0]: row[1:] for row in alerts.values_list("id", "first_activity_at", "last_activity_at")}
    bodies = defaultdict(list)
    evidence: Any = apps.get_model("incidents", "Evidence").rows.filter(
        tenant_id=tenant_id, alert_id__in=alerts.values("id")
    )
    for alert_id, body in evidence.order_by("alert_id", "position").values_list("alert_id", "body"):
        bodies[alert_id].append(msgspec.json.decode(body))
    for alert_id, (first_at, last_at) in spans.items():
        for kind, value, device_key, _label in find_keys(bodies[alert_id]):
            yield model(
                tenant_id=tenant_id,
                alert_id=alert_id,
                kind=kind,
                value=value,
                device_key=device_key,
                first_at=first_at,
                last_at=last_at,
            )


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [
        ("directory", "0007_where_one_is_at_home"),
        ("incidents", "0013_arrived"),
    ]

    operations = [
        migrations.CreateModel(
            name="Correlation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField(default=tidegate.core.ids.uuid7)),
                ("alert_id", models.UUIDField()),
                ("incident_id", models.UUIDField()),
                ("other_id", models.UUIDField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("process", "Process"),
                            ("file", "File"),
                            ("user", "User"),
                            ("device", "Device"),
                        ],
                        max_length=8,
                    ),
                ),
                ("value", models.CharField(max_length=420)),
                ("label", models.CharField(max_length=256)),
                ("device_key", models.CharField(blank=True, max_length=300)),
                ("other_device_key", models.CharField(blank=True, max_length=300)),
                ("seconds_apart", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "alert",
                    models.ForeignObject(
                        from_fields=("tenant", "alert_id"),
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="correlations",
                        to="incidents.alert",
                        to_fields=("tenant", "id"),
                    ),
                ),
                (
                    "other",
                    models.ForeignObject(
                        from_fields=("tenant", "other_id"),
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.alert",
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
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "alert_id"), name="correlation_once")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CorrelationKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField(default=tidegate.core.ids.uuid7)),
                ("alert_id", models.UUIDField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("process", "Process"),
                            ("file", "File"),
                            ("user", "User"),
                            ("device", "Device"),
                        ],
                        max_length=8,
                    ),
                ),
                ("value", models.CharField(max_length=420)),
                ("device_key", models.CharField(blank=True, max_length=300)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "alert",
                    models.ForeignObject(
                        from_fields=("tenant", "alert_id"),
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="correlation_keys",
                        to="incidents.alert",
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
                        fields=["tenant", "kind", "value", "-last_at", "first_at"],
                        name="correlation_key_value",
                    ),
                    models.Index(fields=["tenant", "alert_id"], name="correlation_key_alert"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CorrelationSetting",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField(default=tidegate.core.ids.uuid7)),
                ("by_process", models.BooleanField(default=True)),
                ("by_file", models.BooleanField(default=True)),
                ("by_user", models.BooleanField(default=True)),
                ("by_device", models.BooleanField(default=True)),
                ("window_hours", models.PositiveSmallIntegerField()),
                ("largest", models.PositiveSmallIntegerField()),
                ("changed_at", models.DateTimeField()),
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
                "constraints": [models.UniqueConstraint(fields=("tenant",), name="correlation_setting_once")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
