"""One's inbox in the portal, over all tenants that one may enter, each item under its own tenant."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid
from tidegate.incidents.words import Severity
from tidegate.notifications.actions.inbox import mark_all_read, mark_read, mark_unread
from tidegate.notifications.inbox import describe_items, get_item, page_inbox
from tidegate.web.frame import tenant_badge
from tidegate.web.links import tenant_link
from tidegate.web.many_visit import ManyVisit
from tidegate.web.visit import Visit, in_tenant

_AT_ONCE = 200


def _list_at_home(visit: ManyVisit) -> HttpResponse:
    """The inbox is over all tenants already; it stands where its reader is at home."""
    shown = visit.request.GET.get("show", "")
    return HttpResponseRedirect(tenant_link("inbox", str(visit.actor.home_tenant_id or ""), show=shown))


@require_safe
@in_tenant("inbox", many=_list_at_home)
def list_items(visit: Visit) -> HttpResponseBase:
    """Newest first; the same from whichever tenant it is opened."""
    actor, asked = visit.scope.actor, visit.request.GET
    only_unread = asked.get("show") == "unread"
    page = page_inbox(actor, asked.get("cursor", ""), only_unread=only_unread)
    kept = {"show": "unread" if only_unread else ""}
    context = {
        "rows": [
            {
                "item": row.item,
                "alert": row.alert,
                "incident": row.incident,
                "title": row.incident.display_name if row.incident else row.alert.title,
                "severity": Severity(row.alert.severity).word,
                "clock": row.clock_words,
                "step": row.step,
                "badge": tenant_badge(row.item.tenant_id, row.item.tenant.display_name),
            }
            for row in describe_items(actor, page.rows)
        ],
        "segments": _segments(visit, is_unread=only_unread),
        "only_unread": only_unread,
        "newer_url": _paged(visit, kept, page.previous_cursor),
        "older_url": _paged(visit, kept, page.next_cursor),
    }
    return visit.render("web/inbox/list.html", context)


@require_safe
@in_tenant("inbox")
def open_item(visit: Visit, item_id: uuid.UUID) -> HttpResponseBase:
    """To the alert or the incident in its own tenant; from then on the item was read."""
    row = get_item(visit.scope.actor, item_id)
    mark_read(visit.scope.actor, [item_id])
    page: tuple[str, object] = ("alert", row.alert.external_id)
    if row.incident is not None:
        page = ("incident", row.incident.number)
    return HttpResponseRedirect(tenant_link(page[0], str(row.item.tenant_id), page[1]))


@require_http_methods(["POST"])
@in_tenant("inbox")
def mark(visit: Visit) -> HttpResponseBase:
    """Note that items were read, or are to be looked at again."""
    actor, to = visit.scope.actor, visit.request.POST.get("to", "")
    if to == "all":
        number = mark_all_read(actor)
    elif to in {"read", "unread"}:
        ids = _read_ids(visit.request.POST.getlist("item"))
        number = mark_read(actor, ids) if to == "read" else mark_unread(actor, ids)
    else:
        raise InvalidInput(fields={"to": "must be one of: read, unread, all"})
    visit.tell(_say(number, is_unread=to == "unread"))
    return visit.go_back(visit.link("inbox"))


def _read_ids(texts: list[str]) -> list[uuid.UUID]:
    ids = [parse_uuid(text) for text in texts[:_AT_ONCE]]
    if None in ids:
        raise InvalidInput(fields={"item": "must be items of the inbox"})
    return [one for one in ids if one is not None]


def _say(number: int, *, is_unread: bool) -> str:
    if is_unread:
        return ngettext("%(number)s marked as unread.", "%(number)s marked as unread.", number) % {
            "number": number
        }
    return ngettext("%(number)s marked as read.", "%(number)s marked as read.", number) % {"number": number}


def _segments(visit: Visit, *, is_unread: bool) -> list[dict[str, Any]]:
    return [
        {"label": _("All"), "url": visit.link("inbox"), "count": None, "current": not is_unread},
        {
            "label": _("Unread"),
            "url": visit.link("inbox", show="unread"),
            "count": None,
            "current": is_unread,
        },
    ]


def _paged(visit: Visit, kept: dict[str, str], cursor: str) -> str:
    return visit.link("inbox", **kept, cursor=cursor) if cursor else ""
