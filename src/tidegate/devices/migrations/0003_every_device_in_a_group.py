"""Every tenant that has devices gets its default group, and each device is put into it."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from tidegate.core.ids import uuid7


def put_into_default_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One group for each tenant, one update for each group."""
    device, group = apps.get_model("devices", "Device"), apps.get_model("devices", "DeviceGroup")
    devices, groups = device.rows, group.rows
    for tenant_id in devices.order_by().values_list("tenant_id", flat=True).distinct():
        made = groups.create(
            id=uuid7(),
            tenant_id=tenant_id,
            display_name="Ungrouped devices",
            is_default=True,
            created_at=timezone.now(),
        )
        devices.filter(tenant_id=tenant_id).update(device_group_id=made.id)


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("devices", "0002_device_groups")]

    operations = [migrations.RunPython(put_into_default_groups, migrations.RunPython.noop)]
