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


def keep_incidents_found(incidents: Iterable[Incident]) -> None:
    """These incidents are new, or called or tagged otherwise."""
    keep_words(
        (one.tenant_id, one.id, text_of_incident(one.display_name, one.custom_tags)) for one in incidents
    )


def keep_counted_found(tenant_id: uuid.UUID, incident_ids: Collection[uuid.UUID]) -> None:
    """The same of incidents of a tenant that were counted anew; they are read as they stand."""
    if incident_ids and keeps_words():
        keep_incidents_found(Incident.objects.of_tenant(tenant_id).filter(id__in=incident_ids))
