"""Service levels: the list, how they are made, changed and deleted, and which customers get which."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.authorization.permissions import Permission
from tidegate.customers.actions.service_levels import (
    assign_service_level,
    assign_service_level_to_group,
    create_service_level,
    delete_service_level,
    update_service_level,
)
from tidegate.customers.levels import get_service_level, list_service_levels, read_draft
from tidegate.customers.members import require_member
from tidegate.customers.queries import list_tenant_groups
from tidegate.web.confirming import ask
from tidegate.web.forms.service_levels import AssignLevelForm, ServiceLevelForm, initial_of, new_initial
from tidegate.web.forms.submitting import submit
from tidegate.web.service_levels import assign_choices, list_rows
from tidegate.web.tenant_groups import enterable
from tidegate.web.visit import Visit, in_tenant


@require_safe
@in_tenant("service_levels")
def list_all(visit: Visit) -> HttpResponseBase:
    """The service levels of one's home tenant, each with those of one's own customers that have it."""
    context = {"rows": list_rows(visit.scope), "may_manage": _may_manage(visit)}
    return visit.render("web/service_levels/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("service_levels", Permission.SERVICE_LEVEL_MANAGE)
def create(visit: Visit) -> HttpResponseBase:
    """A service level, which no customer has yet."""
    _require(visit)
    form = ServiceLevelForm(visit.request.POST or None, initial=new_initial())
    if visit.method == "POST" and submit(
        form, lambda values: create_service_level(visit.scope, values["draft"])
    ):
        visit.tell(_("%(name)s created.") % {"name": form.cleaned_data["draft"].name})
        return visit.redirect("service_levels")
    return _render_form(visit, form, _("New service level"), is_new=True)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("service_levels", Permission.SERVICE_LEVEL_MANAGE)
def edit(visit: Visit, level_id: uuid.UUID) -> HttpResponseBase:
    """Other times, other hours."""
    _require(visit)
    level = get_service_level(visit.scope, level_id)
    form = ServiceLevelForm(visit.request.POST or None, initial=initial_of(read_draft(level)))
    if visit.method == "POST" and submit(
        form, lambda values: update_service_level(visit.scope, level_id, values["draft"])
    ):
        visit.tell(_("Service level saved."))
        return visit.redirect("service_levels")
    return _render_form(visit, form, _("Edit %(name)s") % {"name": level.name}, is_new=False)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("service_levels", Permission.SERVICE_LEVEL_MANAGE)
def delete(visit: Visit, level_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then delete it."""
    _require(visit)
    level = get_service_level(visit.scope, level_id)
    names = {"name": level.name, "tenant": visit.scope.entry.tenant_name}
    if visit.method == "POST":
        visit.attempt(lambda: delete_service_level(visit.scope, level_id), _("%(name)s deleted.") % names)
        return visit.redirect("service_levels")
    return ask(
        visit,
        title=_("Delete %(name)s?") % names,
        sentence=_("%(name)s is deleted from %(tenant)s for good.") % names,
        button=_("Delete from %(tenant)s") % names,
        back_url=visit.link("service_levels"),
        consequences=[
            _("Customers that have it have no service level then, and their incidents no clock."),
            _("Tenant groups find no customer by it any more."),
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("service_levels", Permission.SERVICE_LEVEL_MANAGE)
def assign(visit: Visit) -> HttpResponseBase:
    """One service level for many customers at once."""
    _require(visit)
    scope, reach, changed = visit.scope, enterable(visit.scope.actor), list[int]()
    form = AssignLevelForm(
        visit.request.POST or None,
        levels=[(str(one.id), one.name) for one in list_service_levels(scope)],
        groups=[(str(one.id), one.name) for one in list_tenant_groups(scope)],
        tenants=assign_choices(scope),
    )

    def act(values: Mapping[str, Any]) -> None:
        to = {"reach": reach, "level_id": values["level_id"]}
        if values["group_id"]:
            changed.append(assign_service_level_to_group(scope, group_id=values["group_id"], **to))
        else:
            changed.append(assign_service_level(scope, tenant_ids=values["tenant_ids"], **to))

    if visit.method == "POST" and submit(form, act):
        words = ngettext("%(count)d customer changed.", "%(count)d customers changed.", changed[0])
        visit.tell(words % {"count": changed[0]})
        return visit.redirect("service_levels")
    status = 400 if form.errors else 200
    return visit.render("web/service_levels/assign.html", {"form": form}, status=status)


def _may_manage(visit: Visit) -> bool:
    return visit.scope.allows(Permission.SERVICE_LEVEL_MANAGE)


def _require(visit: Visit) -> None:
    require_member(visit.scope)
    visit.require(Permission.SERVICE_LEVEL_MANAGE)


def _render_form(visit: Visit, form: ServiceLevelForm, title: str, *, is_new: bool) -> HttpResponse:
    context = {"title": title, "form": form, "is_new": is_new}
    status = 400 if form.errors else 200
    return visit.render("web/service_levels/form.html", context, status=status)
