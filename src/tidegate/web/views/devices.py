"""Devices that alerts name: the list, and one of them."""

import uuid
from typing import Final

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.devices.queries import get_device, page_devices, read_device_filter
from tidegate.incidents.device_queries import incidents_on
from tidegate.incidents.queries import alerts_on
from tidegate.incidents.queue import count_open_alerts_on
from tidegate.incidents.redaction import show_as_seen
from tidegate.web.device_rows import describe_device_list, read_given, texts
from tidegate.web.device_words import (
    describe_account,
    describe_antivirus,
    describe_health,
    describe_onboarding,
    describe_risk,
    describe_system,
)
from tidegate.web.inert import show_inert
from tidegate.web.queue.rows import alert_rows, incident_rows
from tidegate.web.views import many
from tidegate.web.visit import Visit, in_tenant

ALERTS_AT_MOST: Final = 50
INCIDENTS_AT_MOST: Final = 20


@require_safe
@in_tenant("devices", Permission.DEVICE_READ, many=many.list_devices_of, notes_view=True)
def list_all(visit: Visit) -> HttpResponseBase:
    """The devices, those seen last first."""
    visit.require(Permission.DEVICE_READ)
    given = read_given(visit.request.GET)
    page = page_devices(visit.scope, read_device_filter(given), visit.request.GET.get("cursor", ""))
    visit.note_view("devices.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    counts = count_open_alerts_on(visit.scope, page.rows)
    return visit.render("web/devices/list.html", describe_device_list(visit, given, page, counts))


@require_safe
@in_tenant("devices", Permission.DEVICE_READ)
def show(visit: Visit, device_id: uuid.UUID) -> HttpResponseBase:
    """One device."""
    device = get_device(visit.scope, device_id)
    visit.note_view("device.viewed", Target("device", str(device.id), str(device)))
    alerts = list(alerts_on(visit.scope, device)[: ALERTS_AT_MOST + 1])
    incidents = list(incidents_on(visit.scope, device)[: INCIDENTS_AT_MOST + 1])
    show_as_seen(visit.scope, [*incidents, *(alert.incident for alert in alerts)])
    context = {
        "device": device,
        "title": show_inert(str(device)),
        "risk": describe_risk(device.risk_score),
        "health": describe_health(device.health_status),
        "rows": alert_rows(visit.scope, alerts[:ALERTS_AT_MOST]),
        "is_cut": len(alerts) > ALERTS_AT_MOST,
        "incidents": incident_rows(visit.scope, incidents[:INCIDENTS_AT_MOST]),
        "is_cut_incidents": len(incidents) > INCIDENTS_AT_MOST,
        "system": describe_system(device.os_platform),
        "onboarding": describe_onboarding(device.onboarding_status),
        "antivirus": describe_antivirus(device.av_status),
        "people": [told for person in device.logged_on_users if (told := describe_account(person))],
        "addresses": texts(device.ip_addresses),
        "tags": texts(device.tags),
        "may_read_groups": visit.scope.allows(Permission.DEVICE_GROUP_READ),
    }
    return visit.render("web/devices/show.html", context, of=f"device:{device.id}")
