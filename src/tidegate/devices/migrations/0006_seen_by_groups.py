"""Each user group learns which restricted device groups it was named for."""

from collections import defaultdict

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def tell_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One statement, and one for each group that was named."""
    access, group = apps.get_model("devices", "DeviceGroupAccess"), apps.get_model("directory", "Group")
    ended = models.Q(ends_at__isnull=False, ends_at__lte=timezone.now())
    given = access.rows.filter(~ended, group_id__isnull=False).order_by("device_group_id")
    seen = defaultdict(list)
    for tenant_id, group_id, device_group_id in given.values_list("tenant_id", "group_id", "device_group_id"):
        seen[tenant_id, group_id].append(str(device_group_id))
    for (tenant_id, group_id), ids in seen.items():
        group.rows.filter(models.Q(tenant_id=tenant_id, id=group_id)).update(
            seen_device_group_ids=sorted(set(ids))
        )


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [
        ("devices", "0005_given_tags"),
        ("directory", "0005_seen_device_groups"),
    ]

    operations = [migrations.RunPython(tell_groups, migrations.RunPython.noop)]
