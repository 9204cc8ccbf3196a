"""Rules over a tenant group; what a notification was about, so that an inbox shows incidents as such."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def say_about(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was told already is about what its rule is about."""
    rules = apps.get_model("notifications", "NotificationRule").objects
    told = apps.get_model("notifications", "Notification").objects
    for about in ("incidents", "programs"):
        told.filter(rule_id__in=rules.filter(about=about).values("id")).update(about=about)


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0003_retention_and_programs"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="about",
            field=models.CharField(
                choices=[
                    ("alerts", "Alerts"),
                    ("incidents", "Incidents"),
                    ("programs", "Programs that fall behind, credentials and consents that end"),
                ],
                default="alerts",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="notificationrule",
            name="tenant_group_id",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="notificationrule",
            name="reach",
            field=models.CharField(
                choices=[
                    ("tenant", "This organization"),
                    ("all", "All organizations that I may enter"),
                    ("group", "A tenant group"),
                    ("chosen", "Chosen organizations"),
                ],
                default="tenant",
                max_length=8,
            ),
        ),
        migrations.RunPython(say_about, migrations.RunPython.noop),
    ]
