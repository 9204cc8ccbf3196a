"""Whatever an incident names exists, belongs to its tenant, and could be there at that time."""

from tidegate.demo.specs import World

from .conftest import Incidents
from .reading import alerts_of, comments_of, evidence_of, members, when


def test_assignees_had_access_at_that_time(world: World, incidents: Incidents) -> None:
    assigned = 0
    for tenant in world.tenants:
        guests = {guest.account_email: guest for guest in world.guests if guest.tenant_slug == tenant.slug}
        for incident in [one for one in incidents[tenant.slug] if one["assignedTo"] is not None]:
            assigned += 1
            owner = world.account(str(incident["assignedTo"]))
            if owner.home_slug != tenant.slug:
                guest = guests[owner.email]
                assert guest.starts_at <= when(incident["lastUpdateDateTime"])
                assert guest.ends_at is None or guest.ends_at > when(incident["createdDateTime"])
    assert assigned > 500


def test_untouched_incidents_have_no_owner_and_no_comments(incidents: Incidents) -> None:
    for incident in [one for files in incidents.values() for one in files if one["status"] == "active"]:
        assert incident["assignedTo"] is None
        assert incident["comments"] == []
        assert {alert["status"] for alert in alerts_of(incident)} == {"new"}


def test_comments_are_by_people_who_could_enter_then(world: World, incidents: Incidents) -> None:
    by_name = {account.display_name: account for account in world.accounts}
    for tenant in world.tenants:
        guests = {guest.account_email: guest for guest in world.guests if guest.tenant_slug == tenant.slug}
        for comment in comments_of(incidents[tenant.slug]):
            author = by_name[comment["createdByDisplayName"]]
            written_at = when(comment["createdDateTime"])
            assert author.home_slug == tenant.slug or guests[author.email].in_force(written_at)


def test_alerts_carry_comments_too(incidents: Incidents) -> None:
    alerts = [alert for files in incidents.values() for incident in files for alert in alerts_of(incident)]

    assert sum(bool(alert["comments"]) for alert in alerts) > 100


def test_devices_and_people_belong_to_the_tenant(world: World, incidents: Incidents) -> None:
    for tenant in world.tenants:
        estate = world.estates[tenant.slug]
        devices = {device.mde_id for device in estate.devices}
        people = {person.upn for person in (*estate.people, *estate.services)}
        for incident in incidents[tenant.slug]:
            assert incident["tenantId"] == str(tenant.tenant_id)
            assert {alert["tenantId"] for alert in alerts_of(incident)} <= {str(tenant.tenant_id)}
            assert {alert["incidentId"] for alert in alerts_of(incident)} <= {incident["id"]}
            named = {value for name, value in members(incident) if name == "mdeDeviceId" and value}
            assert named <= devices
            assert {
                value for name, value in members(incident) if name == "userPrincipalName" and value
            } <= people


def test_files_on_devices_have_a_device_in_evidence(incidents: Incidents) -> None:
    for incident in [incident for files in incidents.values() for incident in files]:
        known = {piece["mdeDeviceId"] for piece in evidence_of(incident, "deviceEvidence")}
        for kind in ("processEvidence", "registryValueEvidence"):
            assert {piece["mdeDeviceId"] for piece in evidence_of(incident, kind)} <= known
