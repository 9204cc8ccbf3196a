"""TenantGroup, the tenants that one names, and the tags that customers are given."""

from django.db import models
from django.db.models import Q

from tidegate.directory.models import Tenant, User
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned


class TenantGroup(TenantOwned):
    """A named set of tenants, made by a rule; `tenant` is the home tenant of those who use it.

    It is private to one member of that tenant, its owner, or shared with all of them. `rule` is what
    `customers.rules` reads and writes; the tenants that a rule names are rows of TenantGroupMember.
    `name_key` is the name in one letter case.
    """

    name = models.CharField(max_length=64)
    name_key = models.CharField(max_length=200)
    owner_user_id = models.UUIDField(null=True, blank=True)
    owner = TenantForeignObject(
        User, models.CASCADE, "owner_user_id", related_name="tenant_groups", null=True
    )
    rule = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "name_key"],
                condition=Q(owner_user_id__isnull=True),
                name="tenant_group_shared_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "owner_user_id", "name_key"],
                condition=Q(owner_user_id__isnull=False),
                name="tenant_group_private_once",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_private(self) -> bool:
        """Whether only its owner sees it."""
        return self.owner_user_id is not None


class TenantGroupMember(TenantOwned):
    """A tenant that a group's rule names, to take it or to leave it out."""

    class Kind(models.TextChoices):
        """On which side of the rule it is named."""

        INCLUDE = "include"
        EXCLUDE = "exclude"

    group_id = models.UUIDField()
    group = TenantForeignObject(TenantGroup, models.CASCADE, "group_id", related_name="members")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    about_tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "group_id", "kind", "about_tenant"], name="tenant_group_member_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.about_tenant_id} in {self.group_id}"


class TenantTag(TenantOwned):
    """A word that the home tenant's people put on a customer. `tag_key` is the tag in one letter case."""

    about_tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    tag = models.CharField(max_length=64)
    tag_key = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "about_tenant", "tag_key"], name="tenant_tag_once"),
        )
        indexes = (models.Index(fields=["tenant", "tag_key"], name="tenant_tag_key"),)

    def __str__(self) -> str:
        return f"{self.tag} on {self.about_tenant_id}"
