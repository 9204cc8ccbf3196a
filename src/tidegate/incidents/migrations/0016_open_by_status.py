"""One status of what is open is told apart in the index, which is small however much there is."""

from django.db import migrations, models

OPEN = {
    "alert": ["new", "inProgress", "unknown"],
    "incident": ["active", "inProgress", "awaitingAction"],
}


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("incidents", "0015_clocks")]

    operations = [
        operation
        for name, statuses in OPEN.items()
        for operation in (
            migrations.RemoveIndex(name, f"{name}_open"),
            migrations.AddIndex(
                name,
                models.Index(
                    fields=["tenant", "-severity", "-created_at", "-id", "status"],
                    condition=models.Q(status__in=statuses),
                    name=f"{name}_open",
                ),
            ),
        )
    ]
