"""Who looks at many tenants at once finds what is newest without reading all that they have."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("incidents", "0004_fill_detections")]

    operations = [
        migrations.AddIndex("alert", models.Index(fields=["-created_at", "-id"], name="alert_newest")),
        migrations.AddIndex("incident", models.Index(fields=["-created_at", "-id"], name="incident_newest")),
    ]
