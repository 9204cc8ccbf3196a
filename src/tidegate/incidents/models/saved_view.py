"""SavedView: a list as somebody wants to find it again."""

from django.db import models
from django.db.models import Q

from tidegate.directory.models import User
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned


class SavedView(TenantOwned):
    """A filter and an order of one list, under a name; `tenant` is the home tenant of those who use it.

    It is private to one member of that tenant, its owner, or shared with all of them. `params` are the
    address's parameters; `tid` is which tenants it opens, "" for whichever are open already. It shows
    nobody anything: it is an address.
    """

    owner_user_id = models.UUIDField(null=True, blank=True)
    owner = TenantForeignObject(User, models.CASCADE, "owner_user_id", related_name="+", null=True)
    page = models.CharField(max_length=16)
    name = models.CharField(max_length=64)
    name_key = models.CharField(max_length=200)
    tid = models.CharField(max_length=80, blank=True)
    params = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "page", "name_key"],
                condition=Q(owner_user_id__isnull=True),
                name="saved_view_shared_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "owner_user_id", "page", "name_key"],
                condition=Q(owner_user_id__isnull=False),
                name="saved_view_private_once",
            ),
        )

    def __str__(self) -> str:
        return self.name
