"""The words by which alerts and incidents are found, kept by whoever writes them.

Only SQLite keeps them apart (see `search_engine`); of PostgreSQL nothing is asked, and no statement made.
"""

import uuid
from collections.abc import Collection, Iterable

from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.search_engine import keep_words, keeps_words, text_of_incident


def keep_alerts_found(alerts: Iterable[Alert]) -> None:
    """These alerts are new, or called otherwise."""
    keep_words((alert.tenant_id, alert.id, alert.title) for alert in alerts)


def keep_incidents_found(tenant_id: uuid.UUID, incident_ids: Collection[uuid.UUID]) -> None:
    """These incidents of a tenant are new, or called or tagged otherwise; they are read as they stand."""
    if not incident_ids or not keeps_words():
        return
    rows = Incident.objects.of_tenant(tenant_id).filter(id__in=incident_ids)
    keep_words(
        (tenant_id, id_, text_of_incident(name, tags))
        for id_, name, tags in rows.values_list("id", "display_name", "custom_tags")
    )
