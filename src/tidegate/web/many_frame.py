"""The frame around pages over several tenants: a neutral stripe that says how many they are."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.gate.several import Several
from tidegate.incidents.queries import OpenCounts, count_open
from tidegate.web import frame as fr
from tidegate.web.customers import SOON
from tidegate.web.framing import (
    SEVERAL_HAVE,
    TENANT_PAGES,
    bell,
    build_account_menu,
    build_switcher,
    customers_item,
    own_items,
)
from tidegate.web.links import tenant_link
from tidegate.web.tenant_color import initials, tenant_hue

DOTS_AT_MOST: Final = 13
_WORK: Final[tuple[tuple[str, Promise, str], ...]] = (
    ("overview", gettext_lazy("Overview"), "overview"),
    ("incidents", gettext_lazy("Incidents"), "incidents"),
    ("alerts", gettext_lazy("Alerts"), "alerts"),
    ("devices", gettext_lazy("Devices"), "devices"),
    ("hunting", gettext_lazy("Hunting"), "hunting"),
    ("report", gettext_lazy("Report"), "file"),
)


def build_many_frame(
    request: HttpRequest, several: Several, key: str, open_now: OpenCounts | None = None
) -> fr.Frame:
    """The frame of a page over several tenants. `open_now` is what is open, where the page knows already."""
    actor, tid = several.actor, several.tid
    home = str(actor.home_tenant_id or "")
    count, ending = _count_users(several)
    tile = initials(several.name) if several.name else _("All")
    title = several.name or _("All customers")
    current = fr.SwitcherChoice(title, tid, tile, tenant_link(key, tid), count, current=True)
    return fr.Frame(
        tid=tid,
        tenant=None,
        stripe=_build_stripe(several, title, count, ending),
        switcher=build_switcher(actor, current, key, tid),
        navigation=(
            fr.NavSection(None, tuple(_items(several, key, home, open_now))),
            fr.NavSection(_("In these tenants"), tuple(_directory_items(several, key))),
        ),
        account=build_account_menu(request),
        search_url=tenant_link("search", tid),
        jump_url=tenant_link("search_jump", tid),
        inbox=bell(actor, home, key) if home else None,
        home_url=tenant_link("overview", tid),
    )


def _count_users(several: Several) -> tuple[int, int]:
    """How many tenants there are, and in how many of them access ends soon. One statement."""
    ends_soon = Count("id", filter=Q(ends_at__lte=clock.now() + SOON))
    found = several.users().order_by().aggregate(count=Count("id"), ending=ends_soon)
    return found["count"], found["ending"]


def _build_stripe(several: Several, title: fr.Label, count: int, ending: int) -> fr.Stripe:
    # In the order of the index that they are found by: for a few dots the names of all are not read.
    first = several.users().order_by("tenant_id").values_list("tenant_id", flat=True)[:DOTS_AT_MOST]
    words = ngettext("%(count)d tenant", "%(count)d tenants", count) % {"count": count}
    return fr.Stripe(
        kind=fr.StripeKind.MANY,
        title=title,
        hues=tuple(tenant_hue(str(tenant_id)) for tenant_id in first),
        notes=(fr.StripeNote(words),),
        aside=_tell_ending(several, ending),
    )


def _tell_ending(several: Several, ending: int) -> fr.StripeNote | None:
    if not ending:
        return None
    words = ngettext("%(count)d access ends this week", "%(count)d accesses end this week", ending)
    home = str(several.actor.home_tenant_id or "")
    return fr.StripeNote(words % {"count": ending}, _("Show"), tenant_link("customers", home))


def _items(several: Several, key: str, home: str, open_now: OpenCounts | None) -> Iterator[fr.NavItem]:
    counts = open_now or count_open(
        several.scope(Permission.INCIDENT_READ), several.scope(Permission.ALERT_READ)
    )
    numbers = {"incidents": counts.incidents, "alerts": counts.alerts}
    for name, label, icon in _WORK:
        yield fr.NavItem(name, label, tenant_link(name, several.tid), icon, numbers.get(name), name == key)
    if home:
        yield from customers_item(key, home)
        yield from own_items(several.actor, key, home)


def _directory_items(several: Several, key: str) -> Iterator[fr.NavItem]:
    """The lists of what is in the tenants, whatever may be read in which: a list shows what may be."""
    for name, label, icon, _permission in TENANT_PAGES:
        if name in SEVERAL_HAVE:
            yield fr.NavItem(name, label, tenant_link(name, several.tid), icon, None, name == key)
