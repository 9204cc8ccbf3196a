"""Take what is most urgent: of one tenant or of several, and never what somebody else just took."""

from collections.abc import Callable, Collection
from datetime import timedelta

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Conflict, Forbidden, NotFound
from tidegate.incidents.actions.changes import assign_incident
from tidegate.incidents.models import Incident
from tidegate.incidents.taking import list_waiting
from tidegate.web.links import tenant_link
from tidegate.web.many_visit import ManyVisit
from tidegate.web.queue.due import Due, find_due
from tidegate.web.visit import Visit, in_tenant


def _take_of_many(visit: ManyVisit) -> HttpResponse:
    """The most urgent of all tenants in which one may read and assign."""
    waiting = list_waiting(visit.scope, visit.scope_of(Permission.INCIDENT_ASSIGN))
    return _take(visit, waiting, lambda incident: visit.open(incident.tenant_id))


@require_POST
@in_tenant("incidents", Permission.INCIDENT_READ, many=_take_of_many)
def take_next(visit: Visit) -> HttpResponseBase:
    """The most urgent of the tenant."""
    waiting = list_waiting(visit.scope, visit.scope)
    return _take(visit, waiting, lambda _incident: visit.scope)


def _take(
    visit: Visit | ManyVisit, waiting: Collection[Incident], open_for: Callable[[Incident], Scope]
) -> HttpResponse:
    dues = find_due(visit.scope.actor, waiting)
    # Where a time was agreed, the one that has least of it left; so a late one comes first in its severity.
    ranked = sorted(waiting, key=lambda one: (-one.severity, _time_left(dues.get(one.id)), one.created_at))
    taken = next(filter(None, (_try(open_for, incident) for incident in ranked)), None)
    if taken is None:
        visit.tell(_("Nothing waits for an owner."))
        return visit.go_back(visit.link("incidents"))
    visit.tell(_("Incident %(number)s is yours.") % {"number": taken.number})
    return HttpResponseRedirect(tenant_link("incident", str(taken.tenant_id), taken.number))


def _time_left(due: Due | None) -> timedelta:
    return due.left if due else timedelta.max


def _try(open_for: Callable[[Incident], Scope], incident: Incident) -> Incident | None:
    """The incident, if it is now the visitor's: whoever was faster has changed its version."""
    try:
        scope = open_for(incident)
        return assign_incident(scope, incident.number, user_id=scope.entry.user_id, version=incident.version)
    except (Conflict, Forbidden, NotFound):
        return None
