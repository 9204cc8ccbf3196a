from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0004_applications"),
    ]

    operations = [
        migrations.AddField(
            model_name="group",
            name="seen_device_group_ids",
            field=models.JSONField(default=list),
        ),
    ]
