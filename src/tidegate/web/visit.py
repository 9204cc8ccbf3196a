"""One request to one tenant: who, where, and the Scope that the gate gave. What views are handed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from tidegate.accounts.actors import actor_of
from tidegate.audit.actions import NOTHING, Happened, Target, put_aside, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Relation, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound, TidegateError
from tidegate.directory.actions.entries import note_entry
from tidegate.gate.opening import open as open_gate
from tidegate.gate.several import Several, names_several, open_several
from tidegate.web.framing import build_frame
from tidegate.web.links import sign_in_link, tenant_link, way_back
from tidegate.web.many_visit import ManyView, ManyVisit, choose_one
from tidegate.web.why import why_context

_ENTERED = "entered"


@dataclass(slots=True)
class Visit:
    """A signed-in person in one tenant, for the length of one request."""

    request: HttpRequest
    scope: Scope
    key: str = ""
    permission: Permission = Permission.TENANT_READ
    is_entry_untold: bool = False

    @property
    def method(self) -> str:
        """The request's method, in capitals."""
        return self.request.method or "GET"

    @property
    def path(self) -> str:
        """The request's path, without its parameters."""
        return self.request.path

    @property
    def tid(self) -> str:
        """What this visit's links carry: the tenant's id, whatever was typed."""
        return str(self.scope.tenant_id)

    def link(self, name: str, *args: object, **params: str) -> str:
        """The address of a page in this tenant."""
        return tenant_link(name, self.tid, *args, **params)

    def require(self, permission: Permission) -> None:
        """Raise Forbidden unless the visitor may do this here."""
        require(self.scope, permission)

    def note_view(self, tag: str, target: Target = NOTHING) -> None:
        """Let the tenant see what a guest opened. Members of the tenant are not followed about."""
        if self.scope.entry.relation != Relation.GUEST or self.request.method != "GET":
            return
        if self.is_entry_untold:
            self.tell_entry(Happened(self.scope.actor, self.scope.entry, tag, target))
        else:
            record(self.scope, tag, target)

    def tell_entry(self, *then: Happened) -> None:
        """Tell the tenant that this session came in, unless it was told, and what the visitor did first."""
        if self.is_entry_untold:
            self.is_entry_untold = False
            note_entry(self.scope, *then)
            entered = self.request.session.get(_ENTERED, {})
            self.request.session[_ENTERED] = {**entered, str(self.scope.entry.user_id): _write_now()}

    def render(
        self, template: str, context: Mapping[str, Any] | None = None, status: int = 200, *, of: str = ""
    ) -> HttpResponse:
        """A page within the frame. `of` names what it is about, as "incident:123", for who asks why."""
        frame = build_frame(self.request, self.scope, self.key)
        why = why_context(self, self.permission, of)
        values = {"frame": frame, "scope": self.scope, "visit": self, **why, **(context or {})}
        return render(self.request, template, values, status=status)

    def render_part(self, template: str, context: Mapping[str, Any]) -> HttpResponse:
        """A part of a page, to be put into one that is already there."""
        return render(self.request, template, {"scope": self.scope, "visit": self, **context})

    def redirect(self, name: str, *args: object, **params: str) -> HttpResponseRedirect:
        """To another page of this tenant."""
        return HttpResponseRedirect(self.link(name, *args, **params))

    def go_back(self, fallback: str) -> HttpResponseRedirect:
        """To where the form says it came from, if that is a page of ours; else to `fallback`."""
        return HttpResponseRedirect(way_back(self.request, fallback))

    def tell(self, done: str, *, undo: str = "") -> None:
        """A toast on the next page; it names the tenant, as every confirming sentence does.

        `undo` is the name under which what was done can be taken back.
        """
        text = f"{done} ({self.scope.entry.tenant_name})"
        messages.success(self.request, text, extra_tags=f"undo:{undo}" if undo else "")

    def complain(self, problem: str) -> None:
        """A toast that stays until it is dismissed: what could not be done, and why."""
        messages.error(self.request, f"{problem} ({self.scope.entry.tenant_name})")

    def attempt(self, action: Callable[[], object], done: str) -> bool:
        """Run an action and say how it went; what the person can mend becomes a message."""
        try:
            action()
        except (InvalidInput, Conflict) as error:
            self.complain(say(error))
            return False
        self.tell(done)
        return True


