"""Imports: drop a file, watch it being read, see what could not be."""

import uuid
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.core.paging import SortKey, take_page
from tidegate.incidents.actions.imports import start_import
from tidegate.incidents.models import ImportRun
from tidegate.incidents.queries import get_import_run, list_import_runs
from tidegate.web.import_words import describe_formats, describe_state
from tidegate.web.uploads import KeepingHandler
from tidegate.web.views.many_records import IMPORTS
from tidegate.web.visit import Visit, in_tenant, say

_FIELD: Final = "file"
FAULTS_AT_MOST: Final = 200
_ORDER: Final = (SortKey("created_at"), SortKey("id"))


# The token stands in the form's body, which is not read before the gate has said who may send one:
# it is looked at by `_receive`.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("imports", Permission.ALERT_IMPORT, many=IMPORTS)
def list_or_start(visit: Visit) -> HttpResponseBase:
    """Earlier imports, and the form for another."""
    visit.require(Permission.ALERT_IMPORT)
    if visit.method == "POST":
        return _receive(visit.request, visit)
    visit.note_view("imports.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    return _render_list(visit, cursor=visit.request.GET.get("cursor", ""))


@require_safe
@in_tenant("imports", Permission.ALERT_IMPORT)
def show(visit: Visit, run_id: uuid.UUID) -> HttpResponseBase:
    """One import, and how far it is."""
    run = get_import_run(visit.scope, run_id)
    visit.note_view("imports.viewed", Target("import", str(run.id), run.file_name))
    return visit.render("web/imports/show.html", _describe(run))


@require_safe
@in_tenant("imports", Permission.ALERT_IMPORT)
def show_progress(visit: Visit, run_id: uuid.UUID) -> HttpResponseBase:
    """How far it is, as a part of its page, which asks again until the import has ended. Not recorded."""
    context = _describe(get_import_run(visit.scope, run_id))
    return visit.render_part("web/imports/progress.html", context)


def _receive(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    handler = KeepingHandler(_FIELD)
    request.upload_handlers = [handler]
    try:
        return csrf_protect(lambda _request: _start(visit, handler))(request)
    finally:
        handler.discard()


def _start(visit: Visit, handler: KeepingHandler) -> HttpResponseBase:
    sent = visit.request.FILES.get(_FIELD)
    if handler.has_failed:
        return _render_list(
            visit, _("file: could not be kept; the server has no room for it. Nothing was imported."), 507
        )
    if sent is None or handler.path is None:
        return _render_list(visit, _("file: choose one to import; none was sent."), 400)
    if not sent.size:
        return _render_list(visit, _("file: is empty; there is nothing in it to import."), 400)
    try:
        run = start_import(visit.scope, file_name=sent.name or "", size=sent.size, path=handler.path)
    except InvalidInput as error:
        return _render_list(visit, say(error), 400)
    handler.keep()
    return visit.redirect("import", run.id)


def _render_list(visit: Visit, problem: str = "", status: int = 200, *, cursor: str = "") -> HttpResponse:
    page = take_page(list_import_runs(visit.scope).defer("faults"), _ORDER, cursor=cursor)
    context = {
        "runs": [_describe_row(run) for run in page.rows],
        "problem": problem,
        "newer_url": visit.link("imports", cursor=page.previous_cursor) if page.previous_cursor else "",
        "older_url": visit.link("imports", cursor=page.next_cursor) if page.next_cursor else "",
    }
    return visit.render("web/imports/list.html", context, status)


def _describe_row(run: ImportRun) -> dict[str, Any]:
    return {"run": run, "state": describe_state(run), "formats": describe_formats(run.formats)}


def _describe(run: ImportRun) -> dict[str, Any]:
    done = 100 * run.bytes_read // run.size if run.size else 0
    return {
        **_describe_row(run),
        "is_over": run.state in {ImportRun.State.FINISHED, ImportRun.State.FAILED},
        "percent": min(done, 100),
        "faults": run.faults[:FAULTS_AT_MOST],
        "faults_left": max(0, run.rejected - FAULTS_AT_MOST),
    }
