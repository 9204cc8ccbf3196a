"""Consumer: an application that fetches a feed of a tenant; what it got each day, and what it missed."""

from django.db import models

from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.feeds.words import Feed


class Consumer(TenantOwned):
    """How far an application has come in one feed of one tenant.

    Everything up to `covered_until` was delivered, but for what `Gap`s name; `newest_at` is the time of the
    newest thing that was. `failures` are those since something was delivered last. While `replay_from` is
    set, the next fetch begins there. `behind_since` is when it was told that the consumer fell behind.
    """

    client_id = models.UUIDField()
    feed = models.CharField(max_length=24, choices=[(word.value, word.value) for word in Feed])
    covered_until = models.DateTimeField(null=True, blank=True)
    newest_at = models.DateTimeField(null=True, blank=True)
    first_fetched_at = models.DateTimeField(null=True, blank=True)
    last_fetched_at = models.DateTimeField(null=True, blank=True)
    last_count = models.PositiveIntegerField(default=0)
    last_failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=256, blank=True)
    failures = models.PositiveIntegerField(default=0)
    replay_from = models.DateTimeField(null=True, blank=True)
    replay_set_at = models.DateTimeField(null=True, blank=True)
    replay_set_by = models.CharField(max_length=256, blank=True)
    behind_since = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "client_id", "feed"], name="consumer_once"),)

    def __str__(self) -> str:
        return f"{self.feed} {self.client_id}"


class DeliveryDay(TenantOwned):
    """What a consumer fetched on one day (UTC): answers, the things in them, and failures."""

    consumer_id = models.UUIDField()
    consumer = TenantForeignObject(Consumer, models.CASCADE, "consumer_id", related_name="days")
    day = models.DateField()
    fetches = models.PositiveIntegerField(default=0)
    items = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "consumer_id", "day"], name="delivery_day_once"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.items}"


class Gap(TenantOwned):
    """A time whose things a consumer passed over: it began to fetch after where it had come to.

    `closed_at` is when a later fetch covered it after all.
    """

    consumer_id = models.UUIDField()
    consumer = TenantForeignObject(Consumer, models.CASCADE, "consumer_id", related_name="gaps")
    since = models.DateTimeField()
    until = models.DateTimeField()
    items = models.PositiveIntegerField(default=0)
    noticed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = (models.Index(fields=["tenant", "consumer_id", "-noticed_at"], name="gap_consumer"),)

    def __str__(self) -> str:
        return f"{self.since} {self.until}"
