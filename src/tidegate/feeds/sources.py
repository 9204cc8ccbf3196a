"""What each feed gives: rows, in the order of a time of their own."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.db.models import OuterRef, QuerySet

from tidegate.authorization.api_permissions import Resource
from tidegate.core.scoped import ScopedQuerySet
from tidegate.feeds.words import Feed
from tidegate.incidents.models import Alert, Detection, Incident


@dataclass(frozen=True, slots=True)
class Source:
    """A table, the column that holds the feed's time, and the API whose permissions open the feed."""

    model: type[Alert | Detection | Incident]
    column: str
    resource: Resource

    def rows(self) -> ScopedQuerySet[Any]:
        """The rows, in no scope yet. Any: they are of one model or another."""
        return self.model.objects.all()

    def rows_of_outer(self) -> QuerySet[Any]:
        """Within a query over consumers: the rows of a consumer's tenant, in no order."""
        return self.rows().across_tenants().filter(tenant_id=OuterRef("tenant_id")).order_by()

    def waiting(self) -> QuerySet[Any]:
        """Of those, what was not delivered yet; nothing for who never fetched up to an end."""
        return self.rows_of_outer().filter(**{f"{self.column}__gt": OuterRef("covered_until")})


SOURCES: Final = MappingProxyType(
    {
        Feed.GRAPH_ALERTS: Source(Alert, "last_update_at", Resource.GRAPH),
        Feed.GRAPH_INCIDENTS: Source(Incident, "last_update_at", Resource.GRAPH),
        Feed.SIEM: Source(Detection, "processed_at", Resource.SIEM),
        Feed.DEFENDER_ALERTS: Source(Alert, "last_update_at", Resource.DEFENDER),
        Feed.XDR_INCIDENTS: Source(Incident, "last_update_at", Resource.DEFENDER_XDR),
    }
)