def say(error: TidegateError) -> str:
    """An error in words for the person at the page."""
    if isinstance(error, InvalidInput) and error.fields:
        return "; ".join(
            f"{name.replace('_', ' ')} {say_reason(reason)}" for name, reason in error.fields.items()
        )
    return say_reason(error.message) or _("That could not be done.")


def say_reason(reason: str) -> str:
    """A sentence of the domain in the reader's language; one without a translation stays as it is."""
    return _(reason) if reason else ""


type View[**P] = Callable[Concatenate[Visit, P], HttpResponseBase]


def in_tenant[**P](
    key: str,
    permission: Permission = Permission.TENANT_READ,
    *,
    many: ManyView | None = None,
    notes_view: bool = False,
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Open the tenant of `?tid=` for the signed-in person, then run the view with the Visit.

    `key` is the navigation entry that the page belongs to; `permission` is what lets people see it:
    "Why can I see this?" explains that one, while it is queries and actions that ask for it. Without a
    session the person signs in first and comes back to the very same address. A `tid` of several tenants
    is `many`'s to answer; without it the person chooses one of them. A view that only looks, and `notes_view`
    before anything else is recorded, has the person's coming in told with it: one turn at the tenant's chain.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return send_to_sign_in(request)
            tid = request.GET.get("tid", "")
            if names_several(tid):
                several = ManyVisit(request, _open_several(request, tid), key, permission)
                return many(several, *args, **kwargs) if many else choose_one(several)
            visit = _open(request, key, permission)
            if isinstance(visit, HttpResponseBase):
                return visit
            if not notes_view:
                visit.tell_entry()
            try:
                return view(visit, *args, **kwargs)
            finally:
                visit.tell_entry()

        return run

    return decorate


def _open_several(request: HttpRequest, tid: str) -> Several:
    try:
        return open_several(actor_of(request), tid)
    except NotFound as error:
        raise Refused(tid) from error


def send_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To sign-in and back here. A part of a page that asks by itself sends the whole page there."""
    htmx = HtmxDetails(request)
    if not htmx:
        return HttpResponseRedirect(sign_in_link(request.get_full_path()))
    address = sign_in_link(htmx.current_url_abs_path or "/")
    return HttpResponse(status=401, headers={"HX-Redirect": address})


def _open(request: HttpRequest, key: str, permission: Permission) -> "Visit | HttpResponseBase":
    actor = actor_of(request)
    tid = request.GET.get("tid", "")
    if not tid and actor.home_tenant_id is None:
        return HttpResponseRedirect("/start")
    try:
        scope = open_gate(actor, tid)
    except NotFound as error:
        # The same single insert whether there is such a tenant or not; whose it is, a job finds out.
        put_aside(tid, actor, "tenant.entry_refused", details={"page": request.path[:200]})
        raise Refused(tid) from error
    return begin_visit(request, scope, key, permission)


class Refused(NotFound):
    """The gate did not open. Says what was asked, and nothing of what is there."""

    def __init__(self, asked: str) -> None:
        super().__init__("You cannot enter this directory.")
        self.asked = asked


def begin_visit(
    request: HttpRequest, scope: Scope, key: str, permission: Permission = Permission.TENANT_READ
) -> Visit:
    """A visit to a tenant that the gate has opened. Once a session and tenant its entry is to be told.

    The session remembers only that it was told; which tenant a page shows is the address's matter.
    """
    user_id = scope.entry.user_id
    is_untold = user_id is not None and str(user_id) not in request.session.get(_ENTERED, {})
    visit = Visit(request, scope, key, permission, is_entry_untold=is_untold)
    request.visit = visit  # type: ignore[attr-defined]
    return visit


def _write_now() -> str:
    return clock.now().isoformat()
