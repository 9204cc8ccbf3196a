"""Notices are handed over to whoever sends; what tries again is the delivery."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F


def leave_given_up(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was given up after ten attempts is not tried anew."""
    notices = apps.get_model("entitlements", "Notice").objects
    notices.filter(sent_at__isnull=True, attempts__gt=10).update(sent_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("entitlements", "0002_jobs_and_reviewers"),
    ]

    operations = [
        migrations.RunPython(leave_given_up, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="notice", name="notice_waiting"),
        migrations.RenameField(model_name="notice", old_name="sent_at", new_name="handed_over_at"),
        migrations.RemoveField(model_name="notice", name="attempts"),
        migrations.RemoveField(model_name="notice", name="try_at"),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                fields=["created_at"],
                condition=models.Q(handed_over_at__isnull=True),
                name="notice_waiting",
            ),
        ),
    ]
