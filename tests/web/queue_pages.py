"""What tests of the queue's pages have in common: what came in, and finding it again."""

import re
from typing import Any

from tests.cast import Cast, import_all
from tests.connectors.samples import TYPE, graph_alert, graph_incident
from tidegate.audit.models import AuditEvent
from tidegate.directory.models import Tenant
from tidegate.incidents.models import Alert, Incident


def bring_in(cast: Cast, *incidents: dict[str, Any]) -> None:
    """Incidents for the customer, and the other tenant's own under the same numbers and ids."""
    import_all(cast.customer, list(incidents))
    import_all(cast.other, [theirs(incident) for incident in incidents])


def theirs(incident: dict[str, Any]) -> dict[str, Any]:
    """The same as another tenant has it: every text says so."""
    alerts = [{**alert, "title": "LEAKED alert", "description": "LEAKED"} for alert in incident["alerts"]]
    return {**incident, "displayName": "LEAKED incident", "customTags": ["LEAKED"], "alerts": alerts}


def some_incident(number: int, **changes: Any) -> dict[str, Any]:
    """An incident with one alert that names a device, a file, a process and a user."""
    alert = graph_alert(
        id=f"da{number}",
        incidentId=str(number),
        title=f"Alert of {number}",
        description="It was seen.",
        recommendedActions="Look.\nThen act.",
        mitreTechniques=["T1059.001", "T9999"],
        evidence=some_evidence(),
    )
    given = {"id": str(number), "displayName": f"Incident {number}", **changes}
    return graph_incident(*given.pop("alerts", [alert]), **given)


def some_evidence() -> list[dict[str, Any]]:
    return [
        {
            "@odata.type": TYPE + "deviceEvidence",
            "verdict": "unknown",
            "mdeDeviceId": "d1",
            "deviceDnsName": "ws1.customer.example",
        },
        {
            "@odata.type": TYPE + "fileEvidence",
            "verdict": "suspicious",
            "fileDetails": {"fileName": "tool.exe", "sha256": "aa11"},
            "neverHeardOf": {"inner": "kept value"},
        },
        {
            "@odata.type": TYPE + "processEvidence",
            "verdict": "malicious",
            "mdeDeviceId": "d1",
            "processId": 77,
            "processCommandLine": "tool.exe /quiet",
            "imageFile": {"fileName": "tool.exe"},
            "parentProcessId": 12,
            "parentProcessImageFile": {"fileName": "winword.exe"},
        },
        {
            "@odata.type": TYPE + "userEvidence",
            "verdict": "unknown",
            "userAccount": {"userPrincipalName": "dora@customer.example", "displayName": "Dora"},
        },
    ]


def incident_of(tenant: Tenant, number: int) -> Incident:
    return Incident.objects.of_tenant(tenant.id).get(number=number)


def alert_of(tenant: Tenant, external_id: str) -> Alert:
    return Alert.objects.of_tenant(tenant.id).get(external_id=external_id)


def events_of(tenant: Tenant, **asked: Any) -> list[str]:
    """Tags of the tenant's events, oldest first."""
    rows = AuditEvent.objects.across_tenants().filter(tenant_id=tenant.id, **asked).order_by("sequence")
    return list(rows.values_list("tag", flat=True))


def titles_of(response: Any) -> list[str]:
    """The titles of a list's rows, as HTML."""
    links = re.findall(r"<a href=\"[^\"]*\" data-row-link>(.*?)</a>", response.content.decode(), re.DOTALL)
    return [re.sub(r"</?bdi>", "", link) for link in links]
