"""Lists of the queue as CSV or NDJSON, sent while they are read: of one tenant or of several."""

import uuid
from collections.abc import Callable, Iterator
from typing import Final

from django.http import HttpResponseBase
from django.views.decorators.http import require_POST

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core.paging import read_all
from tidegate.devices.queries import ORDER, list_devices, read_device_filter
from tidegate.incidents.exporting import read_alerts, read_incidents
from tidegate.incidents.words import AlertStatus, IncidentStatus
from tidegate.web.device_rows import read_given
from tidegate.web.exports import stream_csv, stream_ndjson
from tidegate.web.many_visit import ManyVisit
from tidegate.web.queue.files import (
    ALERT_HEAD,
    DEVICE_HEAD,
    INCIDENT_HEAD,
    FileRow,
    alert_file_rows,
    as_cells,
    device_file_rows,
    incident_file_rows,
)
from tidegate.web.queue.state import read_state
from tidegate.web.visit import Visit, in_tenant

type Names = dict[uuid.UUID, str]


def _incidents(visit: Visit | ManyVisit, names: Names) -> Iterator[FileRow]:
    state = read_state(visit, "incidents", IncidentStatus)
    return incident_file_rows(visit.scope, read_incidents(visit.scope, state.chosen), names)


def _alerts(visit: Visit | ManyVisit, names: Names) -> Iterator[FileRow]:
    state = read_state(visit, "alerts", AlertStatus)
    return alert_file_rows(visit.scope, read_alerts(visit.scope, state.chosen), names)


def _devices(visit: Visit | ManyVisit, names: Names) -> Iterator[FileRow]:
    chosen = read_device_filter(read_given(visit.request.GET))
    return device_file_rows(read_all(list_devices(visit.scope, chosen), ORDER), names)


type Read = Callable[[Visit | ManyVisit, Names], Iterator[FileRow]]

_LISTS: Final[dict[str, tuple[Permission, tuple[str, ...], Read]]] = {
    "incidents": (Permission.INCIDENT_READ, INCIDENT_HEAD, _incidents),
    "alerts": (Permission.ALERT_READ, ALERT_HEAD, _alerts),
    "devices": (Permission.DEVICE_READ, DEVICE_HEAD, _devices),
}


def _export_many(visit: ManyVisit, what: str, form: str) -> HttpResponseBase:
    """The same of several tenants; each is told that a guest took its rows."""
    permission = _LISTS[what][0]
    visit.permission = permission
    users = {user.tenant_id: user for user in visit.find_all_users()}
    visit.note_view(f"{what}.exported", users)
    names = {tenant_id: user.tenant.display_name for tenant_id, user in users.items()}
    return _send(visit, visit.scope, names, what, form)


@require_POST
@in_tenant("incidents", Permission.INCIDENT_READ, many=_export_many)
def export(visit: Visit, what: str, form: str) -> HttpResponseBase:
    """All rows that the address's filter leaves."""
    scope, (permission, _head, _read) = visit.scope, _LISTS[what]
    require(scope, permission)
    name = scope.entry.tenant_name
    record(scope, f"{what}.exported", Target("tenant", visit.tid, name))
    return _send(visit, scope, {scope.tenant_id: name}, what, form)


def _send(
    visit: Visit | ManyVisit, scope: Scope | ManyScope, names: Names, what: str, form: str
) -> HttpResponseBase:
    _permission, head, read = _LISTS[what]
    rows, name = read(visit, names), f"{what}.{form}"
    if form == "csv":
        return stream_csv(scope, name, head, map(as_cells, rows))
    return stream_ndjson(scope, name, rows)
