"""One box for everything: incidents, alerts, devices, people, and what alerts name."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_safe

from tidegate.incidents.search import read_text
from tidegate.web.many_visit import ManyVisit, badges_of
from tidegate.web.search import Group, lone_hit, search_all, with_tenants
from tidegate.web.visit import Visit, in_tenant


def _show_many(visit: ManyVisit) -> HttpResponse:
    text = read_text(visit.request.GET.get("q", ""))
    groups = search_all(visit, text) if text else []
    if target := lone_hit(groups):
        return HttpResponseRedirect(target)
    shown = visit.find_users(hit.tenant_id for group in groups for hit in group.hits)
    visit.note_view("search.viewed", shown)
    return visit.render("web/search/show.html", _describe(text, with_tenants(groups, badges_of(shown))))


@require_safe
@in_tenant("search", many=_show_many)
def show(visit: Visit) -> HttpResponseBase:
    """What was found in the tenant; straight to it where one thing is called exactly so."""
    text = read_text(visit.request.GET.get("q", ""))
    groups = search_all(visit, text) if text else []
    if target := lone_hit(groups):
        return HttpResponseRedirect(target)
    if groups:
        visit.note_view("search.viewed")
    return visit.render("web/search/show.html", _describe(text, groups))


def _describe(text: str, groups: list[Group]) -> dict[str, Any]:
    return {"text": text, "search_query": text, "groups": groups}
