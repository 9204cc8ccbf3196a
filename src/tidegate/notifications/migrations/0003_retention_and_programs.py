"""Rules about programs; invitations in the log; what was told long ago is found by its time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_begin"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("notification", "A notification"),
                    ("bundle", "Several notifications"),
                    ("test", "A test of the rule"),
                    ("owner", "News for the rule's owner"),
                    ("notice", "News about somebody's access"),
                    ("invitation", "An invitation"),
                ],
                default="notification",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="notificationrule",
            name="about",
            field=models.CharField(
                choices=[
                    ("alerts", "Alerts"),
                    ("incidents", "Incidents"),
                    (
                        "programs",
                        "Programs that fall behind, credentials and consents that end",
                    ),
                ],
                default="alerts",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", False)),
                fields=["settled_at"],
                name="delivery_settled",
            ),
        ),
        migrations.AddIndex(
            model_name="inboxitem",
            index=models.Index(fields=["created_at"], name="inbox_item_old"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["created_at"], name="notification_old"),
        ),
    ]
