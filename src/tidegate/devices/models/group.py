"""DeviceGroup and who sees it."""

from django.db import models

from tidegate.directory.models import Group, User
from tidegate.directory.models.dated import Dated
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned


class DeviceGroup(TenantOwned):
    """A set of devices, made by rules, that decides who sees them (Microsoft's machine group).

    A device belongs to the group of the lowest `rank` whose rules it matches, else to the tenant's
    default group, "Ungrouped devices", which has no rank. `rules` is a list of
    {"property", "operator", "values"}. A group that is not restricted is seen by everyone who may
    see devices; a restricted one by those its access rows name, also when no row is in force.
    """

    display_name = models.CharField(max_length=256)
    description = models.CharField(max_length=1024, blank=True)
    rank = models.PositiveIntegerField(null=True, blank=True)
    is_default = models.BooleanField(default=False)
    remediation_level = models.CharField(max_length=32, default="noAutomatedResponse")
    rules = models.JSONField(default=list)
    is_restricted = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "display_name"], name="device_group_name_once"),
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_default=True), name="device_group_default_once"
            ),
        )

    def __str__(self) -> str:
        return self.display_name


class DeviceGroupAccess(TenantOwned, Dated):
    """A group of users, or one user, who sees a restricted device group, for a time."""

    device_group_id = models.UUIDField()
    device_group = TenantForeignObject(DeviceGroup, models.CASCADE, "device_group_id", related_name="access")
    group_id = models.UUIDField(null=True, blank=True)
    group = TenantForeignObject(
        Group, models.CASCADE, "group_id", related_name="device_group_access", null=True
    )
    user_id = models.UUIDField(null=True, blank=True)
    user = TenantForeignObject(User, models.CASCADE, "user_id", related_name="device_group_access", null=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.CheckConstraint(
                condition=models.Q(group_id__isnull=False, user_id__isnull=True)
                | models.Q(group_id__isnull=True, user_id__isnull=False),
                name="device_access_group_or_user",
            ),
        )
        indexes = (
            models.Index(fields=["tenant", "device_group_id"], name="device_access_group"),
            models.Index(fields=["tenant", "user_id"], name="device_access_user"),
        )

    def __str__(self) -> str:
        return f"{self.device_group_id} to {self.group_id or self.user_id}"
