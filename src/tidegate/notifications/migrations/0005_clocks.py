"""Rules tell of clocks that strike."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [
        ("notifications", "0004_tenant_groups_and_incidents_in_inboxes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="about",
            field=models.CharField(
                choices=[
                    ("alerts", "Alerts"),
                    ("incidents", "Incidents"),
                    ("clocks", "Incidents whose service level is about to be missed, or was"),
                    ("programs", "Programs that fall behind, credentials and consents that end"),
                ],
                default="alerts",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="notificationrule",
            name="about",
            field=models.CharField(
                choices=[
                    ("alerts", "Alerts"),
                    ("incidents", "Incidents"),
                    ("clocks", "Incidents whose service level is about to be missed, or was"),
                    ("programs", "Programs that fall behind, credentials and consents that end"),
                ],
                default="alerts",
                max_length=10,
            ),
        ),
    ]
