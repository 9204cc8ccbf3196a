"""One alert at its address: looked at, or changed through a sub-resource.

An alert's id may hold slashes, so its address and that of a sub-resource can look alike. They are
told apart by the method: what is posted to is always a sub-resource, named after the last slash.
"""

from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.incidents.actions.changes import assign_alert, classify_alert, set_alert_status
from tidegate.incidents.actions.comments import comment_alert
from tidegate.incidents.queries import get_alert
from tidegate.web.queue.choices import read_judgement
from tidegate.web.queue.reading import read_owner, read_version
from tidegate.web.views.alerts import render_alert, show
from tidegate.web.visit import Visit, in_tenant, say

type Change = Callable[[Visit, str], object]


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("alerts", Permission.ALERT_READ)
def show_or_change(visit: Visit, place: str) -> HttpResponseBase:
    """Whatever stands at this place."""
    alert_id, _slash, what = place.rpartition("/")
    is_change = bool(alert_id) and what in _CHANGES
    if visit.method != "POST":
        return _show(visit, place, alert_id if is_change else "")
    if not is_change:
        raise NotFound("There is no such change.")
    return _change(visit, alert_id, *_CHANGES[what])


def _show(visit: Visit, place: str, changed_id: str) -> HttpResponseBase:
    """The alert of this id; where there is none, the one whose change was refused at this address."""
    try:
        return show(visit, place)
    except NotFound:
        if not changed_id:
            raise
    return visit.redirect("alert", changed_id)


def _change(
    visit: Visit, alert_id: str, permission: Permission, act: Change, done: Promise
) -> HttpResponseBase:
    """Make the change; one that cannot be made shows the alert as it is now, and says why."""
    visit.require(permission)
    try:
        act(visit, alert_id)
    except (Conflict, InvalidInput) as error:
        alert = get_alert(visit.scope, alert_id)
        typed = visit.request.POST.get("comment", "")
        status = 409 if isinstance(error, Conflict) else 400
        return render_alert(visit, alert, problem=say(error), comment=typed, status=status)
    visit.tell(str(done))
    return visit.redirect("alert", alert_id)


def _assign(visit: Visit, alert_id: str) -> object:
    sent = visit.request.POST
    owner = read_owner(visit.scope, sent)
    return assign_alert(visit.scope, alert_id, user_id=owner, version=read_version(sent))


def _set_status(visit: Visit, alert_id: str) -> object:
    sent = visit.request.POST
    return set_alert_status(visit.scope, alert_id, sent.get("status", ""), version=read_version(sent))


def _classify(visit: Visit, alert_id: str) -> object:
    sent = visit.request.POST
    classification, determination = read_judgement(sent.get("judgement", ""))
    version = read_version(sent)
    return classify_alert(visit.scope, alert_id, classification, determination, version=version)


def _comment(visit: Visit, alert_id: str) -> object:
    return comment_alert(visit.scope, alert_id, visit.request.POST.get("comment", ""))


_CHANGES: Final[Mapping[str, tuple[Permission, Change, Promise]]] = {
    "assignment": (Permission.ALERT_ASSIGN, _assign, _("Assignment saved.")),
    "status": (Permission.ALERT_UPDATE, _set_status, _("Status saved.")),
    "classification": (Permission.ALERT_CLASSIFY, _classify, _("Classification saved.")),
    "comments": (Permission.ALERT_COMMENT, _comment, _("Comment added.")),
}
