"""Tenant groups: the list, one of them, and how they are made, changed, copied and deleted."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.middleware import HtmxDetails

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.customers.actions.tenant_groups import (
    copy_tenant_group,
    create_tenant_group,
    delete_tenant_group,
    may_change,
    update_tenant_group,
)
from tidegate.customers.members import require_member
from tidegate.customers.models import TenantGroup
from tidegate.customers.queries import (
    get_tenant_group,
    list_holders,
    list_tenants,
    rule_of,
    tenants_in,
    tenants_in_rule,
)
from tidegate.customers.rules import GroupRule, clean_rule
from tidegate.web.confirming import ask
from tidegate.web.forms.submitting import submit
from tidegate.web.forms.tenant_groups import CopyForm, TenantGroupForm, initial_of
from tidegate.web.tenant_groups import (
    SHOWN_AT_MOST,
    badges,
    describe_rule,
    enterable,
    group_tid,
    list_rows,
    read_offered,
)
from tidegate.web.visit import Visit, in_tenant, say
from tidegate.web.what_if import is_preview


@require_safe
@in_tenant("tenant_groups")
def list_all(visit: Visit) -> HttpResponseBase:
    """The shared groups of one's home tenant, and one's own."""
    return visit.render("web/tenant_groups/list.html", {"rows": list_rows(visit.scope)})


@require_safe
@in_tenant("tenant_groups")
def show(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """What a group takes, in words, and which of one's own tenants that are now."""
    group, reach = get_tenant_group(visit.scope, group_id), enterable(visit.scope.actor)
    rule = rule_of(visit.scope, group, reach)
    context = {
        "group": group,
        "rule": describe_rule(rule, read_offered(visit.scope, rule)),
        "holders": list_holders(visit.scope, group),
        "may_change": may_change(visit.scope, group),
        "tid": group_tid(group),
        **_matching(visit, None, group),
    }
    return visit.render("web/tenant_groups/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("tenant_groups")
def create(visit: Visit) -> HttpResponseBase:
    """A group of one's own, or one for every member."""
    require_member(visit.scope)
    form = _form(visit, None)
    if is_preview(visit):
        return _preview(visit, form, None)
    made: list[TenantGroup] = []
    reach = enterable(visit.scope.actor)
    if visit.method == "POST" and submit(
        form, lambda values: made.append(create_tenant_group(visit.scope, reach=reach, **values["takes"]))
    ):
        visit.tell(_("%(name)s created.") % {"name": made[0].name})
        return visit.redirect("tenant_group", made[0].id)
    return _render_form(visit, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("tenant_groups")
def edit(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """Another name, another rule."""
    group = _get_mine(visit, group_id)
    form = _form(visit, group)
    if is_preview(visit):
        return _preview(visit, form, group)
    reach = enterable(visit.scope.actor)
    if visit.method == "POST" and submit(
        form, lambda values: update_tenant_group(visit.scope, group_id, reach=reach, **values["takes"])
    ):
        visit.tell(_("Tenant group saved."))
        return visit.redirect("tenant_group", group_id)
    return _render_form(visit, form, group, _matching(visit, None, group))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("tenant_groups")
def copy(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """The same rule under another name."""
    group = get_tenant_group(visit.scope, group_id)
    may_share = visit.scope.allows(Permission.TENANT_GROUP_MANAGE)
    form = CopyForm(visit.request.POST or None, may_share=may_share, initial={"name": group.name})
    made: list[TenantGroup] = []

    def act(values: Mapping[str, Any]) -> None:
        made.append(copy_tenant_group(visit.scope, group_id, **values))

    if visit.method == "POST" and submit(form, act):
        visit.tell(_("%(name)s created.") % {"name": made[0].name})
        return visit.redirect("tenant_group", made[0].id)
    status = 400 if form.errors else 200
    return visit.render("web/tenant_groups/copy.html", {"form": form, "group": group}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("tenant_groups")
def delete(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """Ask, naming the groups that hold it, then delete it."""
    group = _get_mine(visit, group_id)
    names = {"name": group.name, "tenant": visit.scope.entry.tenant_name}
    if visit.method == "POST":
        deleted = visit.attempt(
            lambda: delete_tenant_group(visit.scope, group_id, take_out=True), _("%(name)s deleted.") % names
        )
        return visit.redirect("tenant_groups") if deleted else visit.redirect("tenant_group", group_id)
    holders = [
        _("%(name)s holds it, and will take its tenants no more, or leave them out no more.")
        % {"name": holder.name}
        for holder in list_holders(visit.scope, group)
    ]
    if not group.is_private:
        holders.append(_("Private groups of colleagues that hold it lose it too."))
    holders.append(_("A notification rule over it tells nothing any more; its owner is told so."))
    return ask(
        visit,
        title=_("Delete %(name)s?") % names,
        sentence=_("%(name)s is deleted from %(tenant)s for good. Nobody's access changes.") % names,
        button=_("Delete from %(tenant)s") % names,
        back_url=visit.link("tenant_group", group_id),
        consequences=holders,
    )


def _get_mine(visit: Visit, group_id: uuid.UUID) -> TenantGroup:
    """A group that the visitor may change. Raises NotFound, Forbidden."""
    group = get_tenant_group(visit.scope, group_id)
    if not may_change(visit.scope, group):
        visit.require(Permission.TENANT_GROUP_MANAGE)
    return group


def _form(visit: Visit, group: TenantGroup | None) -> TenantGroupForm:
    rule = rule_of(visit.scope, group, enterable(visit.scope.actor)) if group else GroupRule()
    offered = read_offered(visit.scope, rule, group.id if group else None)
    return TenantGroupForm(
        visit.request.POST or None,
        offered=offered,
        may_share=visit.scope.allows(Permission.TENANT_GROUP_MANAGE),
        is_new=group is None,
        initial=initial_of(group.name, rule, offered) if group else None,
    )


def _preview(visit: Visit, form: TenantGroupForm, group: TenantGroup | None) -> HttpResponse:
    """Which of the visitor's tenants the rule would take; alone, where a part of the page asks for it."""
    form.is_valid()
    # A rule can be looked at before it has a name.
    for name in ("name", "is_private"):
        form.errors.pop(name, None)
    matching: dict[str, Any] = {}
    if not form.errors:
        try:
            matching = _matching(visit, form.rule(), group)
        except InvalidInput as error:
            matching = {"refusal": say(error)}
    if HtmxDetails(visit.request):
        return visit.render_part("web/tenant_groups/matching.html", matching)
    return _render_form(visit, form, group, matching)


def _matching(visit: Visit, rule: GroupRule | None, group: TenantGroup | None) -> dict[str, Any]:
    """The first tenants within reach that a rule takes, or else a group, and how many they are in all."""
    scope, reach = visit.scope, enterable(visit.scope.actor)
    if rule is not None:
        taken = tenants_in_rule(scope, clean_rule(rule))
    elif group is not None:
        taken = tenants_in(group)
    else:
        return {}
    rows = list_tenants(scope, taken, reach)
    found = list(rows[: SHOWN_AT_MOST + 1])
    total = len(found) if len(found) <= SHOWN_AT_MOST else rows.count()
    return {"matching": badges(found[:SHOWN_AT_MOST]), "total": total, "is_matched": True}


def _render_form(
    visit: Visit, form: TenantGroupForm, group: TenantGroup | None, seen: Mapping[str, Any] | None = None
) -> HttpResponse:
    name = {"name": group.name if group else ""}
    context = {
        "title": _("Edit %(name)s") % name if group else _("New tenant group"),
        "form": form,
        "group": group,
        "sides": form.side_fields(),
        "back_url": visit.link("tenant_group", group.id) if group else visit.link("tenant_groups"),
        **(seen or {}),
    }
    status = 400 if form.errors else 200
    return visit.render("web/tenant_groups/form.html", context, status=status)
