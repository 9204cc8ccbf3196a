"""No device is without a group. Apart from the step before: PostgreSQL alters no table with work pending."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("devices", "0003_every_device_in_a_group")]

    operations = [migrations.AlterField("device", "device_group_id", models.UUIDField())]
