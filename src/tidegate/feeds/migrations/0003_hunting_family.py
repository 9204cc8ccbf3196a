from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feeds", "0002_subscriptions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="allowance",
            name="family",
            field=models.CharField(
                choices=[
                    ("graph_security", "graph_security"),
                    ("graph_directory", "graph_directory"),
                    ("defender_alerts", "defender_alerts"),
                    ("defender_changes", "defender_changes"),
                    ("defender_batch", "defender_batch"),
                    ("defender_create", "defender_create"),
                    ("defender_machines", "defender_machines"),
                    ("defender_xdr", "defender_xdr"),
                    ("siem", "siem"),
                    ("feeds", "feeds"),
                ],
                max_length=24,
            ),
        ),
    ]
