"""Role and RoleAssignment: named sets of permissions, given to a group or a user."""

from typing import Any

from django.db import models

from tidegate.authorization.permissions import (
    Permission,
    RolePermission,
    permissions_of,
)
from tidegate.authorization.roles import BUILT_IN_ROLES, BuiltInRole
from tidegate.directory.models.dated import Dated
from tidegate.directory.models.group import Group
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.directory.models.user import User


class Role(TenantOwned):
    """A role of one tenant. A built-in one takes its permissions from the role table in code."""

    display_name = models.CharField(max_length=256)
    description = models.CharField(max_length=1024, blank=True)
    is_built_in = models.BooleanField(default=False)
    # The lines of the permission table between blanks (" a b "), so that one line is found by LIKE
    # on every database.
    role_permissions = models.TextField(default="", blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "display_name"], name="role_name_once"),)
        indexes = (
            # The few among all tenants' roles that are of their own making.
            models.Index(fields=["tenant", "id"], condition=models.Q(is_built_in=False), name="role_custom"),
        )

    def __str__(self) -> str:
        return self.display_name

    @property
    def lines(self) -> frozenset[RolePermission]:
        """The lines of the permission table that this role holds."""
        if self.is_built_in:
            return BUILT_IN_ROLES[BuiltInRole(self.display_name)]
        return frozenset(RolePermission(line) for line in self.role_permissions.split())

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything the role lets its holder do."""
        return permissions_of(self.lines)


class RoleAssignment(TenantOwned, Dated):
    """A role given to one group or one user, for a time.

    `built_in_role` is the name of a built-in role, which never changes, and "" for any other: who asks of
    ten thousand tenants what is given in each need not look up ten thousand roles that are all alike.
    """

    role_id = models.UUIDField()
    built_in_role = models.CharField(max_length=256, default="", blank=True, editable=False)
    group_id = models.UUIDField(null=True, blank=True)
    user_id = models.UUIDField(null=True, blank=True)
    role = TenantForeignObject(Role, models.CASCADE, "role_id", related_name="assignments")
    group = TenantForeignObject(Group, models.CASCADE, "group_id", related_name="role_assignments", null=True)
    user = TenantForeignObject(User, models.CASCADE, "user_id", related_name="role_assignments", null=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.CheckConstraint(
                condition=models.Q(group_id__isnull=False, user_id__isnull=True)
                | models.Q(group_id__isnull=True, user_id__isnull=False),
                name="assigned_to_group_or_user",
            ),
        )
        indexes = (
            models.Index(fields=["tenant", "user_id"], name="role_assignment_user"),
            models.Index(fields=["tenant", "group_id"], name="role_assignment_group"),
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write it, with the name of its role if that is built in."""
        if self._state.adding and self.role.is_built_in:
            self.built_in_role = self.role.display_name
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return f"{self.role_id} to {self.group_id or self.user_id}"
