"""Where somebody is or was at home is found without reading where else they are a guest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("directory", "0006_stops_by_domain")]

    operations = [
        migrations.AddIndex(
            "user",
            models.Index(
                fields=["account", "tenant"],
                condition=models.Q(("user_type", "member")),
                name="user_account_home",
            ),
        ),
    ]
