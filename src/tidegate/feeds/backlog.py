"""What waits for consumers: conditions and columns of queries over them, reckoned by the database.

Querysets with columns that no model has are of Any: their types cannot say so.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    Field,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from tidegate.directory.models import ServicePrincipal
from tidegate.feeds.models import Consumer, Gap
from tidegate.feeds.sources import SOURCES, Source


def with_waiting_since(consumers: QuerySet[Consumer]) -> QuerySet[Any]:
    """With the time of the oldest thing that was not delivered yet (`waiting_since`); None for nothing."""

    def oldest(source: Source) -> QuerySet[Any]:
        return source.waiting().order_by(source.column).values(source.column)[:1]

    return consumers.annotate(waiting_since=_by_feed(oldest, DateTimeField()))


def with_backlog(consumers: QuerySet[Consumer]) -> QuerySet[Any]:
    """With all that is told of a consumer, whatever their number in one statement.

    Also how many things wait (`waiting`), the time of the newest in the tenant (`newest_in_tenant`), how
    many gaps are open (`open_gaps`), and what the tenant calls the application (`application`).
    """

    def newest(source: Source) -> QuerySet[Any]:
        rows = source.rows_of_outer().order_by(f"-{source.column}")
        return rows.values(source.column)[:1]

    gaps = Gap.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"), consumer_id=OuterRef("id"), closed_at__isnull=True
    )
    principals = ServicePrincipal.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"), client_id=OuterRef("client_id")
    )
    names = principals.order_by("-created_at").values("display_name")[:1]
    backlog: QuerySet[Any] = with_waiting_since(consumers).annotate(
        waiting=Coalesce(_by_feed(lambda source: _count(source.waiting()), IntegerField()), Value(0)),
        newest_in_tenant=_by_feed(newest, DateTimeField()),
        open_gaps=Coalesce(Subquery(_count(gaps)), Value(0)),
        application=Coalesce(Subquery(names), Value(""), output_field=CharField()),
    )
    return backlog


def let_in(consumers: QuerySet[Consumer]) -> QuerySet[Consumer]:
    """Those whose application the tenant lets in now."""
    principals = ServicePrincipal.objects.across_tenants().entering()
    own = principals.filter(tenant_id=OuterRef("tenant_id"), client_id=OuterRef("client_id"))
    return consumers.filter(Exists(own))


def behind_since(now: datetime) -> datetime:
    """Who has not fetched what was there at this instant is behind."""
    return now - timedelta(minutes=settings.FEED_BEHIND_MINUTES)


def _by_feed(make: Callable[[Source], QuerySet[Any]], field: "Field[Any, Any]") -> Case:
    whens = [When(feed=feed, then=Subquery(make(source))) for feed, source in SOURCES.items()]
    return Case(*whens, output_field=field)


def _count(rows: QuerySet[Any]) -> QuerySet[Any]:
    counted: QuerySet[Any] = rows.order_by().values("tenant_id").annotate(number=Count("id"))
    return counted.values("number")
