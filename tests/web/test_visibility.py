"""Which page opens for whom, in which tenant: the whole table, kept in docs/visibility.md.

A page that opens for one more person, or one fewer, changes that file, and whoever changes it reads it.
To write it anew: TIDEGATE_TEST_WRITE=yes pytest tests/web/test_visibility.py
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final

import pytest
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cast import GUESTS_END, NOW, Cast
from tests.web.conftest import Visitor
from tidegate.core.clock import standing_at
from tidegate.directory.models import EmergencyStop, Tenant, User

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "visibility.md"

_INTRODUCTION: Final = """\
# Who sees which page

Written and checked by `tests/web/test_visibility.py`: every page with an address of its own, opened by
everybody of the tests' cast. **yes** opens; **no** is seen and refused (403); **–** does not exist for them
(404), the same as in a tenant that does not exist; **to** leads elsewhere. What may be done on a page follows
from [permissions](permissions.md).

The customer's people: a Global Administrator, a member without a role, a Security Reader. The provider's, as
guests of the customer: an analyst of tier 1, a lead of tier 2, a helper without a role, and a colleague whom
the customer has not let in. An outsider is the Global Administrator of a third tenant.
"""
# Addresses that only take changes, or that nobody opens by themselves.
_CHANGES: Final = frozenset(
    {
        "/access/export",
        "/approvals/decisions",
        "/audit/verification",
        "/domains/add",
        "/incidents/bulk",
        "/incidents/bulk/undo",
        "/incidents/next",
        # Parts of one thing, which they have to be told of: see test_live.py.
        "/live/change",
        "/live/onlookers",
        "/report/export.csv",
        "/roles/assignments",
        "/sign-ins/export.csv",
        "/views",
    }
)
_SHORT: Final = {200: "yes", 204: "yes", 302: "to", 403: "no", 404: "–"}
_NAMES: Final = {
    "admin": "Administrator",
    "member": "Member",
    "reader": "Reader",
    "analyst": "Tier 1",
    "lead": "Tier 2",
    "helper": "Helper",
    "boss": "Colleague",
    "outsider": "Outsider",
}
_CUSTOMER: Final = "The customer"
_PROVIDER: Final = "The provider, where its people are at home"
_THIRD: Final = "A third tenant"
_OVER: Final = "The customer, for a lead whose time or standing is over"
HEADINGS: Final = (_CUSTOMER, _PROVIDER, _THIRD, _OVER)

type Visit = Callable[..., Visitor]
type Cell = Callable[[str], int]


def pages() -> list[str]:
    """Every address of the portal that takes no arguments, and can be asked for."""
    patterns = get_resolver("tidegate.web.urls").url_patterns
    found = {f"/{path}" for path in _flatten(patterns, "") if "<" not in path and path != "gallery"}
    return sorted(found - _CHANGES)


def _flatten(patterns: Iterable[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for one in patterns:
        path = f"{prefix}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _flatten(one.url_patterns, path)
        else:
            yield path


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Which page opens does not depend on the database.")
@pytest.mark.parametrize("heading", HEADINGS)
def test_the_table_of_who_sees_what_is_current(cast: Cast, visit: Visit, heading: str) -> None:
    table = _write_table(*_make_table(cast, visit, heading))
    kept = _read_page()
    if os.environ.get("TIDEGATE_TEST_WRITE") == "yes":
        _write_page(kept | {heading: table})
    assert kept[heading] == table


def test_the_page_is_of_these_tables_and_nothing_else() -> None:
    kept = _read_page()
    assert tuple(kept) == HEADINGS
    assert PAGE.read_text() == _as_page(kept)


def _read_page() -> dict[str, str]:
    """The tables of the page by their headings; an absent one is empty."""
    found = (part.partition("\n\n") for part in PAGE.read_text().split("\n## ")[1:])
    return dict.fromkeys(HEADINGS, "") | {heading: table for heading, _, table in found}


def _write_page(tables: Mapping[str, str]) -> None:
    PAGE.write_text(_as_page({heading: tables[heading] for heading in HEADINGS}))


def _as_page(tables: Mapping[str, str]) -> str:
    return "\n".join([_INTRODUCTION, *(f"## {heading}\n\n{table}" for heading, table in tables.items())])


def _make_table(cast: Cast, visit: Visit, heading: str) -> tuple[dict[str, Cell], list[str]]:
    if heading == _OVER:
        open_to_lead = [path for path in pages() if visit("lead").get(path).status_code == HTTPStatus.OK]
        return dict(_kept_out(cast, visit)), open_to_lead
    tenant, names = {
        _CUSTOMER: (cast.customer, list(_NAMES)),
        _PROVIDER: (cast.provider, ["boss", "lead", "admin"]),
        _THIRD: (cast.other, ["outsider", "lead"]),
    }[heading]
    return {_NAMES[name]: _ask(visit(name, tenant)) for name in names}, pages()


def _kept_out(cast: Cast, visit: Visit) -> Iterator[tuple[str, Cell]]:
    lead, user = visit("lead"), User.rows.filter(pk=cast.user("lead").pk)
    at_home = User.rows.filter(pk=cast.user("lead", cast.provider).pk)
    yield "A second before the end", _at(lead, GUESTS_END - timedelta(seconds=1))
    yield "At the end", _at(lead, GUESTS_END)
    yield "Blocked", _while(lead, lambda on: user.update(blocked_at=NOW if on else None))
    yield "Stopped", _while(lead, lambda on: _stop(cast.customer, on=on))
    yield "Removed at home", _while(lead, lambda on: at_home.update(removed_at=NOW if on else None))
    yield "Removed here", _while(lead, lambda on: user.update(removed_at=NOW if on else None))


def _ask(visitor: Visitor) -> Cell:
    return lambda path: int(visitor.get(path).status_code)


def _at(visitor: Visitor, moment: datetime) -> Cell:
    def status(path: str) -> int:
        with standing_at(moment):
            return int(visitor.get(path).status_code)

    return status


def _while(visitor: Visitor, switch: Callable[[bool], object]) -> Cell:
    def status(path: str) -> int:
        switch(True)  # noqa: FBT003  on
        try:
            return int(visitor.get(path).status_code)
        finally:
            switch(False)  # noqa: FBT003  off

    return status


def _stop(tenant: Tenant, *, on: bool) -> None:
    if on:
        EmergencyStop.rows.create(tenant=tenant, covers=EmergencyStop.Covers.ALL, started_at=NOW)
    else:
        EmergencyStop.rows.filter(tenant=tenant).delete()


def _write_table(columns: dict[str, Cell], rows: list[str]) -> str:
    heads = ["Page", *columns]
    lines = [heads, ["---"] * len(heads)]
    lines += [[f"`{path}`", *(_say(cell(path)) for cell in columns.values())] for path in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _say(status: int) -> str:
    return _SHORT.get(status, str(status))
