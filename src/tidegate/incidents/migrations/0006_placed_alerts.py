from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0005_newest")]

    operations = [
        migrations.AddField("alert", "placed_at", models.DateTimeField(blank=True, null=True)),
    ]
