"""What is newest in many tenants, what is newest of one severity, and what is in one's own hands."""

from django.db import migrations, models


def _indexes(name: str) -> list[migrations.operations.base.Operation]:
    return [
        migrations.RemoveIndex(name, f"{name}_newest"),
        migrations.AddIndex(
            name,
            models.Index(
                fields=["-created_at", "-id", "tenant", "severity", "status"], name=f"{name}_newest"
            ),
        ),
        migrations.AddIndex(
            name,
            models.Index(
                fields=["tenant", "-severity", "-created_at", "-id", "status"], name=f"{name}_severity"
            ),
        ),
        migrations.AddIndex(
            name,
            models.Index(
                fields=["assigned_user_id", "-created_at"],
                condition=models.Q(("assigned_user_id__isnull", False)),
                name=f"{name}_assigned",
            ),
        ),
    ]


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("incidents", "0007_saved_views")]

    operations = [*_indexes("alert"), *_indexes("incident")]
