"""Group and GroupMembership: who is in what, from when to when."""

from django.db import models

from tidegate.directory.models.dated import Dated
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.directory.models.user import User


class Group(TenantOwned):
    """A named set of users of one tenant."""

    display_name = models.CharField(max_length=256)
    description = models.CharField(max_length=1024, blank=True)
    created_at = models.DateTimeField()
    # Roles that its members may take up for hours: who puts people into the group hands these out as well.
    eligible_role_ids = models.JSONField(default=list)
    # Restricted device groups that its members see, kept for the same reason: they are rows of a room above.
    seen_device_group_ids = models.JSONField(default=list)

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "display_name"], name="group_name_once"),)

    def __str__(self) -> str:
        return self.display_name


class GroupMembership(TenantOwned, Dated):
    """A user's time in a group."""

    group_id = models.UUIDField()
    user_id = models.UUIDField()
    group = TenantForeignObject(Group, models.CASCADE, "group_id", related_name="memberships")
    user = TenantForeignObject(User, models.CASCADE, "user_id", related_name="memberships")

    class Meta(TenantOwned.Meta):
        indexes = (
            models.Index(fields=["tenant", "user_id"], name="membership_user"),
            models.Index(fields=["tenant", "group_id"], name="membership_group"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}"
