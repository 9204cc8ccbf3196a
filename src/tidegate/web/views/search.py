"""One box for everything: incidents, alerts, devices, people, and what alerts name."""

from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_safe

from tidegate.incidents.search import read_text
from tidegate.web import frame as fr
from tidegate.web.many_visit import ManyVisit, badges_of
from tidegate.web.search import Group, lone_hit, search_all, with_tenants
from tidegate.web.visit import Visit, in_tenant

JUMPED_TO: Final = ("incidents", "alerts", "devices", "users")


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


def _jump_many(visit: ManyVisit) -> HttpResponse:
    text = read_text(visit.request.GET.get("q", ""))
    groups = search_all(visit, text, JUMPED_TO) if text else []
    shown = visit.find_users(hit.tenant_id for group in groups for hit in group.hits)
    visit.note_view("search.viewed", shown)
    return visit.render_part("web/search/jump.html", {"groups": with_tenants(groups, badges_of(shown))})


@require_safe
@in_tenant("search", many=_jump_many)
def jump(visit: Visit) -> HttpResponseBase:
    """The same for "Jump to": a few rows of each kind, as a part of a page, each with its tenant's name."""
    text = read_text(visit.request.GET.get("q", ""))
    groups = search_all(visit, text, JUMPED_TO) if text else []
    if groups:
        visit.note_view("search.viewed")
    entry = visit.scope.entry
    badge = fr.tenant_badge(entry.tenant_id, entry.tenant_name, fr.Relation(entry.relation or "member"))
    groups = with_tenants(groups, {entry.tenant_id: badge})
    return visit.render_part("web/search/jump.html", {"groups": groups})


def _describe(text: str, groups: list[Group]) -> dict[str, Any]:
    return {"text": text, "search_query": text, "groups": groups}
