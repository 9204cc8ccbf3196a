"""An assignment says which built-in role it gives."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def say_names(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Of the assignments that are there."""
    role_model = apps.get_model("directory", "Role")
    named = role_model.rows.filter(
        tenant_id=models.OuterRef("tenant_id"), id=models.OuterRef("role_id"), is_built_in=True
    )
    assignments = apps.get_model("directory", "RoleAssignment").rows
    assignments.filter(models.Exists(named)).update(
        built_in_role=models.Subquery(named.values("display_name")[:1])
    )


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("directory", "0008_of_many")]

    operations = [
        migrations.AddField(
            model_name="roleassignment",
            name="built_in_role",
            field=models.CharField(blank=True, default="", editable=False, max_length=256),
        ),
        migrations.RunPython(say_names, migrations.RunPython.noop),
    ]
