import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import tidegate.core.ids

_KINDS = ("sha256", "sha1", "md5", "ip", "url", "domain", "file", "account", "device", "technique")


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0007_where_one_is_at_home"),
        ("incidents", "0008_newest_of_many"),
    ]

    operations = [
        migrations.CreateModel(
            name="Indicator",
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
                    models.CharField(choices=[(kind, kind.title()) for kind in _KINDS], max_length=16),
                ),
                ("value", models.CharField(max_length=512)),
                ("device_key", models.CharField(blank=True, max_length=300)),
                ("seen_at", models.DateTimeField()),
                (
                    "alert",
                    models.ForeignObject(
                        from_fields=("tenant", "alert_id"),
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="indicators",
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
                    models.Index(fields=["tenant", "value"], name="indicator_value"),
                    models.Index(fields=["tenant", "alert_id"], name="indicator_alert"),
                    models.Index(fields=["kind", "value"], name="indicator_sighted"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
    ]
