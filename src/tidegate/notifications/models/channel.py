"""Channel: a webhook or a chat that a tenant has set up, and how it fares."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned
from tidegate.notifications.words import ChannelKind


class Channel(TenantOwned):
    """A way out. Its address may hold a key, so it is sealed; `address_hint` may be shown.

    A webhook's messages are signed with its secret, and with the one before until `previous_until`.
    One that fails for good is paused, with the reason. After a fault nothing is tried before `try_at`.
    """

    kind = models.CharField(max_length=8, choices=ChannelKind.choices)
    display_name = models.CharField(max_length=256)
    address_hint = models.CharField(max_length=256)
    sealed_address = models.TextField()
    sealed_secret = models.TextField(blank=True)
    sealed_previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=256)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    try_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=512, blank=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_because = models.CharField(max_length=512, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "display_name"], name="channel_name_once"),)

    def __str__(self) -> str:
        return self.display_name
