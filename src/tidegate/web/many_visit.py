"""One request to several tenants at once: `tid=all` and `tid=group:<name>`. What such views are handed."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from tidegate.audit.actions import put_views_aside
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, Entry, ManyScope, Relation, Scope
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.directory.models import User
from tidegate.directory.queries import list_enterable
from tidegate.gate.opening import open as open_gate
from tidegate.gate.reach import named_tenant
from tidegate.gate.several import Several
from tidegate.incidents.newest.questions import look_up as ask_each_row
from tidegate.incidents.queries import OpenCounts
from tidegate.web import frame as fr
from tidegate.web.links import tenant_link, way_back
from tidegate.web.many_frame import build_many_frame

CHOSEN_AT_MOST = 200
FEW = 16


@dataclass(slots=True)
class ManyVisit:
    """A signed-in person in several tenants, for the length of one request."""

    request: HttpRequest
    several: Several
    key: str
    permission: Permission = Permission.TENANT_READ
    _scopes: dict[Permission, ManyScope] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.several.actor

    @property
    def method(self) -> str:
        """The request's method, in capitals."""
        return self.request.method or "GET"

    @property
    def tid(self) -> str:
        """What this visit's links carry."""
        return self.several.tid

    @property
    def scope(self) -> ManyScope:
        """The tenants in which the page's own permission is held."""
        return self.scope_of(self.permission)

    @property
    def ordered_scope(self) -> ManyScope:
        """The same, for a list that an index gives in its order.

        SQLite would read all rows of all tenants in reach, and sort them. Asked of each row whether its
        tenant is in reach, it follows the index; of a few tenants all is read sooner. PostgreSQL sees by
        itself what is better.
        """
        ids = self.scope.reach.tenant_ids().values_list("tenant_id", flat=True)
        if connection.vendor != "sqlite" or len(ids[: FEW + 1]) <= FEW:
            return self.scope
        return ask_each_row(self.scope)

    def scope_of(self, permission: Permission) -> ManyScope:
        """The tenants in which a permission is held; the same for the whole request."""
        if permission not in self._scopes:
            self._scopes[permission] = self.several.scope(permission)
        return self._scopes[permission]

    def open(self, tenant_id: uuid.UUID) -> Scope:
        """One of the tenants, opened by the gate as if it had been asked for alone. Raises NotFound."""
        # Of all tenants the gate decides alone; a group narrows what it opens.
        is_asked = self.several.group is None or self.several.users().filter(tenant_id=tenant_id).exists()
        if not is_asked:
            raise NotFound("There is no such directory, or you may not enter it.")
        return open_gate(self.actor, str(tenant_id))

    def link(self, name: str, *args: object, **params: str) -> str:
        """The address of a page over the same tenants."""
        return tenant_link(name, self.tid, *args, **params)

    def find_users(self, tenant_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, User]:
        """The visitor's own user object in each of these tenants, with its tenant. One statement."""
        users = self.several.users().filter(tenant_id__in=set(tenant_ids))
        return {user.tenant_id: user for user in users}

    def readable_users(self, text: str = "") -> QuerySet[User]:
        """The visitor's own user object in each tenant in which the page's permission is held, by name.

        Only tenants with this text in their name, or with this Directory ID.
        """
        users = list_enterable(self.scope).order_by("tenant__display_name", "tenant_id")
        return users.filter(named_tenant(text)) if text else users

    def held_in(self, permission: Permission, tenant_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """Those of these tenants in which the visitor holds a permission. One statement."""
        held = self.scope_of(permission).reach.tenant_ids()
        return set(held.filter(tenant_id__in=set(tenant_ids)).values_list("tenant_id", flat=True))

    def find_all_users(self) -> Iterable[User]:
        """The visitor's own user object in each tenant in which the page's permission is held."""
        return list_enterable(self.scope).order_by("tenant_id")

    def note_view(self, tag: str, shown: Mapping[uuid.UUID, User]) -> None:
        """Let each tenant that was shown see that a guest looked. One statement, however many."""
        guests = [user for user in shown.values() if user.user_type == Relation.GUEST]
        if guests:
            put_views_aside(self.actor, tag, map(_entry_of, guests))

    def note_taken(self, tag: str, users: Mapping[uuid.UUID, User]) -> None:
        """Let each of these tenants see that its record was taken away, by whomever. One statement."""
        put_views_aside(self.actor, tag, map(_entry_of, users.values()))

    def render(
        self,
        template: str,
        context: Mapping[str, Any] | None = None,
        status: int = 200,
        open_now: OpenCounts | None = None,
    ) -> HttpResponse:
        """A page within the frame. `open_now` is what is open, where that is known already."""
        frame = build_many_frame(self.request, self.several, self.key, open_now)
        values = {"frame": frame, "visit": self, "is_many": True, **(context or {})}
        return render(self.request, template, values, status=status)

    def render_part(self, template: str, context: Mapping[str, Any]) -> HttpResponse:
        """A part of a page, to be put into one that is already there."""
        return render(self.request, template, {"visit": self, "is_many": True, **context})

    def redirect(self, name: str, *args: object, **params: str) -> HttpResponseRedirect:
        """To another page over the same tenants."""
        return HttpResponseRedirect(self.link(name, *args, **params))

    def go_back(self, fallback: str) -> HttpResponseRedirect:
        """To where the form says it came from, if that is a page of ours; else to `fallback`."""
        return HttpResponseRedirect(way_back(self.request, fallback))

    def tell(self, done: str, *, undo: str = "") -> None:
        """A toast on the next page. `undo` is the name under which what was done can be taken back."""
        messages.success(self.request, done, extra_tags=f"undo:{undo}" if undo else "")

    def complain(self, problem: str) -> None:
        """A toast that stays until it is dismissed: what could not be done, and why."""
        messages.error(self.request, problem)


# Beside the visit it takes what the view of one tenant takes beside its own.
type ManyView = Callable[..., HttpResponseBase]


def badges_of(users: Mapping[uuid.UUID, User]) -> dict[uuid.UUID, fr.TenantBadge]:
    """The tenants of these users as rows show them."""
    return {
        tenant_id: fr.tenant_badge(
            tenant_id,
            user.tenant.display_name,
            fr.Relation(user.user_type),
            tenant_link("overview", str(tenant_id)),
        )
        for tenant_id, user in users.items()
    }


def choose_one(visit: ManyVisit) -> HttpResponse:
    """Which tenant a page that shows one is to show: of those in which it opens.

    Raises InvalidInput for a change.
    """
    if visit.method not in {"GET", "HEAD"}:
        raise InvalidInput(fields={"tid": "must name one tenant here"})
    text = visit.request.GET.get("q", "").strip()[:200]
    found = list(visit.readable_users(text)[: CHOSEN_AT_MOST + 1])
    rows = [
        fr.tenant_badge(
            user.tenant_id,
            user.tenant.display_name,
            fr.Relation(user.user_type),
            _here_in(visit.request, str(user.tenant_id)),
        )
        for user in found[:CHOSEN_AT_MOST]
    ]
    context = {"rows": rows, "text": text, "is_cut": len(found) > CHOSEN_AT_MOST}
    return visit.render("web/many/choose.html", context)


def _entry_of(user: User) -> Entry:
    return Entry(user.tenant_id, user.tenant.display_name, user.id, Relation(user.user_type), frozenset())


def _here_in(request: HttpRequest, tid: str) -> str:
    asked = request.GET.copy()
    asked["tid"] = tid
    asked.pop("q", None)
    return f"{request.path}?{asked.urlencode()}"
