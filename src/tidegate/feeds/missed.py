"""What lies between two instants of a feed."""

import uuid
from datetime import datetime

from django.db.models import QuerySet

from tidegate.feeds.words import Feed
from tidegate.incidents.models import Alert, Detection, Incident

type Row = Alert | Detection | Incident


def count_missed(tenant_id: uuid.UUID, feed: Feed, after: datetime, before: datetime) -> int:
    """How many things have their time between these two, both excluded."""
    rows, column = timed_rows(tenant_id, feed)
    return rows.filter(**{f"{column}__gt": after, f"{column}__lt": before}).count()


def timed_rows(tenant_id: uuid.UUID, feed: Feed) -> tuple[QuerySet[Row], str]:
    """The rows of a feed, and the column that holds their time in it."""
    if feed is Feed.SIEM:
        return Detection.objects.of_tenant(tenant_id), "processed_at"
    if feed in {Feed.GRAPH_INCIDENTS, Feed.XDR_INCIDENTS}:
        return Incident.objects.of_tenant(tenant_id), "last_update_at"
    return Alert.objects.of_tenant(tenant_id), "last_update_at"
