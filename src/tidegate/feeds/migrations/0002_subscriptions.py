"""Subscriptions, which begin with what happens from now on."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import tidegate.core.ids


def begin(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Count all that the record holds as read."""
    heads = apps.get_model("audit", "ChainHead").objects.values_list("tenant_id", "sequence")
    positions = apps.get_model("audit", "ReaderPosition").objects
    rows = [
        positions.model(tenant_id=tenant_id, reader="change_notifications", sequence=sequence)
        for tenant_id, sequence in heads
    ]
    positions.bulk_create(rows, batch_size=500, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0004_applications"),
        ("feeds", "0001_ledger"),
        ("audit", "0002_reader_positions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField(default=tidegate.core.ids.uuid7)),
                ("client_id", models.UUIDField()),
                ("user_id", models.UUIDField(blank=True, null=True)),
                ("values", models.JSONField(default=list)),
                (
                    "collection",
                    models.CharField(
                        choices=[
                            ("security/alerts_v2", "security/alerts_v2"),
                            ("security/incidents", "security/incidents"),
                            ("users", "users"),
                            ("groups", "groups"),
                        ],
                        max_length=24,
                    ),
                ),
                ("change_types", models.JSONField(default=list)),
                ("notification_url", models.CharField(max_length=2048)),
                ("lifecycle_url", models.CharField(blank=True, max_length=2048)),
                ("client_state", models.TextField(blank=True)),
                ("tls_version", models.CharField(default="v1_2", max_length=8)),
                ("begins_after", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_because", models.CharField(blank=True, max_length=256)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=256)),
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
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["tenant", "collection"],
                        name="subscription_live",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["expires_at"],
                        name="subscription_expiring",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ChangeNotification",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField(default=tidegate.core.ids.uuid7)),
                ("subscription_id", models.UUIDField()),
                ("change_type", models.CharField(max_length=8)),
                ("object_id", models.CharField(blank=True, max_length=256)),
                ("created_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("try_at", models.DateTimeField()),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="directory.tenant",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignObject(
                        from_fields=("tenant", "subscription_id"),
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="feeds.subscription",
                        to_fields=("tenant", "id"),
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "rows",
                "indexes": [
                    models.Index(fields=["try_at"], name="change_waiting"),
                    models.Index(fields=["tenant", "subscription_id", "try_at"], name="change_subscription"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
