"""One alert in Microsoft Graph's shape (`alert` of `security/alerts_v2`, v1.0)."""

from dataclasses import dataclass

from tidegate.connectors.records import Json

from .chance import guid, number_of
from .evidence import Scene, make_evidence
from .spelling import wire_time
from .story import Beat
from .triage import Handling
from .words.playbooks import PLAYBOOKS

_STATES = {"resolved": "resolved", "inProgress": "inProgress", "awaitingAction": "inProgress"}


@dataclass(frozen=True, slots=True)
class AlertPlace:
    """Which alert of which incident: both numbers count within the tenant and the incident."""

    incident: int
    index: int


def make_alert(beat: Beat, handling: Handling, place: AlertPlace) -> dict[str, Json]:
    """The Graph object of one alert."""
    tenant_id = str(beat.cast.tenant.tenant_id)
    alert_id = _alert_id(beat, place)
    return {
        "@odata.type": "#microsoft.graph.security.alert",
        "id": alert_id,
        "providerAlertId": alert_id,
        "incidentId": str(place.incident),
        "tenantId": tenant_id,
        **_what(beat),
        **_standing(beat, handling),
        "alertWebUrl": f"https://security.microsoft.com/alerts/{alert_id}?tid={tenant_id}",
        "incidentWebUrl": f"https://security.microsoft.com/incidents/{place.incident}?tid={tenant_id}",
        "comments": _comments(beat, handling, place),
        "evidence": _evidence(beat, handling),
    }


def _alert_id(beat: Beat, place: AlertPlace) -> str:
    digits = number_of(10**18, "alert", beat.cast.tenant.tenant_id, place.incident, place.index)
    return f"{beat.stage.sensor.id_prefix}{digits:018}_{place.incident}{place.index:02}"


def _what(beat: Beat) -> dict[str, Json]:
    stage, say = beat.stage, beat.cast.say
    return {
        "title": say(stage.title),
        "description": say(stage.description),
        "recommendedActions": say(PLAYBOOKS[stage.playbook]),
        "category": stage.category,
        "severity": stage.severity.value,
        "serviceSource": stage.sensor.service,
        "detectionSource": stage.sensor.detection,
        "productName": stage.sensor.product,
        "detectorId": str(guid("detector", stage.title)),
        "mitreTechniques": list(stage.techniques),
        "actorDisplayName": None,
        "threatDisplayName": say(stage.threat) or None,
        "threatFamilyName": say(stage.threat) or None,
        "systemTags": [],
        "firstActivityDateTime": wire_time(beat.began_at),
        "lastActivityDateTime": wire_time(beat.ended_at),
        "createdDateTime": wire_time(beat.raised_at),
    }


def _standing(beat: Beat, handling: Handling) -> dict[str, Json]:
    """An alert that came after somebody took the incident is still new, unless all was resolved."""
    reached = handling.taken_at is not None and (handling.resolved_at or handling.taken_at) >= beat.raised_at
    owner = handling.owner.email if reached and handling.owner is not None else None
    changed_at = max(beat.raised_at, handling.resolved_at or handling.taken_at or beat.raised_at)
    return {
        "status": _STATES.get(handling.status, "new") if reached else "new",
        "assignedTo": owner,
        "classification": handling.classification,
        "determination": handling.determination,
        "resolvedDateTime": None if handling.resolved_at is None else wire_time(handling.resolved_at),
        "lastUpdateDateTime": wire_time(changed_at if reached else beat.raised_at),
    }


def _comments(beat: Beat, handling: Handling, place: AlertPlace) -> list[Json]:
    """The first remark that followed the alert stands on it too, on one alert in four."""
    later = [remark for remark in handling.remarks if remark.written_at >= beat.raised_at]
    if not later or number_of(4, "comment", beat.cast.tenant.slug, place.incident, place.index):
        return []
    remark = later[0]
    return [
        {
            "comment": remark.text,
            "createdByDisplayName": remark.author.display_name,
            "createdDateTime": wire_time(remark.written_at),
        }
    ]


def _evidence(beat: Beat, handling: Handling) -> list[Json]:
    scene = Scene(beat.cast, beat.raised_at, cleaned=handling.status == "resolved")
    return [make_evidence(clue, scene) for clue in beat.stage.clues]
