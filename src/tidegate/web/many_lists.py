"""Lists over several tenants, declared: what is asked, in which order, under which columns and filters.

A list is asked with the scope of its page's own permission: its rows are those of the tenants in which
that is held. Each row carries its tenant, its links lead into that tenant alone, and what may be done with
it is what the visitor's role there allows. The number of statements is the same, however many tenants.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType
from typing import Any, ClassVar, Final

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.utils.functional import Promise

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.core.paging import SortKey, take_page
from tidegate.web import frame as fr
from tidegate.web.links import tenant_link
from tidegate.web.many_given import Choice, FilterForm, Given, describe_choices, read_given
from tidegate.web.many_tenants import tenant_menu
from tidegate.web.many_visit import ManyVisit, badges_of
from tidegate.web.visit import say

type Label = str | Promise
type Link = tuple[Any, ...]
"""The name of an address and its arguments."""

BY_NAME: Final = (SortKey("display_name", descending=False), SortKey("id", descending=False))
NEWEST: Final = (SortKey("created_at"), SortKey("id"))
NEWEST_BEGUN: Final = (SortKey("starts_at"), SortKey("id"))
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column; `css` are the classes of its cells."""

    label: Label
    css: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A list beside this one: its name, the name of its address, and what tells it from others there."""

    label: Label
    address: str
    fixed: Mapping[str, str] = _NOTHING


@dataclass(frozen=True, slots=True)
class Act[M: Model]:
    """What may be done with a row, by who holds a permission in its tenant: an address there.

    `link` is None for a row with which it cannot be done. `posts` says that pressing it does it.
    """

    permission: Permission
    label: Callable[[M], Label]
    link: Callable[[M], Link | None]
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that may be done with one row."""

    label: Label
    url: str
    posts: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `item` is what its template reads."""

    item: Any
    tid: str
    tenant: fr.TenantBadge
    url: str
    acts: tuple[Offered, ...]


def _as_they_are(_visit: ManyVisit, rows: Sequence[Any]) -> Sequence[Any]:
    return rows


@dataclass(frozen=True, kw_only=True)
class ManyList[M: Model]:
    """One list over several tenants; called with a visit it answers with its page.

    `ask` gives its rows, of tenants in which they may be read, in no order; `describe` what the template of
    its rows reads, in their order, None for one that is gone since. `link` is where a row leads. `tag` is
    told to each tenant of which a guest saw rows.
    """

    # Templates read a list's attributes; they would call it first.
    do_not_call_in_templates: ClassVar[bool] = True

    name: str
    title: Label
    tag: str
    template: str
    columns: tuple[Column, ...]
    noun: Callable[[int], str]
    ask: Callable[[ManyVisit, Given], QuerySet[M]]
    order: Callable[[Given], Sequence[SortKey]] = lambda _given: BY_NAME
    describe: Callable[[ManyVisit, Sequence[M]], Sequence[Any]] = _as_they_are
    link: Callable[[M], Link | None] = lambda _row: None
    tenant_of: str = "tenant_id"
    css: str = ""
    searches: Label = ""
    form: Callable[[Mapping[str, str]], FilterForm] | None = None
    choices: tuple[Choice, ...] = ()
    acts: tuple[Act[M], ...] = ()
    tabs: tuple[Tab, ...] = ()
    fixed: Mapping[str, str] = field(default=_NOTHING)
    files: tuple[tuple[str, Link], ...] = ()
    note: Callable[[Given], Label] = lambda _given: ""

    def __call__(self, visit: ManyVisit) -> HttpResponse:
        """The page. Raises InvalidInput for a change, and for what an address asks amiss."""
        if visit.method not in {"GET", "HEAD"}:
            raise InvalidInput(fields={"tid": "must name one tenant here"})
        asked = visit.request.GET
        form = self.form(asked) if self.form else None
        try:
            given = read_given(asked, self.choices, form)
        except InvalidInput as error:
            if form is None:
                raise
            return visit.render("web/many/list.html", self._around(visit, form, say(error)), status=400)
        page = take_page(self.rows(visit, given), self.order(given), cursor=asked.get("cursor", ""))
        tenant_of = attrgetter(self.tenant_of)
        shown = visit.find_users(map(tenant_of, page.rows))
        visit.note_view(self.tag, shown)
        context = {
            **self._around(visit, form),
            "rows": list(self._rows(visit, page.rows, badges_of(shown))),
            "is_let": bool(page.rows) or visit.scope.reach.tenant_ids().exists(),
            "given": given,
            "menus": describe_choices(self.choices, given, lambda **one: self._own(visit, given, **one)),
            "tenants": tenant_menu(visit, shown, given.tenant_ids, self._own(visit, given, tenant="")),
            "own_link": self._own(visit, given),
            "kept": {**self.fixed, **given.kept()},
            "newer_url": self._own(visit, given, cursor=page.previous_cursor) if page.previous_cursor else "",
            "older_url": self._own(visit, given, cursor=page.next_cursor) if page.next_cursor else "",
            "noun": self.noun(len(page.rows)),
            "note": self.note(given),
            "files": [
                (label, visit.link(name, *arguments, **given.params))
                for label, (name, *arguments) in self.files
            ],
        }
        return visit.render("web/many/list.html", context)

    def rows(self, visit: ManyVisit, given: Given) -> QuerySet[M]:
        """All rows that the address asks for, in no order."""
        rows = self.ask(visit, given)
        return rows.filter(**{self.tenant_of: given.tenant_id}) if given.tenant_id else rows

    def _around(self, visit: ManyVisit, form: FilterForm | None, problem: str = "") -> dict[str, Any]:
        return {
            "list": self,
            "form": form,
            "problem": problem,
            "bare_link": visit.link(self.name, **self.fixed),
            "segments": [
                {
                    "label": tab.label,
                    "url": visit.link(tab.address, **tab.fixed),
                    "count": None,
                    "current": (tab.address, tab.fixed) == (self.name, self.fixed),
                }
                for tab in self.tabs
            ],
        }

    def _own(self, visit: ManyVisit, given: Given, **changes: str) -> str:
        return visit.link(self.name, **{**self.fixed, **given.params, **changes})

    def _rows(
        self, visit: ManyVisit, rows: Sequence[M], badges: Mapping[uuid.UUID, fr.TenantBadge]
    ) -> Iterator[Row]:
        held = {act.permission: visit.held_in(act.permission, badges) for act in self.acts} if rows else {}
        for row, item in zip(rows, self.describe(visit, rows), strict=True):
            tenant_id = attrgetter(self.tenant_of)(row)
            # Whoever's way in ended between two statements sees nothing of that tenant.
            if item is None or tenant_id not in badges:
                continue
            tid = str(tenant_id)
            acts = [act for act in self.acts if tenant_id in held[act.permission]]
            yield Row(
                item, tid, badges[tenant_id], _address(tid, self.link(row)), tuple(_offer(tid, acts, row))
            )


def _offer[M: Model](tid: str, acts: Sequence[Act[M]], row: M) -> Iterator[Offered]:
    for act in acts:
        link = act.link(row)
        if link is not None:
            yield Offered(act.label(row), _address(tid, link), act.posts)


def _address(tid: str, link: Link | None) -> str:
    if link is None:
        return ""
    name, *arguments = link
    return tenant_link(name, tid, *arguments)
