"""Incidents: the queue, what came in since, and one of them."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope
from tidegate.incidents.actions.changing import incident_target
from tidegate.incidents.changed import changed_incidents
from tidegate.incidents.models import Incident
from tidegate.incidents.newest.questions import one_by_one
from tidegate.incidents.queries import get_incident, list_incidents, page_incidents
from tidegate.incidents.queue import count_newer, count_views, last_alert_at, newest_incident_id
from tidegate.incidents.words import IncidentStatus
from tidegate.web.inert import show_inert
from tidegate.web.many_visit import ManyVisit
from tidegate.web.queue.bulk import bulk_actions
from tidegate.web.queue.changed import read_known, write_instant
from tidegate.web.queue.choices import judgement_choices, owner_choices, status_choices
from tidegate.web.queue.due import find_due
from tidegate.web.queue.incident_page import describe_incident
from tidegate.web.queue.list_page import describe_list, read_after
from tidegate.web.queue.permissions import may_with_incidents
from tidegate.web.queue.rows import incident_rows
from tidegate.web.queue.state import read_state
from tidegate.web.queue.views import incident_segments
from tidegate.web.views import many
from tidegate.web.visit import Visit, in_tenant


@require_safe
@in_tenant("incidents", Permission.INCIDENT_READ, many=many.list_incidents_of, notes_view=True)
def list_all(visit: Visit) -> HttpResponseBase:
    """The queue, as the address asks for it."""
    visit.require(Permission.INCIDENT_READ)
    state, scope = read_state(visit, "incidents", IncidentStatus), visit.scope
    page = page_incidents(scope, state.chosen, state.cursor)
    visit.note_view("incidents.viewed", Target("tenant", visit.tid, scope.entry.tenant_name))
    rows = incident_rows(scope, page.rows, dues=find_due(scope.actor, page.rows))
    context = {
        **describe_list(scope, state, page, newest_incident_id(scope)),
        "rows": rows,
        "has_due": any(row.due for row in rows),
        "segments": incident_segments(state, count_views(scope)),
        "actions": bulk_actions(may_with_incidents(scope)),
        "can_take": scope.allows(Permission.INCIDENT_ASSIGN),
        "last_alert": None if page.rows else last_alert_at(scope),
    }
    return visit.render("web/incidents/list.html", context)


def _count_new(visit: Visit | ManyVisit) -> HttpResponse:
    """How many incidents came in since the list was made, and its rows that changed. Recorded nowhere."""
    state, asked, scope = read_state(visit, "incidents", IncidentStatus), visit.request.GET, visit.scope
    changed = changed_incidents(scope, read_known(asked.get("rows", "")))
    badges = many.badges_for(visit, changed)
    context = {
        "waiting": count_newer(
            list_incidents(one_by_one(scope), state.chosen),
            read_after(asked),
            of_many=isinstance(scope, ManyScope),
        ),
        "first_url": state.link(),
        "changed": incident_rows(scope, changed, badges, find_due(scope.actor, changed)),
        "row_template": "web/incidents/parts/row.html",
        "actions": True if isinstance(scope, ManyScope) else bulk_actions(may_with_incidents(scope)),
        "has_due": "clock" in asked,
    }
    return visit.render_part("web/incidents/parts/newer.html", context)


@require_safe
@in_tenant("incidents", Permission.INCIDENT_READ, many=_count_new)
def count_new(visit: Visit) -> HttpResponseBase:
    """How many incidents came in since the list was made, as a part of that page. Recorded nowhere."""
    return _count_new(visit)


@require_safe
@in_tenant("incidents", Permission.INCIDENT_READ, notes_view=True)
def show(visit: Visit, number: int) -> HttpResponseBase:
    """One incident, by its number or by its number at its source."""
    incident = get_incident(visit.scope, number)
    visit.note_view("incident.viewed", incident_target(incident))
    return render_incident(visit, incident)


def render_incident(
    visit: Visit, incident: Incident, *, problem: str = "", comment: str = "", status: int = 200
) -> HttpResponse:
    """The page of an incident; with a problem on top of it when a change was refused."""
    scope, may = visit.scope, may_with_incidents(visit.scope)
    is_mine = incident.assigned_user_id is not None and incident.assigned_user_id == scope.entry.user_id
    context = {
        **describe_incident(scope, incident),
        "due_": find_due(scope.actor, [incident]).get(incident.id),
        "title": show_inert(incident.display_name) or _("Incident %(number)s") % {"number": incident.number},
        "problem": problem,
        "comment": comment,
        "may": may,
        "is_mine": is_mine,
        "statuses": status_choices(IncidentStatus, incident.status),
        "judgements": judgement_choices(incident.classification, incident.determination),
        "owners": owner_choices(scope, incident.assigned_user_id) if may.assign else [],
        "live_at": write_instant(incident.last_update_at),
        "tags_text": show_inert(", ".join(incident.custom_tags)),
    }
    return visit.render("web/incidents/show.html", context, status, of=f"incident:{incident.number}")
