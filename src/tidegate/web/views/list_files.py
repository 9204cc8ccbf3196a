"""Lists as CSV or NDJSON, sent while they are read: of one tenant or of several."""

import uuid
from collections.abc import Iterator, Mapping

from django.http import HttpResponseBase
from django.views.decorators.http import require_POST

from tidegate.audit.actions import Target, record
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.web.exports import stream_csv, stream_ndjson
from tidegate.web.list_files import LISTS, FileRow
from tidegate.web.many_given import read_tenant
from tidegate.web.many_visit import ManyVisit
from tidegate.web.visit import Visit, in_tenant

_TAG = "list.exported"


def _export_many(visit: ManyVisit, what: str, form: str) -> HttpResponseBase:
    """The same of several tenants, or of the one to which the list is narrowed; each is told of it."""
    only = read_tenant(visit.request.GET)
    visit.permission = LISTS[what].permission
    users = {user.tenant_id: user for user in visit.find_all_users() if only in {None, user.tenant_id}}
    visit.note_taken(_TAG, users)
    names = {tenant_id: user.tenant.display_name for tenant_id, user in users.items()}
    rows = LISTS[what].rows(visit.scope, visit.request.GET, names, only)
    return _send(visit.scope, rows, what, form)


@require_POST
@in_tenant("", many=_export_many)
def export(visit: Visit, what: str, form: str) -> HttpResponseBase:
    """All rows of a list that the address's filter leaves."""
    scope = visit.scope
    require(scope, LISTS[what].permission)
    names: Mapping[uuid.UUID, str] = {scope.tenant_id: scope.entry.tenant_name}
    rows = LISTS[what].rows(scope, visit.request.GET, names)
    record(scope, _TAG, Target("list", what))
    return _send(scope, rows, what, form)


def _send(scope: Scope | ManyScope, rows: Iterator[FileRow], what: str, form: str) -> HttpResponseBase:
    name = f"{what}.{form}"
    if form == "csv":
        return stream_csv(scope, name, LISTS[what].head, (tuple(row.values()) for row in rows))
    return stream_ndjson(scope, name, rows)
