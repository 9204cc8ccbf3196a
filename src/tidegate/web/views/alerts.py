"""Alerts: the list, what came in since, and one of them."""

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope
from tidegate.incidents.actions.changing import alert_target
from tidegate.incidents.changed import changed_alerts
from tidegate.incidents.models import Alert
from tidegate.incidents.newest.questions import one_by_one
from tidegate.incidents.queries import get_alert, list_alerts, page_alerts
from tidegate.incidents.queue import count_newer, last_alert_at, newest_alert_id
from tidegate.incidents.words import AlertStatus
from tidegate.web.inert import show_inert
from tidegate.web.many_visit import ManyVisit
from tidegate.web.queue.alert_page import describe_alert
from tidegate.web.queue.changed import read_known, write_instant
from tidegate.web.queue.choices import judgement_choices, owner_choices, status_choices
from tidegate.web.queue.list_page import describe_list, read_after
from tidegate.web.queue.permissions import may_with_alerts
from tidegate.web.queue.rows import alert_rows
from tidegate.web.queue.state import read_state
from tidegate.web.queue.views import alert_segments
from tidegate.web.views import many
from tidegate.web.visit import Visit, in_tenant


@require_safe
@in_tenant("alerts", Permission.ALERT_READ, many=many.list_alerts_of, notes_view=True)
def list_all(visit: Visit) -> HttpResponseBase:
    """The alerts, as the address asks for them."""
    visit.require(Permission.ALERT_READ)
    state, scope = read_state(visit, "alerts", AlertStatus), visit.scope
    page = page_alerts(scope, state.chosen, state.cursor)
    visit.note_view("alerts.viewed", Target("tenant", visit.tid, scope.entry.tenant_name))
    context = {
        **describe_list(scope, state, page, newest_alert_id(scope)),
        "rows": alert_rows(scope, page.rows),
        "segments": alert_segments(state),
        "last_alert": None if page.rows else last_alert_at(scope),
    }
    return visit.render("web/alerts/list.html", context)


def _count_new(visit: Visit | ManyVisit) -> HttpResponse:
    """How many alerts came in since the list was made, and its rows that changed. Recorded nowhere."""
    state, asked, scope = read_state(visit, "alerts", AlertStatus), visit.request.GET, visit.scope
    changed = changed_alerts(scope, read_known(asked.get("rows", "")))
    context = {
        "waiting": count_newer(
            list_alerts(one_by_one(scope), state.chosen),
            read_after(asked),
            of_many=isinstance(scope, ManyScope),
        ),
        "first_url": state.link(),
        "changed": alert_rows(scope, changed, many.badges_for(visit, changed)),
        "row_template": "web/alerts/row.html",
    }
    return visit.render_part("web/incidents/parts/newer.html", context)


@require_safe
@in_tenant("alerts", Permission.ALERT_READ, many=_count_new)
def count_new(visit: Visit) -> HttpResponseBase:
    """How many alerts came in since the list was made, as a part of that page. Recorded nowhere."""
    return _count_new(visit)


def show(visit: Visit, alert_id: str) -> HttpResponseBase:
    """One alert, by its id on the wire."""
    alert = get_alert(visit.scope, alert_id)
    visit.note_view("alert.viewed", alert_target(alert))
    return render_alert(visit, alert)


def render_alert(
    visit: Visit, alert: Alert, *, problem: str = "", comment: str = "", status: int = 200
) -> HttpResponse:
    """The page of an alert; with a problem on top of it when a change was refused."""
    scope, may = visit.scope, may_with_alerts(visit.scope)
    is_mine = alert.assigned_user_id is not None and alert.assigned_user_id == scope.entry.user_id
    context = {
        **describe_alert(scope, alert),
        "title": show_inert(alert.title),
        "problem": problem,
        "comment": comment,
        "may": may,
        "is_mine": is_mine,
        "statuses": status_choices(AlertStatus, alert.status),
        "judgements": judgement_choices(alert.classification, alert.determination),
        "owners": owner_choices(scope, alert.assigned_user_id) if may.assign else [],
        "live_at": write_instant(alert.last_update_at),
    }
    return visit.render("web/alerts/show.html", context, status, of=f"alert:{alert.external_id}")
