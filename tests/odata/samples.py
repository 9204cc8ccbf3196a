"""A made-up resource over real tables: incidents as some wire would show them."""

from tidegate.core.paging import SortKey
from tidegate.incidents.models import Incident
from tidegate.odata.filter.tree import COMPARISONS, Operator
from tidegate.odata.resource import Kind, Option, Property, Resource

SEVERITIES = {"unknown": 0, "informational": 1, "low": 2, "medium": 3, "high": 4}
STATUSES = {
    "Active": "active",
    "InProgress": "inProgress",
    "Open": ("active", "inProgress"),
    "Redirected": (),
}

COMMENT = Resource(
    "a comment",
    (Property("createdDateTime", "created_at", Kind.DATETIME),),
    members=("comment",),
    orderable=("createdDateTime",),
    default_top=5,
)
INCIDENT = Resource(
    "an incident",
    (
        Property("id", "number", Kind.INTEGER),
        Property("externalId", "external_id", exact_case=True, null_as=("",)),
        Property("displayName", "display_name"),
        Property("assignedTo", "assigned_to", null_as=("",)),
        Property(
            "severity",
            "severity",
            Kind.ENUM,
            words=SEVERITIES,
            operators=frozenset({*COMPARISONS, Operator.IN}),
        ),
        Property("status", "status", Kind.ENUM, words=STATUSES, null_as=("resolved",)),
        Property("createdDateTime", "created_at", Kind.DATETIME),
        Property("resolvedDateTime", "resolved_at", Kind.DATETIME),
        Property("isDerived", "is_derived", Kind.BOOLEAN),
        Property("customTags", "custom_tags", Kind.TEXT_LIST),
        Property("systemTags", "system_tags", Kind.TEXT_LIST),
        Property("user/id", "assigned_user_id", Kind.GUID),
        Property("tenant/name", "tenant__display_name"),
        Property("redirectIncidentId"),
        Property("noTags", kind=Kind.TEXT_LIST),
    ),
    members=("comments", "title"),
    orderable=("createdDateTime", "severity"),
    default_order=(SortKey("created_at"), SortKey("id")),
    expandable={"alerts": Resource("an alert", members=("id", "title"), expandable={"comments": COMMENT})},
    options=frozenset(Option),
    default_top=50,
    largest_top=200,
)


def show(incident: Incident) -> dict[str, object]:
    """What a filter sees of a row: nulls of the wire as None, texts in lower case."""
    words = {value: word for word, value in SEVERITIES.items()}
    return {
        "id": incident.number,
        "externalId": incident.external_id or None,
        "displayName": incident.display_name.lower(),
        "assignedTo": incident.assigned_to.lower() or None,
        "severity": words[incident.severity],
        "status": None if incident.status == "resolved" else incident.status.lower(),
        "createdDateTime": incident.created_at,
        "resolvedDateTime": incident.resolved_at,
        "isDerived": incident.is_derived,
        "customTags": [tag.lower() for tag in incident.custom_tags],
        "systemTags": [tag.lower() for tag in incident.system_tags],
        "user/id": incident.assigned_user_id,
        "tenant/name": "delta mills",
        "redirectIncidentId": None,
        "noTags": None,
    }
