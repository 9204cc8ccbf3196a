"""Why can I see this? On every page: the chain from the person to what the page shows.

Whether it is open stands in the address (`?why=1`), and only then is anything looked up.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tidegate.authorization.permissions import EVERYONE_INSIDE, Permission
from tidegate.authorization.scope import Scope
from tidegate.gate.explaining import Chain, Link, explain_own
from tidegate.web.links import tenant_link

if TYPE_CHECKING:
    from tidegate.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Fact:
    """One step of a chain in words, and when it ends by the clock."""

    text: str
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Explained:
    """One way in: its facts in order, and the first end among them."""

    facts: tuple[Fact, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Why:
    """What the button and the strip of a page need. `who_url` is empty for who may not ask."""

    permission: Permission
    is_open: bool
    toggle_url: str
    who_url: str
    chains: tuple[Explained, ...]


def why_context(visit: "Visit", permission: Permission, of: str = "") -> dict[str, Any]:
    """The template variable `why` for a page that shows what `permission` opens.

    `of` names what the page is about, as "incident:123"; "" is the page itself. Include
    `web/access/why_button.html` and `web/access/why_strip.html` with it.
    """
    scope, request = visit.scope, visit.request
    is_open = request.GET.get("why") == "1"
    may_ask = scope.allows(Permission.ACCESS_EXPLAIN)
    who_url = tenant_link("access", visit.tid, permission=permission, of=of) if may_ask else ""
    chains = explain_page(scope, permission) if is_open else ()
    return {"why": Why(permission, is_open, _toggle_url(request, is_open=is_open), who_url, chains)}


def explain_page(scope: Scope, permission: Permission) -> tuple[Explained, ...]:
    """Every way in which the visitor of a page holds its permission."""
    chains = keep_needed(explain_own(scope, permission), permission)
    return tuple(describe_chain(chain, scope.entry.tenant_name) for chain in chains)


def keep_needed(chains: list[Chain], permission: Permission) -> list[Chain]:
    """Leave out roles where none is needed: what everyone inside may do, they may do without."""
    if permission not in EVERYONE_INSIDE:
        return chains
    return [chain for chain in chains if chain.links[-1].kind == "inside"]


def describe_chain(chain: Chain, tenant: str) -> Explained:
    """A chain in words."""
    facts = tuple(Fact(describe_link(link, tenant), link.ends_at) for link in chain.links)
    return Explained(facts, chain.until)


def describe_link(link: Link, tenant: str) -> str:
    """One step in words; a kind that this release does not know is shown by its name."""
    if link.kind == "device_groups":
        return _describe_hidden(int(link.name))
    words = {
        "guest": _("Guest in %(tenant)s"),
        "member": _("Member of %(tenant)s"),
        "group": _("Group %(name)s"),
        "role": _("Role %(name)s"),
        "inside": _("Everyone in %(tenant)s"),
    }
    return words.get(link.kind, "%(name)s") % {"name": link.name, "tenant": tenant}


def _describe_hidden(number: int) -> str:
    words = ngettext(
        "All devices but those of a device group hidden from them",
        "All devices but those of %(number)d device groups hidden from them",
        number,
    )
    return words % {"number": number} if number > 1 else words


def _toggle_url(request: HttpRequest, *, is_open: bool) -> str:
    query = request.GET.copy()
    query.pop("why", None)
    if not is_open:
        query["why"] = "1"
    return f"{request.path}?{query.urlencode()}"
