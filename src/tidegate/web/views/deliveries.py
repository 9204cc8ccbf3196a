"""What notification rules sent: the log, sending again, and the addresses to which nothing is sent."""

import uuid
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid
from tidegate.core.paging import SortKey, take_page
from tidegate.notifications.actions.deliveries import (
    lift_suppression,
    resend_delivery,
    suppress_recipient,
)
from tidegate.notifications.queries import (
    DeliveryFilter,
    get_delivery,
    get_rule,
    list_rules,
    list_suppressed,
    list_told_elsewhere,
    page_deliveries,
)
from tidegate.notifications.words import DeliveryState, Suppression
from tidegate.web.deliveries import describe_deliveries
from tidegate.web.notification_tabs import KEY, MANAGE, notification_tabs
from tidegate.web.told_elsewhere import describe_told
from tidegate.web.views.many_telling import DELIVERIES
from tidegate.web.visit import Visit, in_tenant

_NEWEST = (SortKey("created_at"), SortKey("id"))


@require_safe
@in_tenant(KEY, MANAGE, many=DELIVERIES)
def list_log(visit: Visit) -> HttpResponseBase:
    """What was sent, to whom, when, and what the server said; of one rule or of all."""
    visit.require(MANAGE)
    chosen, asked = _read_filter(visit), visit.request.GET
    visit.note_view("notification_deliveries.viewed")
    page = page_deliveries(visit.scope, chosen, asked.get("cursor", ""))
    kept = {name: asked.get(name, "") for name in ("rule", "state")}
    context = {
        "rows": describe_deliveries(visit.scope, page.rows),
        "rule": get_rule(visit.scope, chosen.rule_id) if chosen.rule_id else None,
        "newer_url": _paged(visit, kept, page.previous_cursor),
        "older_url": _paged(visit, kept, page.next_cursor),
        "states": _state_chips(visit, chosen, kept),
        "tabs": notification_tabs(visit, "notification_deliveries"),
    }
    return visit.render("web/notifications/deliveries.html", context)


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def resend(visit: Visit, delivery_id: uuid.UUID) -> HttpResponseBase:
    """Send a message again; a webhook under its old id."""
    delivery = get_delivery(visit.scope, delivery_id)
    visit.attempt(lambda: resend_delivery(visit.scope, delivery_id), _("It is on its way again."))
    return visit.go_back(visit.link("notification_deliveries", rule=str(delivery.rule_id)))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def list_silenced(visit: Visit) -> HttpResponseBase:
    """The addresses to which nothing is sent, and why; a form that adds one."""
    visit.require(MANAGE)
    if visit.method == "POST":
        email = visit.request.POST.get("email", "")
        visit.attempt(
            lambda: suppress_recipient(visit.scope, email),
            _("Nothing is sent to %(to)s.") % {"to": email[:254]},
        )
        return visit.redirect("notification_suppressed")
    visit.note_view("notification_deliveries.viewed")
    rules = {rule.id: rule for rule in list_rules(visit.scope)}
    rows = [
        {
            "row": row,
            "reason": Suppression(row.reason).label,
            "rule": rules.get(row.rule_id) if row.rule_id else None,
        }
        for row in list_suppressed(visit.scope)
    ]
    context = {"rows": rows, "tabs": notification_tabs(visit, "notification_suppressed")}
    return visit.render("web/notifications/suppressed.html", context)


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def release(visit: Visit, suppression_id: uuid.UUID) -> HttpResponseBase:
    """Send to an address again."""
    visit.attempt(lambda: lift_suppression(visit.scope, suppression_id), _("Mails go there again."))
    return visit.redirect("notification_suppressed")


@require_safe
@in_tenant(KEY, Permission.AUDIT_READ)
def list_elsewhere(visit: Visit) -> HttpResponseBase:
    """What rules of other organizations told of this one: a customer sees what its provider is sent."""
    rows = list_told_elsewhere(visit.scope)
    visit.note_view("notification_deliveries.viewed")
    page = take_page(rows, _NEWEST, cursor=visit.request.GET.get("cursor", ""))
    context = {
        "rows": describe_told(visit.scope, page.rows),
        "newer_url": _paged(visit, {}, page.previous_cursor, "notification_elsewhere"),
        "older_url": _paged(visit, {}, page.next_cursor, "notification_elsewhere"),
        "tabs": notification_tabs(visit, "notification_elsewhere"),
    }
    return visit.render("web/notifications/elsewhere.html", context)


def _read_filter(visit: Visit) -> DeliveryFilter:
    """What the address asks for. Raises InvalidInput."""
    asked = visit.request.GET
    rule_id, state = parse_uuid(asked.get("rule", "")), asked.get("state", "")
    if asked.get("rule") and rule_id is None:
        raise InvalidInput(fields={"rule": "must be a rule's ID"})
    if state and state not in DeliveryState.values:
        raise InvalidInput(fields={"state": "must be one of: " + ", ".join(DeliveryState.values)})
    return DeliveryFilter(rule_id=rule_id, state=state)


def _paged(visit: Visit, kept: dict[str, str], cursor: str, name: str = "notification_deliveries") -> str:
    return visit.link(name, **kept, cursor=cursor) if cursor else ""


def _state_chips(visit: Visit, chosen: DeliveryFilter, kept: dict[str, str]) -> list[dict[str, Any]]:
    """All states, and each, as segments."""
    words: list[tuple[str, Any]] = [("", _("All")), *DeliveryState.choices]
    return [
        {
            "label": label,
            "url": visit.link("notification_deliveries", **{**kept, "state": state}),
            "count": None,
            "current": state == chosen.state,
        }
        for state, label in words
    ]
