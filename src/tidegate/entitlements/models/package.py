"""Catalog, AccessPackage, ResourceRole: what is on offer."""

from django.db import models

from tidegate.devices.models import DeviceGroup
from tidegate.directory.models import Group
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.entitlements.words import CatalogState


class Catalog(TenantOwned):
    """A collection of access packages. People from outside see only an externally visible one."""

    display_name = models.CharField(max_length=256)
    description = models.CharField(max_length=1024, blank=True)
    state = models.CharField(max_length=11, choices=CatalogState.choices, default=CatalogState.PUBLISHED)
    is_externally_visible = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "display_name"], name="catalog_name_once"),)

    def __str__(self) -> str:
        return self.display_name


class AccessPackage(TenantOwned):
    """A bundle on offer. A hidden one is in no list; who holds its link and fits a policy may ask.

    A break-glass package opens at once when two people of one organization agree, for an hour at
    most, and asks for a write-up afterwards. A removed one is kept for the record.
    """

    catalog_id = models.UUIDField()
    catalog = TenantForeignObject(Catalog, models.PROTECT, "catalog_id", related_name="packages")
    display_name = models.CharField(max_length=256)
    description = models.CharField(max_length=1024, blank=True)
    is_hidden = models.BooleanField(default=False)
    is_break_glass = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "display_name"],
                condition=models.Q(removed_at__isnull=True),
                name="package_name_once",
            ),
        )

    def __str__(self) -> str:
        return self.display_name


class ResourceRole(TenantOwned):
    """One thing a package gives: membership in a group, or sight of a device group."""

    package_id = models.UUIDField()
    package = TenantForeignObject(AccessPackage, models.CASCADE, "package_id", related_name="resource_roles")
    group_id = models.UUIDField(null=True, blank=True)
    group = TenantForeignObject(Group, models.PROTECT, "group_id", null=True)
    device_group_id = models.UUIDField(null=True, blank=True)
    device_group = TenantForeignObject(DeviceGroup, models.PROTECT, "device_group_id", null=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.CheckConstraint(
                condition=models.Q(group_id__isnull=False, device_group_id__isnull=True)
                | models.Q(group_id__isnull=True, device_group_id__isnull=False),
                name="resource_group_or_device_group",
            ),
            models.UniqueConstraint(fields=["tenant", "package_id", "group_id"], name="resource_group_once"),
            models.UniqueConstraint(
                fields=["tenant", "package_id", "device_group_id"], name="resource_device_group_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.package_id} gives {self.group_id or self.device_group_id}"


class Incompatibility(TenantOwned):
    """Two packages that nobody may hold together (separation of duties). Holds both ways."""

    package_id = models.UUIDField()
    package = TenantForeignObject(AccessPackage, models.CASCADE, "package_id")
    other_id = models.UUIDField()
    other = TenantForeignObject(AccessPackage, models.CASCADE, "other_id")

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "package_id", "other_id"], name="incompatible_once"),
        )

    def __str__(self) -> str:
        return f"{self.package_id} not with {self.other_id}"
