"""Subscription: an application's wish to be told of changes; ChangeNotification: one change to tell of."""

from django.db import models

from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.feeds.subscribed import Collection


class Subscription(TenantOwned):
    """From `begins_after`, a place in the tenant's chain, up to `expires_at` (Graph: `subscription`).

    `user_id` is the person for whom the application asked, None where it asked for itself; `values` are the
    roles or scopes that its token had, which must still be granted whenever something is sent. `client_state`
    is sealed: whoever knows it can pass for us at the receiver's.
    """

    client_id = models.UUIDField()
    user_id = models.UUIDField(null=True, blank=True)
    values = models.JSONField(default=list)
    collection = models.CharField(max_length=24, choices=[(one.value, one.value) for one in Collection])
    change_types = models.JSONField(default=list)
    notification_url = models.CharField(max_length=2048)
    lifecycle_url = models.CharField(max_length=2048, blank=True)
    client_state = models.TextField(blank=True)
    tls_version = models.CharField(max_length=8, default="v1_2")
    begins_after = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=256, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=256, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = (
            models.Index(
                fields=["tenant", "collection"],
                condition=models.Q(ended_at__isnull=True),
                name="subscription_live",
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(ended_at__isnull=True),
                name="subscription_expiring",
            ),
        )

    def __str__(self) -> str:
        return f"{self.collection} to {self.notification_url}"


class ChangeNotification(TenantOwned):
    """One change that a subscription waits to be told of; gone once it was told, or given up.

    An empty `object_id` tells of the subscription itself: that something was missed.
    """

    subscription_id = models.UUIDField()
    subscription = TenantForeignObject(
        Subscription, models.CASCADE, "subscription_id", related_name="notifications"
    )
    change_type = models.CharField(max_length=8)
    object_id = models.CharField(max_length=256, blank=True)
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = (
            models.Index(fields=["try_at"], name="change_waiting"),
            models.Index(fields=["tenant", "subscription_id", "try_at"], name="change_subscription"),
        )

    def __str__(self) -> str:
        return f"{self.change_type} {self.object_id}"
