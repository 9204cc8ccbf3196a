"""What came in since, in whichever tenant, is found by the ids alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("incidents", "0012_queue_counters")]

    operations = [
        migrations.AddIndex(name, models.Index(fields=["-id", "tenant"], name=f"{name}_arrived"))
        for name in ("alert", "incident")
    ]
