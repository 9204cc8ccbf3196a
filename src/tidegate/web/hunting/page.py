"""The page's variables: the query as it was asked, its fault where there is one, and its rows."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.utils.translation import gettext_lazy as _

from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid
from tidegate.hunting.actions import hunt
from tidegate.hunting.answers import Answer, Row
from tidegate.hunting.errors import QueryError, QueryTooCostly
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tokens import LONGEST
from tidegate.hunting.running import PAGE, Limits
from tidegate.hunting.tables import TABLES
from tidegate.hunting.tables.table import TENANT
from tidegate.hunting.window import Window
from tidegate.web.frame import TenantBadge
from tidegate.web.hunting.chart import draw_chart
from tidegate.web.hunting.examples import EXAMPLES, OVER_TENANTS
from tidegate.web.inert import show_inert
from tidegate.web.links import tenant_link
from tidegate.web.many_visit import ManyVisit, badges_of
from tidegate.web.visit import Visit, say_reason

SPANS: Final = {
    "1d": (timedelta(days=1), _("24 hours")),
    "7d": (timedelta(days=7), _("7 days")),
    "30d": (timedelta(days=30), _("30 days")),
    "90d": (timedelta(days=90), _("90 days")),
    "any": (None, _("Any time")),
}
_DEFAULT: Final = "30d"
_LONGEST_CELL: Final = 300
_LINES_AROUND: Final = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks: a query, and over which time."""

    query: str
    span: str

    @property
    def window(self) -> Window:
        """The time, from now."""
        length = SPANS[self.span][0]
        return Window(clock.now() - length if length else None)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: as it is shown, whole where that is cut, and where it leads."""

    text: str
    title: str = ""
    url: str = ""
    moment: datetime | None = None
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a query did not run, and its lines around the place; the faulty one has a column from 1."""

    reason: str
    line: int = 0
    column: int = 0
    lines: tuple[tuple[int, str], ...] = ()


def read_asked(visit: Visit | ManyVisit) -> Asked:
    """What the address asks. Raises InvalidInput for a span that there is not."""
    given = visit.request.GET
    span = given.get("span", "") or _DEFAULT
    if span not in SPANS:
        raise InvalidInput(fields={"span": "must be one of: " + ", ".join(SPANS)})
    # Browsers send line ends as two signs.
    return Asked(given.get("query", "").replace("\r\n", "\n"), span)


def describe_page(visit: Visit | ManyVisit) -> dict[str, Any]:
    """Run what is asked, if anything is. Raises Forbidden, InvalidInput."""
    asked = read_asked(visit)
    context: dict[str, Any] = {
        "asked": asked,
        "longest": LONGEST,
        "spans": [(span, label, span == asked.span) for span, (_, label) in SPANS.items()],
        "tables": TABLES.values(),
        "examples": [
            (example.label, visit.link("hunting", query=example.query))
            for example in (*EXAMPLES, *((OVER_TENANTS,) if isinstance(visit, ManyVisit) else ()))
        ],
    }
    if not asked.query.strip():
        return context
    try:
        answer = run(visit, asked, PAGE)
    except QueryError as error:
        return context | {"fault": _describe_fault(asked.query, error)}
    except QueryTooCostly as error:
        return context | {"fault": Fault(say_reason(error.message))}
    return context | _describe_answer(visit, asked, answer)


def run(visit: Visit | ManyVisit, asked: Asked, limits: Limits) -> Answer:
    """The answer to what is asked. Raises Forbidden, QueryError, QueryTooCostly."""
    return hunt(visit.scope, asked.query, asked.window, limits)


def _describe_fault(query: str, error: QueryError) -> Fault:
    lines, line = query.split("\n"), error.place.line
    first = max(line - _LINES_AROUND, 1)
    around = enumerate(lines[first - 1 : line + _LINES_AROUND], first)
    return Fault(
        show_inert(say_reason(error.reason)),
        line,
        error.place.column,
        tuple((number, show_inert(text)[:_LONGEST_CELL]) for number, text in around),
    )


def _describe_answer(visit: Visit | ManyVisit, asked: Asked, answer: Answer) -> dict[str, Any]:
    badges = _find_badges(visit, answer)
    names = {str(tenant_id): badge.display_name for tenant_id, badge in badges.items()}
    exports = [
        (label, visit.link("hunting_export", form, query=asked.query, span=asked.span))
        for label, form in (("CSV", "csv"), ("NDJSON", "ndjson"))
    ]
    return {
        "answer": answer,
        "head": [
            (show_inert(name), kind.is_number)
            for name, kind in answer.columns
            if not badges or name != TENANT
        ],
        "rows": [_describe_row(visit, answer, row, badges) for row in answer.rows],
        "has_tenants": bool(badges),
        "most": PAGE.rows,
        "chart": draw_chart(answer, names),
        "export_forms": exports,
    }


def _find_badges(visit: Visit | ManyVisit, answer: Answer) -> dict[uuid.UUID, TenantBadge]:
    """The tenants that rows are of, where several are looked at."""
    if not isinstance(visit, ManyVisit) or TENANT not in answer.names:
        return {}
    at = answer.names.index(TENANT)
    ids = {found for row in answer.rows if (found := parse_uuid(str(row[at])))}
    return badges_of(visit.find_users(ids))


def _describe_row(
    visit: Visit | ManyVisit, answer: Answer, row: Row, badges: dict[uuid.UUID, TenantBadge]
) -> dict[str, Any]:
    values = dict(zip(answer.names, row, strict=True))
    tenant = badges.get(parse_uuid(str(values.get(TENANT, ""))) or uuid.UUID(int=0))
    tid = tenant.tenant_id if tenant else "" if isinstance(visit, ManyVisit) else visit.tid
    # Whose a row is, its own column says by name.
    cells = [
        _describe_cell(name, kind, value, tid)
        for (name, kind), value in zip(answer.columns, row, strict=True)
        if not badges or name != TENANT
    ]
    return {"tenant": tenant, "cells": cells}


def _describe_cell(name: str, kind: Kind, value: Any, tid: str) -> Cell:
    if value is None:
        return Cell("", is_number=kind.is_number)
    if kind is Kind.DATETIME:
        return Cell(value, moment=datetime.fromisoformat(value))
    text = msgspec.json.encode(value).decode() if kind is Kind.DYNAMIC else str(value)
    shown = show_inert(text)
    is_cut = len(shown) > _LONGEST_CELL
    return Cell(
        f"{shown[:_LONGEST_CELL]}…" if is_cut else shown,
        shown if is_cut else "",
        _link(name, kind, value, tid),
        is_number=kind.is_number,
    )


def _link(name: str, kind: Kind, value: Any, tid: str) -> str:
    """Where a value leads: an alert or an incident of the row's own tenant."""
    if not tid or not value:
        return ""
    if name == "AlertId" and kind is Kind.STRING:
        return tenant_link("alert", tid, value)
    if name == "IncidentId" and kind is Kind.LONG and value > 0:
        return tenant_link("incident", tid, value)
    return ""
