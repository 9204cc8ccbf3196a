"""One request of a person about what is their own: what they may ask for, what they may decide.

The tenant it is about need not be one that they may enter: whoever asks to come in stands outside, and
a colleague may confirm an emergency from at home. Whoever has nothing to do with a tenant is answered as
if there were none, by the same statements.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from tidegate.accounts.actors import actor_of
from tidegate.audit.actions import put_aside
from tidegate.authorization.scope import Actor, Scope
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.directory.models import Tenant
from tidegate.entitlements.places import NOWHERE, find_place
from tidegate.gate.opening import Asked, read_tid
from tidegate.gate.opening import open as open_gate
from tidegate.web.frame import Label
from tidegate.web.framing import build_frame
from tidegate.web.links import sign_in_link, tenant_link
from tidegate.web.person_frame import build_outside_frame, say_aside
from tidegate.web.visit import Refused, begin_visit, say


@dataclass(slots=True)
class PersonVisit:
    """A signed-in person and the tenant that their page is about, which `scope` opens if they may enter."""

    request: HttpRequest
    actor: Actor
    key: str
    tid: str
    tenant_id: uuid.UUID
    scope: Scope | None

    @property
    def method(self) -> str:
        """The request's method, in capitals."""
        return self.request.method or "GET"

    @property
    def is_home(self) -> bool:
        """Whether the page is about everything that is the person's, wherever it is."""
        return not self.tid or self.tenant_id == self.actor.home_tenant_id

    @property
    def where(self) -> uuid.UUID | None:
        """The tenant to which the page's lists are narrowed; None at home, where they show every tenant."""
        return None if self.is_home else self.tenant_id

    @property
    def list_tid(self) -> str:
        """The `tid` of lists to go back to: this tenant's for who is inside, else home's."""
        return str(self.scope.tenant_id) if self.scope else str(self.actor.home_tenant_id or "")

    def link(self, name: str, *args: object, **params: str) -> str:
        """The address of a page about the tenant of this one."""
        return tenant_link(name, str(self.tenant_id), *args, **params)

    def find[T](self, look_up: Callable[[], T]) -> T:
        """What a lookup finds. To whoever is not inside, what it does not find is an absent tenant."""
        try:
            return look_up()
        except NotFound:
            if self.scope is not None:
                raise
            raise self.refuse() from None

    def refuse(self) -> Refused:
        """The error of the gate for this tenant, put on record as the gate does."""
        put_aside(self.tid, self.actor, "tenant.entry_refused", details={"page": self.request.path[:200]})
        return Refused(self.tid)

    def render(
        self,
        template: str,
        context: Mapping[str, Any] | None = None,
        status: int = 200,
        *,
        tenant: Tenant | None = None,
        outside: Label = "",
        inside: Label = "",
    ) -> HttpResponse:
        """A page within the frame: the tenant's for who is inside, else home's under the tenant's stripe.

        `inside` and `outside` say on the stripe what somebody does here who is that.
        """
        if self.scope is not None:
            frame = build_frame(self.request, self.scope, self.key)
            frame = say_aside(frame, inside) if inside else frame
        else:
            frame = build_outside_frame(self.request, self.actor, tenant, self.key, outside)
        values = {"frame": frame, "person_visit": self, "is_home": self.is_home, **(context or {})}
        return render(self.request, template, values, status=status)

    def redirect(self, name: str, *args: object, **params: str) -> HttpResponseRedirect:
        """To another page about this tenant."""
        return HttpResponseRedirect(self.link(name, *args, **params))

    def tell(self, done: str, tenant_name: str) -> None:
        """A toast on the next page; it names the tenant, as every confirming sentence does."""
        messages.success(self.request, f"{done} ({tenant_name})")

    def attempt(self, action: Callable[[], object], done: str, tenant_name: str) -> bool:
        """Run an action and say how it went; what the person can mend becomes a message."""
        try:
            action()
        except (InvalidInput, Conflict) as error:
            messages.error(self.request, f"{say(error)} ({tenant_name})")
            return False
        self.tell(done, tenant_name)
        return True


type View[**P] = Callable[Concatenate[PersonVisit, P], HttpResponseBase]


def for_person[**P](key: str) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Let the signed-in person see a page about the tenant of `?tid=` without entering it.

    `key` is the navigation entry. The view decides, by what it finds for the person, whether there is
    anything to be seen.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return HttpResponseRedirect(sign_in_link(request.get_full_path()))
            return view(visit_as_person(request, request.GET.get("tid", ""), key), *args, **kwargs)

        return run

    return decorate


def visit_as_person(request: HttpRequest, tid: str, key: str) -> PersonVisit:
    """A signed-in person's visit to what a `tid` names. Raises InvalidInput for a malformed one."""
    actor = actor_of(request)
    home = actor.home_tenant_id
    tenant_id = find_place(read_tid(tid) if tid else Asked("", tenant_id=home or NOWHERE))
    try:
        scope = open_gate(actor, tid)
    except NotFound:
        return PersonVisit(request, actor, key, tid, tenant_id, None)
    begin_visit(request, scope, key).tell_entry()
    return PersonVisit(request, actor, key, tid, tenant_id, scope)
