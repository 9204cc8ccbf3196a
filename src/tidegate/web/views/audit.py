"""The audit log: a glass wall through which a tenant sees who did what in it, live."""

import json
from collections.abc import Iterable

from django.core import signing
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.audit.models import AuditEvent
from tidegate.audit.queries import get_event, last_sequence, list_newer, page_events
from tidegate.audit.reading import export_events, verify_own
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.web.audit_rows import CSV_HEAD, Row, as_csv_row, as_json, describe_row
from tidegate.web.exports import stream_csv, stream_ndjson
from tidegate.web.forms.audit import EventFilterForm
from tidegate.web.views.many_records import AUDIT, export_audit_of
from tidegate.web.visit import Visit, in_tenant, say

_SALT = "tidegate.web.audit.since"


@require_safe
@in_tenant("audit", Permission.AUDIT_READ, many=AUDIT)
def list_events(visit: Visit) -> HttpResponseBase:
    """Newest first; what the address asks for and we cannot read shows nothing and says why."""
    visit.require(Permission.AUDIT_READ)
    visit.note_view("audit.viewed", _own(visit))
    form, params = EventFilterForm(visit.request.GET), _params(visit)
    try:
        page = page_events(visit.scope, form.read_filter(), visit.request.GET.get("cursor", ""))
    except InvalidInput as error:
        return visit.render("web/audit/list.html", {"form": form, "problem": say(error)}, status=400)
    context = {
        "form": form,
        "rows": describe_rows(page.rows),
        "newer_url": visit.link("audit", **params, cursor=page.previous_cursor)
        if page.previous_cursor
        else "",
        "older_url": visit.link("audit", **params, cursor=page.next_cursor) if page.next_cursor else "",
        "is_filtered": bool(params),
        "export_csv_url": visit.link("audit_export", "csv", **params),
        "export_ndjson_url": visit.link("audit_export", "ndjson", **params),
        "total": last_sequence(visit.scope),
        **_live(visit, last_sequence(visit.scope), params),
    }
    return visit.render("web/audit/list.html", context)


@require_safe
@in_tenant("audit", Permission.AUDIT_READ)
def list_since(visit: Visit) -> HttpResponseBase:
    """What came since the page was read: how many, or with `rows=1` the rows. Records nothing.

    `after` is a number signed for this reader, so that nobody reads by it who did not open the page,
    which is recorded.
    """
    visit.require(Permission.AUDIT_READ)
    after = _read_after(visit)
    newer = list_newer(visit.scope, EventFilterForm(visit.request.GET).read_filter(), after)
    if not newer:
        return HttpResponse(status=204)
    params = _params(visit)
    if visit.request.GET.get("rows") != "1":
        context = {"waiting": len(newer), **_live(visit, after, params)}
        return visit.render_part("web/audit/live.html", context)
    context = {"rows": describe_rows(newer), **_live(visit, newer[0].sequence, params)}
    return visit.render_part("web/audit/newer.html", context)


@require_safe
@in_tenant("audit", Permission.AUDIT_READ)
def show_event(visit: Visit, sequence: int) -> HttpResponseBase:
    """One event with its details and its place in the chain."""
    event = get_event(visit.scope, sequence)
    visit.note_view("audit.viewed", Target("event", str(sequence), event.tag))
    details = json.dumps(json.loads(event.details), indent=2, ensure_ascii=False)
    context = {"row": describe_row(event), "event": event, "details": details}
    return visit.render("web/audit/show.html", context, of=f"event:{sequence}")


@require_http_methods(["POST"])
@in_tenant("audit", Permission.AUDIT_READ)
def verify(visit: Visit) -> HttpResponseBase:
    """Check the chain from its first event and say what was found."""
    return visit.render("web/audit/verdict.html", {"verdict": verify_own(visit.scope)})


@require_http_methods(["POST"])
@in_tenant("audit", Permission.AUDIT_READ, many=export_audit_of)
def export(visit: Visit, form: str) -> HttpResponseBase:
    """All that the filter leaves, as a file that is sent while it is read."""
    chosen = EventFilterForm(visit.request.GET).read_filter()
    events = export_events(visit.scope, chosen, form)
    name = f"audit-{visit.tid}.{form}"
    if form == "csv":
        return stream_csv(visit.scope, name, CSV_HEAD, (as_csv_row(event) for event in events))
    return stream_ndjson(visit.scope, name, (as_json(event) for event in events))


def describe_rows(events: Iterable[AuditEvent]) -> list[Row]:
    """Events as rows of the table."""
    return [describe_row(event) for event in events]


def _own(visit: Visit) -> Target:
    return Target("tenant", visit.tid, visit.scope.entry.tenant_name)


def _params(visit: Visit) -> dict[str, str]:
    """The filter as it stands in the address, for links that keep it."""
    asked = visit.request.GET
    return {name: asked[name] for name in EventFilterForm.base_fields if asked.get(name)}


def _live(visit: Visit, sequence: int, params: dict[str, str]) -> dict[str, object]:
    after = signing.dumps([visit.tid, str(visit.scope.entry.user_id), sequence], salt=_SALT)
    since = visit.link("audit_since", **params, after=after)
    return {"since_url": since, "rows_url": f"{since}&rows=1", "first_url": visit.link("audit", **params)}


def _read_after(visit: Visit) -> int:
    try:
        tid, user_id, sequence = signing.loads(visit.request.GET.get("after", ""), salt=_SALT)
    except signing.BadSignature:
        tid, user_id, sequence = "", "", 0
    if (tid, user_id) != (visit.tid, str(visit.scope.entry.user_id)):
        raise InvalidInput(fields={"after": _("is not what the page gave")})
    return int(sequence)
