"""How far all tenants' chains have come: asked several times a second by whoever waits for something new."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

from django.db import connection
from django.db.models import Q, Sum

from tidegate.audit.models import AuditEvent, ChainHead, Result

type Heads = Mapping[object, int]
"""Sequences by tenant, keyed as the driver has ids; see `tenant_of`."""

_TENANTS_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class News:
    """What an event was about, and no more of it."""

    tenant_id: uuid.UUID
    tag: str
    target: str


def count_events() -> int:
    """How many events there are in all chains together: where that is as before, nothing has happened."""
    return ChainHead.objects.aggregate(sum=Sum("sequence"))["sum"] or 0


def read_heads() -> Heads:
    """The last sequence of each tenant's chain.

    By the driver alone: making objects of ten thousand ids takes longer than reading them.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tenant_id, sequence FROM {ChainHead._meta.db_table}")  # noqa: S608  our own name
        return dict(cursor.fetchall())


def tenant_of(key: object) -> uuid.UUID:
    """The tenant whose key among heads this is."""
    return key if isinstance(key, uuid.UUID) else uuid.UUID(str(key))


def list_news(since: Mapping[uuid.UUID, int]) -> Iterator[News]:
    """What happened in these tenants after the sequence given for each, refusals and failures left out."""
    tenants = list(since.items())
    for begin in range(0, len(tenants), _TENANTS_AT_ONCE):
        some = tenants[begin : begin + _TENANTS_AT_ONCE]
        later = reduce(or_, (Q(tenant_id=tenant, sequence__gt=sequence) for tenant, sequence in some))
        events = AuditEvent.objects.across_tenants().filter(later, result=Result.SUCCESS)
        rows = events.values_list("tenant_id", "tag", "target_type", "target_id")
        for tenant_id, tag, kind, target in rows:
            yield News(tenant_id, tag, f"{kind}:{target}")
