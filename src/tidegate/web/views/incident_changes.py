"""Changes of one incident: each a sub-resource that is posted to, with the version that was seen."""

from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.incidents.actions.changes import (
    assign_incident,
    classify_incident,
    set_incident_status,
    tag_incident,
)
from tidegate.incidents.actions.comments import comment_incident
from tidegate.incidents.queries import get_incident
from tidegate.web.queue.choices import read_judgement
from tidegate.web.queue.reading import read_owner, read_tags, read_version
from tidegate.web.views.incidents import render_incident
from tidegate.web.visit import Visit, in_tenant, say

type Change = Callable[[Visit, int], object]


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("incidents", Permission.INCIDENT_READ)
def change(visit: Visit, number: int, what: str) -> HttpResponseBase:
    """Make the change; one that cannot be made shows the incident as it is now, and says why.

    Who loads that answer again, or follows one of its links, comes to the incident itself.
    """
    if what not in _CHANGES:
        raise NotFound("There is no such change.")
    if visit.method != "POST":
        return visit.redirect("incident", number)
    permission, act, done = _CHANGES[what]
    visit.require(permission)
    try:
        act(visit, number)
    except (Conflict, InvalidInput) as error:
        incident = get_incident(visit.scope, number)
        typed = visit.request.POST.get("comment", "")
        status = 409 if isinstance(error, Conflict) else 400
        return render_incident(visit, incident, problem=say(error), comment=typed, status=status)
    visit.tell(str(done))
    return visit.redirect("incident", number)


def _assign(visit: Visit, number: int) -> object:
    sent = visit.request.POST
    owner = read_owner(visit.scope, sent)
    return assign_incident(visit.scope, number, user_id=owner, version=read_version(sent))


def _set_status(visit: Visit, number: int) -> object:
    sent = visit.request.POST
    return set_incident_status(visit.scope, number, sent.get("status", ""), version=read_version(sent))


def _classify(visit: Visit, number: int) -> object:
    sent = visit.request.POST
    classification, determination = read_judgement(sent.get("judgement", ""))
    version = read_version(sent)
    return classify_incident(visit.scope, number, classification, determination, version=version)


def _tag(visit: Visit, number: int) -> object:
    sent = visit.request.POST
    return tag_incident(visit.scope, number, read_tags(sent), version=read_version(sent))


def _comment(visit: Visit, number: int) -> object:
    return comment_incident(visit.scope, number, visit.request.POST.get("comment", ""))


_CHANGES: Final[Mapping[str, tuple[Permission, Change, Promise]]] = {
    "assignment": (Permission.INCIDENT_ASSIGN, _assign, _("Assignment saved.")),
    "status": (Permission.INCIDENT_UPDATE, _set_status, _("Status saved.")),
    "classification": (Permission.INCIDENT_CLASSIFY, _classify, _("Classification saved.")),
    "tags": (Permission.INCIDENT_TAG, _tag, _("Tags saved.")),
    "comments": (Permission.INCIDENT_COMMENT, _comment, _("Comment added.")),
}
