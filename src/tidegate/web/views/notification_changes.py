"""Notification rules are made, changed, looked at before they are saved, and copied to other tenants."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.core.errors import Forbidden
from tidegate.notifications.actions.copying import Copied, copy_rule
from tidegate.notifications.actions.rules import create_rule, update_rule
from tidegate.notifications.drafting import draft_of
from tidegate.notifications.drafts import RuleDraft
from tidegate.notifications.models import NotificationRule
from tidegate.notifications.policy import check_within_sight
from tidegate.notifications.queries import get_rule
from tidegate.web.forms.notification_copies import CopyForm, list_copy_targets
from tidegate.web.forms.notifications import RuleForm, initial_of
from tidegate.web.forms.submitting import submit
from tidegate.web.notification_rules import new_draft, offer, show_preview
from tidegate.web.notification_tabs import KEY, MANAGE
from tidegate.web.sandboxed import let_frame
from tidegate.web.visit import Visit, in_tenant, say


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def create(visit: Visit) -> HttpResponseBase:
    """A rule that sees what its maker sees."""
    visit.require(MANAGE)
    made: list[NotificationRule] = []

    def save(draft: RuleDraft) -> None:
        made.append(create_rule(visit.scope, draft))

    form = _make_form(visit, new_draft(visit))
    if answer := _look_or_save(visit, form, save, _("New notification rule")):
        return answer
    visit.tell(_("%(name)s created.") % {"name": made[0].display_name})
    return visit.redirect("notification_rule", made[0].id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def edit(visit: Visit, rule_id: uuid.UUID) -> HttpResponseBase:
    """All of a rule, written anew; from then on it sees what this editor sees."""
    rule = get_rule(visit.scope, rule_id)
    # Asked here too: the form would show of which device groups it tells.
    check_within_sight(visit.scope, rule)

    def save(draft: RuleDraft) -> None:
        update_rule(visit.scope, rule_id, draft, version=_read_version(visit, rule))

    form = _make_form(visit, draft_of(visit.scope, rule))
    title = _("Edit %(name)s") % {"name": rule.display_name}
    if answer := _look_or_save(visit, form, save, title, rule):
        return answer
    visit.tell(_("Rule saved."))
    return visit.redirect("notification_rule", rule_id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def copy(visit: Visit, rule_id: uuid.UUID) -> HttpResponseBase:
    """Choose tenants, then see what became of the copy in each."""
    rule = get_rule(visit.scope, rule_id)
    targets, copied = list_copy_targets(visit.scope), list[Copied]()
    form = CopyForm(visit.request.POST or None, tenants=targets)

    def act(values: Mapping[str, Any]) -> None:
        copied.extend(copy_rule(visit.scope, rule_id, values["tenant_ids"]))

    if visit.method == "POST" and submit(form, act):
        names = dict(targets)
        rows = [(one, names[str(one.tenant_id)], say(one.refused) if one.refused else "") for one in copied]
        return visit.render("web/notifications/copied.html", {"rule": rule, "rows": rows})
    context = {"rule": rule, "form": form, "targets": targets}
    return visit.render("web/notifications/copy.html", context, 400 if form.errors else 200)


def _make_form(visit: Visit, draft: RuleDraft) -> RuleForm:
    return RuleForm(
        visit.request.POST if visit.method == "POST" else None,
        offered=offer(visit, draft),
        recipients=draft.recipients,
        initial=initial_of(draft),
    )


def _look_or_save(
    visit: Visit,
    form: RuleForm,
    save: Callable[[RuleDraft], None],
    title: str,
    rule: NotificationRule | None = None,
) -> HttpResponse | None:
    """The page of the form; None once it was saved."""
    seen: dict[str, Any] = {}
    if visit.method == "POST" and not form.is_draft:
        if visit.request.POST.get("preview"):
            submit(form, lambda values: seen.update(_look(visit, values)))
        elif submit(form, lambda values: save(RuleDraft(**values))):
            return None
    context = {"form": form, "title": title, "rule": rule, "version": _read_version(visit, rule), **seen}
    return let_frame(visit.render("web/notifications/form.html", context, 400 if form.errors else 200))


def _look(visit: Visit, values: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return show_preview(visit, RuleDraft(**values))
    except Forbidden as error:
        return {"preview_refusal": say(error)}


def _read_version(visit: Visit, rule: NotificationRule | None) -> int:
    """The version that the page showed, so that a change in between is not overwritten."""
    text = visit.request.POST.get("version", "")
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number else rule.version if rule else 0
