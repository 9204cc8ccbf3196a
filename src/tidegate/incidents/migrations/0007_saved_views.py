import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import tidegate.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0006_stops_by_domain"),
        ("incidents", "0006_placed_alerts"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField(default=tidegate.core.ids.uuid7)),
                ("owner_user_id", models.UUIDField(blank=True, null=True)),
                ("page", models.CharField(max_length=16)),
                ("name", models.CharField(max_length=64)),
                ("name_key", models.CharField(max_length=200)),
                ("tid", models.CharField(blank=True, max_length=80)),
                ("params", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignObject(
                        from_fields=("tenant", "owner_user_id"),
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="directory.user",
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
                    models.UniqueConstraint(
                        condition=models.Q(("owner_user_id__isnull", True)),
                        fields=("tenant", "page", "name_key"),
                        name="saved_view_shared_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner_user_id__isnull", False)),
                        fields=("tenant", "owner_user_id", "page", "name_key"),
                        name="saved_view_private_once",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
    ]
