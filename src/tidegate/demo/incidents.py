"""A tenant's incidents as Microsoft Graph v1.0 gives them: `security/incidents?$expand=alerts`."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tidegate.connectors.records import Json

from .alerts import AlertPlace, make_alert
from .chance import dice
from .plan import Plan, plan_incidents
from .roster import Roster, make_roster
from .scenarios.shape import (
    Severity,
)
from .specs import TenantSpec, World
from .spelling import wire_time
from .story import Story, cut, tell
from .triage import Handling, decide_handling

_GRAVITY = tuple(Severity)
_MERGED_AFTER = timedelta(minutes=7)


def incident_files(world: World, tenant: TenantSpec) -> Iterator[dict[str, Json]]:
    """Every incident of the last thirty days, oldest first, with its alerts inside.

    One that was merged into another stands behind it and holds no alerts.
    """
    roster = make_roster(world, tenant)
    for plan in plan_incidents(world, tenant):
        yield (
            _merged(plan, tenant, world)
            if plan.merged_into is not None
            else _told(plan, tenant, world, roster)
        )


def make_incident(story: Story, handling: Handling, number: int) -> dict[str, Json]:
    """The Graph object of one incident whose story is known so far."""
    alerts: list[Json] = [
        make_alert(beat, handling, AlertPlace(number, index)) for index, beat in enumerate(story.beats)
    ]
    return {
        **_head(story, story.cast.tenant, number),
        "severity": max((beat.stage.severity for beat in story.beats), key=_GRAVITY.index).value,
        "status": handling.status,
        "assignedTo": None if handling.owner is None else handling.owner.email,
        "classification": handling.classification,
        "determination": handling.determination,
        "redirectIncidentId": None,
        "customTags": list(story.scenario.tags),
        "resolvingComment": handling.remarks[-1].text if handling.resolved_at and handling.remarks else None,
        "lastModifiedBy": None if handling.owner is None else handling.owner.email,
        "lastUpdateDateTime": wire_time(_changed_at(story, handling)),
        "comments": [
            {
                "comment": remark.text,
                "createdByDisplayName": remark.author.display_name,
                "createdDateTime": wire_time(remark.written_at),
            }
            for remark in handling.remarks
        ],
        "alerts": alerts,
    }


def _told(plan: Plan, tenant: TenantSpec, world: World, roster: Roster) -> dict[str, Json]:
    story = cut(_story(plan, tenant, world), world.now)
    handling = decide_handling(
        story, roster, world.now, dice("handling", world.seed, tenant.slug, plan.number)
    )
    return make_incident(story, handling, plan.number)


def _merged(plan: Plan, tenant: TenantSpec, world: World) -> dict[str, Json]:
    story = cut(_story(plan, tenant, world), plan.begins_at)
    merged_at = plan.begins_at + _MERGED_AFTER
    return {
        **make_incident(story, Handling("redirected"), plan.number),
        "redirectIncidentId": str(plan.merged_into),
        "lastUpdateDateTime": wire_time(merged_at),
        "alerts": [],
    }


def _story(plan: Plan, tenant: TenantSpec, world: World) -> Story:
    chance = dice("story", world.seed, tenant.slug, plan.number)
    return tell(plan.scenario, tenant, world.estates[tenant.slug], plan.begins_at, chance)


def _head(story: Story, tenant: TenantSpec, number: int) -> dict[str, Json]:
    first = story.beats[0]
    return {
        "id": str(number),
        "tenantId": str(tenant.tenant_id),
        "displayName": story.cast.say(story.scenario.title),
        "description": story.cast.say(first.stage.description),
        "incidentWebUrl": f"https://security.microsoft.com/incidents/{number}?tid={tenant.tenant_id}",
        "createdDateTime": wire_time(first.raised_at),
        "systemTags": [],
    }


def _changed_at(story: Story, handling: Handling) -> datetime:
    changes = [story.beats[-1].raised_at, *(remark.written_at for remark in handling.remarks)]
    changes += [moment for moment in (handling.taken_at, handling.resolved_at) if moment is not None]
    return max(changes)
