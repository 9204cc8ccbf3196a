"""What was done in several tenants: the audit log, the sign-in log, imports."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tidegate.audit.models import AuditEvent
from tidegate.audit.queries import ORDER_OF_MANY, EventFilter, list_events
from tidegate.core import clock
from tidegate.core.paging import read_all
from tidegate.incidents.models import ImportRun
from tidegate.incidents.queries import list_import_runs
from tidegate.oauth.models import SignIn
from tidegate.oauth.sign_in_log import ORDER, list_sign_ins
from tidegate.web import audit_rows, sign_ins
from tidegate.web.exports import stream_csv, stream_ndjson
from tidegate.web.forms.audit import EventFilterForm
from tidegate.web.forms.sign_ins import SignInFilterForm
from tidegate.web.import_words import describe_formats, describe_state
from tidegate.web.many_given import Given, read_given
from tidegate.web.many_lists import NEWEST, Column, ManyList
from tidegate.web.many_visit import ManyVisit

SEARCHED: Final = timedelta(days=30)
_BOUND_WORDS: Final = _("30 days are searched, unless you say from which day")
_HEAD_OF_TENANT: Final = ("tenant_id", "tenant_name")


def _bound(given: Given) -> EventFilter:
    """What is searched for among the chains of several tenants is searched for in the last 30 days.

    Unless the address says from which day on, or which tenant: an index leads there. What few events match
    would else be looked for in all that every tenant ever did.
    """
    chosen: EventFilter = given.filter
    if chosen == EventFilter() or chosen.since or given.tenant_id:
        return chosen
    return replace(chosen, since=(chosen.until or clock.now()) - SEARCHED)


AUDIT: Final = ManyList[AuditEvent](
    name="audit",
    title=_("Audit log"),
    tag="audit.viewed",
    template="web/many/rows/audit.html",
    css="events",
    columns=(
        Column(_("Time")),
        Column(_("Who"), "is-third"),
        Column(_("What")),
        Column(_("Target"), "is-third"),
        Column(_("Result")),
    ),
    noun=lambda number: ngettext("event on this page", "events on this page", number),
    ask=lambda visit, given: list_events(visit.ordered_scope, _bound(given)),
    order=lambda _given: ORDER_OF_MANY,
    note=lambda given: _BOUND_WORDS if _bound(given) != given.filter else "",
    describe=lambda _visit, events: [audit_rows.describe_row(event) for event in events],
    link=lambda event: ("audit_event", event.sequence),
    form=EventFilterForm,
    files=(("CSV", ("audit_export", "csv")), ("NDJSON", ("audit_export", "ndjson"))),
)


SIGN_INS: Final = ManyList[SignIn](
    name="sign_ins",
    title=_("Sign-in log"),
    tag="sign_ins.viewed",
    template="web/many/rows/sign_ins.html",
    columns=(
        Column(_("Last")),
        Column(_("Application")),
        Column(_("For"), "is-third"),
        Column(_("How"), "is-third"),
        Column(_("API"), "is-third"),
        Column(_("Times"), "num is-fourth"),
        Column(_("From"), "is-fourth"),
        Column(_("Result")),
    ),
    noun=lambda number: ngettext("row on this page", "rows on this page", number),
    ask=lambda visit, given: list_sign_ins(visit.ordered_scope, given.filter),
    order=lambda _given: ORDER,
    describe=lambda _visit, rows: [sign_ins.describe_row(one) for one in rows],
    form=SignInFilterForm,
    files=(("CSV", ("sign_ins_export",)),),
)


def _ask_imports(visit: ManyVisit, given: Given) -> QuerySet[ImportRun]:
    return list_import_runs(visit.scope).defer("faults").filter(file_name__icontains=given.text)


def _describe_imports(_visit: ManyVisit, runs: Sequence[ImportRun]) -> list[dict[str, Any]]:
    return [
        {"run": run, "state": describe_state(run), "formats": describe_formats(run.formats)} for run in runs
    ]


IMPORTS: Final = ManyList[ImportRun](
    name="imports",
    title=_("Import"),
    tag="imports.viewed",
    template="web/many/rows/imports.html",
    columns=(
        Column(_("File")),
        Column(_("State")),
        Column(_("Formats"), "is-third"),
        Column(_("Created"), "num is-fourth"),
        Column(_("Updated"), "num is-fourth"),
        Column(_("Unchanged"), "num is-fourth"),
        Column(_("Rejected"), "num is-fourth"),
        Column(_("By"), "is-third goes-second"),
        Column(_("Age"), "num"),
    ),
    noun=lambda number: ngettext("import", "imports", number),
    ask=_ask_imports,
    order=lambda _given: NEWEST,
    describe=_describe_imports,
    link=lambda run: ("import", run.id),
    searches=_("File"),
)


def export_audit_of(visit: ManyVisit, form: str) -> HttpResponseBase:
    """All that the filter leaves of the chains of several tenants, newest first; each is told of it."""
    names = _tell_of_export(visit, "audit.exported")
    given = read_given(visit.request.GET, (), EventFilterForm(visit.request.GET))
    events = read_all(AUDIT.rows(visit, given), ORDER_OF_MANY)
    if form == "csv":
        lines = _with_tenant(events, names, audit_rows.as_csv_row)
        return stream_csv(visit.scope, "audit.csv", (*_HEAD_OF_TENANT, *audit_rows.CSV_HEAD), lines)
    told = (
        {
            "tenant_id": str(event.tenant_id),
            "tenant_name": names[event.tenant_id],
            **audit_rows.as_json(event),
        }
        for event in events
        if event.tenant_id in names
    )
    return stream_ndjson(visit.scope, "audit.ndjson", told)


def export_sign_ins_of(visit: ManyVisit) -> HttpResponseBase:
    """All that the filter leaves of the sign-in logs of several tenants; each is told of it."""
    names = _tell_of_export(visit, "sign_ins.exported")
    given = read_given(visit.request.GET, (), SignInFilterForm(visit.request.GET))
    lines = _with_tenant(read_all(SIGN_INS.rows(visit, given), ORDER), names, sign_ins.as_csv_row)
    return stream_csv(visit.scope, "sign-ins.csv", (*_HEAD_OF_TENANT, *sign_ins.CSV_HEAD), lines)


def _tell_of_export(visit: ManyVisit, tag: str) -> dict[uuid.UUID, str]:
    """Tell every tenant whose rows may be taken, and give their names."""
    users = {user.tenant_id: user for user in visit.find_all_users()}
    visit.note_taken(tag, users)
    return {tenant_id: user.tenant.display_name for tenant_id, user in users.items()}


def _with_tenant[M: AuditEvent | SignIn](
    rows: Iterable[M], names: Mapping[uuid.UUID, str], write: Callable[[M], tuple[object, ...]]
) -> Iterator[tuple[object, ...]]:
    # A tenant that came into reach since was not told, and nothing of it is sent.
    return ((row.tenant_id, names[row.tenant_id], *write(row)) for row in rows if row.tenant_id in names)
