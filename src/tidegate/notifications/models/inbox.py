"""InboxItem: a notification in somebody's inbox in the portal."""

from django.conf import settings
from django.db import models

from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.notifications.models.notification import Notification


class InboxItem(TenantOwned):
    """Its tenant is the one that it is about: shown only while its reader may enter that and see it."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    notification_id = models.UUIDField()
    notification = TenantForeignObject(
        Notification, models.CASCADE, "notification_id", related_name="inbox_items"
    )
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "account", "notification_id"], name="inbox_item_once"),
        )
        indexes = (
            models.Index(fields=["account", "-created_at", "-id"], name="inbox_item_account"),
            models.Index(fields=["created_at"], name="inbox_item_old"),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.notification_id}"
