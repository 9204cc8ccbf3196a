"""Notification rules: the list, one of them with its mail, and what is done with it at a press."""

import uuid

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.core.errors import Forbidden
from tidegate.notifications.actions.rules import pause_rule, remove_rule, resume_rule
from tidegate.notifications.actions.trying import send_test
from tidegate.notifications.drafting import draft_of
from tidegate.notifications.queries import (
    DeliveryFilter,
    get_rule,
    name_tenant_groups,
    name_tenants,
    page_deliveries,
    recipients_of,
)
from tidegate.notifications.tenant_groups import find_broken
from tidegate.web.confirming import ask
from tidegate.web.deliveries import describe_deliveries
from tidegate.web.notification_rules import (
    by_step,
    describe_rules,
    describe_what,
    describe_when,
    name_chosen_tenants,
    name_device_groups,
    read_preview,
    show_preview,
    state_of,
)
from tidegate.web.notification_tabs import KEY, MANAGE, notification_tabs
from tidegate.web.sandboxed import let_frame, show_sandboxed
from tidegate.web.views.many_telling import RULES
from tidegate.web.visit import Visit, in_tenant, say

_FEW = 20


@require_safe
@in_tenant(KEY, MANAGE, many=RULES)
def list_all(visit: Visit) -> HttpResponseBase:
    """The rules made in this tenant: their state, what they tell and whom, and how they fare."""
    visit.require(MANAGE)
    visit.note_view("notification_rules.viewed")
    context = {"rows": describe_rules(visit.scope), "tabs": notification_tabs(visit, "notifications")}
    return visit.render("web/notifications/list.html", context)


@require_safe
@in_tenant(KEY, MANAGE)
def show(visit: Visit, rule_id: uuid.UUID) -> HttpResponseBase:
    """One rule, whom it tells, its mail, and what it sent last."""
    rule = get_rule(visit.scope, rule_id)
    visit.note_view("notification_rule.viewed", Target("notification_rule", str(rule.id), rule.display_name))
    groups, hidden = name_device_groups(visit.scope, rule)
    log = page_deliveries(visit.scope, DeliveryFilter(rule_id=rule.id), "")
    broken, tenant_groups = find_broken([rule]), name_tenant_groups(visit.scope, [rule])
    level, state = state_of(rule, is_broken=bool(broken))
    names = name_tenants(visit.scope, [uuid.UUID(one) for one in rule.tenant_ids])
    context = {
        "rule": rule,
        "level": level,
        "state": state,
        "is_broken": bool(broken),
        "tenant_group": tenant_groups.get(rule.tenant_group_id) if rule.tenant_group_id else None,
        "what": describe_what(rule, tenant_groups),
        "when": describe_when(rule),
        "steps": by_step(rule, recipients_of(visit.scope, rule)),
        "groups": groups,
        "hidden_groups": hidden,
        "tenants": name_chosen_tenants(visit.scope, rule.tenant_ids, names),
        "deliveries": describe_deliveries(visit.scope, log.rows[:_FEW]),
        "own_email": visit.scope.actor.email,
    }
    try:
        context |= show_preview(visit, draft_of(visit.scope, rule))
    except Forbidden as error:
        context["preview_refusal"] = say(error)
    return let_frame(visit.render("web/notifications/show.html", context, of=f"notification_rule:{rule.id}"))


@require_safe
@in_tenant(KEY, MANAGE)
def show_mail(visit: Visit) -> HttpResponseBase:
    """The HTML of the mail that the address describes, for a frame of the pages around it."""
    visit.require(MANAGE)
    return show_sandboxed(read_preview(visit, visit.request.GET).html)


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def pause(visit: Visit, rule_id: uuid.UUID) -> HttpResponseBase:
    """Let it tell nothing for now."""
    visit.attempt(lambda: pause_rule(visit.scope, rule_id), _("Rule paused."))
    return visit.redirect("notification_rule", rule_id)


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def resume(visit: Visit, rule_id: uuid.UUID) -> HttpResponseBase:
    """Let it tell of what happens from now on."""
    visit.attempt(lambda: resume_rule(visit.scope, rule_id), _("Rule resumed."))
    return visit.redirect("notification_rule", rule_id)


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def test(visit: Visit, rule_id: uuid.UUID) -> HttpResponseBase:
    """Send a test to one address, or to everybody whom it tells at once."""
    email = "" if visit.request.POST.get("everybody") else visit.request.POST.get("email", "").strip()
    if not email and not visit.request.POST.get("everybody"):
        get_rule(visit.scope, rule_id)
        visit.complain(_("Say to which address."))
        return visit.redirect("notification_rule", rule_id)
    done = _("A test is on its way to %(to)s.") % {"to": email or _("everybody whom the rule tells at once")}
    visit.attempt(lambda: send_test(visit.scope, rule_id, email=email), done)
    return visit.redirect("notification_rule", rule_id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def remove(visit: Visit, rule_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then remove it."""
    rule = get_rule(visit.scope, rule_id)
    names = {"name": rule.display_name, "tenant": visit.scope.entry.tenant_name}
    if visit.method == "POST":
        remove_rule(visit.scope, rule_id)
        visit.tell(_("%(name)s deleted.") % names)
        return visit.redirect("notifications")
    return ask(
        visit,
        title=_("Delete %(name)s?") % names,
        sentence=_("Nobody is told under %(name)s of %(tenant)s any more.") % names,
        button=_("Delete from %(tenant)s") % names,
        back_url=visit.link("notification_rule", rule_id),
        consequences=[_("What still waits to be sent is not sent. The log of what was sent stays.")],
    )
