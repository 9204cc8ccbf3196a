"""Applications: those that may come in, those registered here, and one of the latter."""

import uuid
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Relation
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.core.paging import Page, SortKey, take_page
from tidegate.directory.actions.applications import application_target
from tidegate.directory.applications import (
    get_application,
    list_applications,
    list_consenting,
    list_credentials,
    list_principals,
)
from tidegate.directory.models import Application, ServicePrincipal
from tidegate.web.api_words import KIND_WORDS, RESOURCE_WORDS, read_required, say_permission
from tidegate.web.applications import application_rows, consent_link, list_endpoints, principal_rows
from tidegate.web.many_visit import ManyVisit
from tidegate.web.views.many_directory import APPLICATIONS, PRINCIPALS
from tidegate.web.visit import Visit, in_tenant

_ORDER: Final = (SortKey("display_name", descending=False), SortKey("id", descending=False))
CONSENTING_AT_MOST: Final = 200


class Shown(StrEnum):
    """Which applications the list shows."""

    LET_IN = "let-in"
    REGISTERED = "registered"


_SHOWN_WORDS: Final[Mapping[Shown, Promise]] = {
    Shown.LET_IN: _("May come in"),
    Shown.REGISTERED: _("Registered here"),
}


def _list_many(visit: ManyVisit) -> HttpResponse:
    """The same of several tenants."""
    return PRINCIPALS(visit) if _read_shown(visit) == Shown.LET_IN else APPLICATIONS(visit)


@require_safe
@in_tenant("applications", Permission.APPLICATION_READ, many=_list_many)
def list_all(visit: Visit) -> HttpResponseBase:
    """A page of the applications that were let in, or of those registered here."""
    shown, cursor = _read_shown(visit), visit.request.GET.get("cursor", "")
    visit.require(Permission.APPLICATION_READ)
    visit.note_view("applications.viewed")
    context = _let_in(visit, cursor) if shown == Shown.LET_IN else _registered(visit, cursor)
    context |= {
        "shown": shown,
        "segments": [
            {
                "label": words,
                "url": visit.link("applications", show=one),
                "count": None,
                "current": one == shown,
            }
            for one, words in _SHOWN_WORDS.items()
        ],
        "may_manage": visit.scope.allows(Permission.APPLICATION_MANAGE),
        "may_consent": visit.scope.allows(Permission.CONSENT_GRANT),
    }
    return visit.render("web/applications/list.html", context)


@require_safe
@in_tenant("applications", Permission.APPLICATION_READ)
def show(visit: Visit, application_id: uuid.UUID) -> HttpResponseBase:
    """One application registered here: its ids, what proves it, what it needs, who lets it in."""
    application = get_application(visit.scope, application_id)
    visit.note_view("application.viewed", application_target(application))
    now = clock.now()
    credentials = list_credentials(visit.scope, application)
    context = {
        "application": application,
        "endpoints": list_endpoints(visit.tid),
        "credentials": [(one, one.ends_at is not None and one.ends_at <= now) for one in credentials],
        "required": [
            (each.value, RESOURCE_WORDS[each.resource], KIND_WORDS[each.kind], say_permission(each.value))
            for each in read_required(application)
        ],
        "principal": list_principals(visit.scope).filter(client_id=application.client_id).first(),
        "consent_url": visit.link("application_consent", client_id=str(application.client_id)),
        "common_link": consent_link(application, "common"),
        "may_manage": visit.scope.allows(Permission.APPLICATION_MANAGE),
        "may_consent": visit.scope.allows(Permission.CONSENT_GRANT) and not application.disabled_at,
        **_elsewhere(visit, application),
    }
    return visit.render("web/applications/show.html", context)


def _read_shown(visit: Visit | ManyVisit) -> Shown:
    text = visit.request.GET.get("show", Shown.LET_IN)
    if text not in set(Shown):
        raise InvalidInput(fields={"show": "must be one of: " + ", ".join(Shown)})
    return Shown(text)


def _let_in(visit: Visit, cursor: str) -> dict[str, Any]:
    page = take_page(list_principals(visit.scope), _ORDER, cursor=cursor)
    return {"rows": principal_rows(visit.scope, page.rows), **_pager(visit, Shown.LET_IN, page)}


def _registered(visit: Visit, cursor: str) -> dict[str, Any]:
    page = take_page(list_applications(visit.scope), _ORDER, cursor=cursor)
    return {"rows": application_rows(visit.scope, page.rows), **_pager(visit, Shown.REGISTERED, page)}


def _pager(visit: Visit, shown: Shown, page: Page[Any]) -> dict[str, str]:
    def address(cursor: str) -> str:
        return visit.link("applications", show=shown, cursor=cursor) if cursor else ""

    return {"newer_url": address(page.previous_cursor), "older_url": address(page.next_cursor)}


def _elsewhere(visit: Visit, application: Application) -> dict[str, list[ServicePrincipal] | int]:
    """Where else it is let in, for members of the tenant."""
    if visit.scope.entry.relation == Relation.GUEST:
        return {}
    found = list(list_consenting(visit.scope, application)[: CONSENTING_AT_MOST + 1])
    is_more = len(found) > CONSENTING_AT_MOST
    return {"elsewhere": found[:CONSENTING_AT_MOST], "at_most": CONSENTING_AT_MOST if is_more else 0}
