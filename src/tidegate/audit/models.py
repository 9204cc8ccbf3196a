"""The record itself, the head of each tenant's chain, and events that wait for their chain."""

from django.db import models

from tidegate.core.ids import uuid7
from tidegate.core.scoped import ScopedQuerySet


class Result(models.TextChoices):
    """How the thing ended that somebody did."""

    SUCCESS = "success"
    REFUSED = "refused"
    FAILURE = "failure"


class AuditEvent(models.Model):
    """Who did what to what, when, from where, and how it ended. Written once, never changed.

    `hash` covers every other field and the hash before it; `seal` is that hash signed with the
    installation's key, so that a rewritten chain is found even when it is consistent in itself.
    """

    pk = models.CompositePrimaryKey("tenant_id", "sequence")
    tenant_id = models.UUIDField()
    sequence = models.BigIntegerField()
    id = models.UUIDField(default=uuid7)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_account_id = models.UUIDField(null=True)
    actor_user_id = models.UUIDField(null=True)
    actor_home_tenant_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=256)
    actor_email = models.CharField(max_length=254, blank=True)
    actor_relation = models.CharField(max_length=16, blank=True)
    tag = models.CharField(max_length=64)
    result = models.CharField(max_length=8, choices=Result.choices)
    target_type = models.CharField(max_length=32, blank=True)
    target_id = models.CharField(max_length=256, blank=True)
    target_name = models.CharField(max_length=512, blank=True)
    ip_address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=256, blank=True)
    details = models.TextField(default="{}")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    objects = ScopedQuerySet.as_manager()
    rows = models.Manager()

    class Meta:
        base_manager_name = "rows"
        indexes = (
            models.Index(
                fields=["tenant_id", "target_type", "target_id", "sequence"],
                name="audit_target",
            ),
            models.Index(fields=["tenant_id", "actor_account_id", "sequence"], name="audit_actor"),
            # Programs ask for what came since an instant, again and again.
            models.Index(fields=["tenant_id", "at", "sequence"], name="audit_time"),
            # Chains of several tenants on one page stand in the order of time.
            models.Index(fields=["-at", "-id"], name="audit_newest"),
        )

    def __str__(self) -> str:
        return f"{self.sequence} {self.tag}"


class ChainHead(models.Model):
    """The last event of a tenant's chain; its row is the lock under which the next is made.

    `seal` is the row signed with the installation's key; empty only before the first event.
    """

    tenant_id = models.UUIDField(primary_key=True)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    seal = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.sequence}"


class WaitingEvent(models.Model):
    """An event whose tenant must not be looked up while somebody waits for the answer.

    A refusal to enter costs the same whether the tenant exists or not: this one row. Later
    a job finds out whose chain it belongs to, if anyone's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    at = models.DateTimeField()
    tag = models.CharField(max_length=64)
    asked = models.CharField(max_length=320)
    actor = models.JSONField()
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.tag} {self.asked}"


class ReaderPosition(models.Model):
    """How far one reader of the outbox has come in one tenant's chain. Its row is the reader's lock there."""

    pk = models.CompositePrimaryKey("tenant_id", "reader")
    tenant_id = models.UUIDField()
    reader = models.CharField(max_length=32)
    sequence = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.reader} {self.tenant_id} {self.sequence}"
