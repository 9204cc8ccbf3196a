"""Lists are saved under names and deleted again: at home, wherever one is."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tidegate.authorization.scope import Actor, Scope
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.devices.queries import read_device_filter
from tidegate.gate.opening import open as open_gate
from tidegate.gate.several import names_several
from tidegate.incidents.actions.saved_views import delete_view, save_view
from tidegate.incidents.filters import read_filter
from tidegate.incidents.words import AlertStatus, IncidentStatus
from tidegate.web.device_rows import read_given
from tidegate.web.links import tenant_link
from tidegate.web.many_visit import ManyVisit
from tidegate.web.queue.state import ANY, PARAMETERS
from tidegate.web.visit import Visit, in_tenant, say

_STATUSES: Final[Mapping[str, type[IncidentStatus | AlertStatus]]] = {
    "incidents": IncidentStatus,
    "alerts": AlertStatus,
}


def _save(visit: Visit | ManyVisit) -> HttpResponse:
    """Keep the list that the form came from, in one tenant or in several."""
    sent = visit.request.POST
    page, tid = sent.get("page", ""), sent.get("of", "")
    try:
        view = save_view(
            _open_home(visit.scope.actor),
            page=page,
            name=sent.get("name", ""),
            params=_read_params(page, dict(parse_qsl(sent.get("query", "")))),
            tid=tid if names_several(tid) else "",
            is_shared=sent.get("shared") == "1",
        )
    except (Conflict, InvalidInput) as error:
        visit.complain(say(error))
        return visit.go_back(visit.link("incidents"))
    visit.tell(_("View saved: %(name)s.") % {"name": view.name})
    return visit.go_back(tenant_link(page, view.tid or visit.tid, **view.params))


@require_POST
@in_tenant("incidents", many=_save)
def save(visit: Visit) -> HttpResponseBase:
    """Keep the list that the form came from."""
    return _save(visit)


def _delete(visit: Visit | ManyVisit, view_id: UUID) -> HttpResponse:
    """Delete a view of one's own, or a shared one."""
    delete_view(_open_home(visit.scope.actor), view_id)
    visit.tell(_("View deleted."))
    return visit.go_back(visit.link("incidents"))


@require_POST
@in_tenant("incidents", many=_delete)
def delete(visit: Visit, view_id: UUID) -> HttpResponseBase:
    """Delete a view of one's own, or a shared one."""
    return _delete(visit, view_id)


def _open_home(actor: Actor) -> Scope:
    return open_gate(actor, "")


def _read_params(page: str, given: Mapping[str, str]) -> dict[str, str]:
    """The parameters as the list itself would read them. Raises InvalidInput."""
    if page == "devices":
        asked = read_given(given)
        read_device_filter(asked)
        return asked
    params = {name: value for name in PARAMETERS if (value := given.get(name, ""))}
    statuses = _STATUSES.get(page)
    if statuses:
        status = params.get("status", "")
        read_filter({**params, "status": "" if status == ANY else status}, statuses)
    return params
