"""Device groups are made, changed and deleted; before that one sees what they would take."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.authorization.permissions import Permission
from tidegate.devices.actions.device_groups import (
    create_device_group,
    delete_device_group,
    update_device_group,
)
from tidegate.devices.groups import get_device_group, preview
from tidegate.devices.matching import read_rules
from tidegate.devices.models import DeviceGroup
from tidegate.web.confirming import ask
from tidegate.web.forms.device_groups import DeviceGroupForm
from tidegate.web.forms.submitting import submit
from tidegate.web.visit import Visit, in_tenant
from tidegate.web.what_if import is_preview, preview_context


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("device_groups", Permission.DEVICE_GROUP_MANAGE)
def create(visit: Visit) -> HttpResponseBase:
    """A device group, ranked last."""
    visit.require(Permission.DEVICE_GROUP_MANAGE)
    form, made = DeviceGroupForm(visit.request.POST or None), list[DeviceGroup]()
    if is_preview(visit):
        seen = _preview(visit, form, lambda values: create_device_group(visit.scope, **values))
        return _render_form(visit, form, seen, title=_("New device group"))
    if visit.method == "POST" and submit(
        form, lambda values: made.append(create_device_group(visit.scope, **values))
    ):
        visit.tell(_("%(name)s created.") % {"name": made[0].display_name})
        return visit.redirect("device_group", made[0].id)
    return _render_form(visit, form, {}, title=_("New device group"))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("device_groups", Permission.DEVICE_GROUP_MANAGE)
def edit(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """Another name, other rules, another level of remediation."""
    visit.require(Permission.DEVICE_GROUP_MANAGE)
    group, seen = get_device_group(visit.scope, group_id), dict[str, Any]()
    form = DeviceGroupForm(
        visit.request.POST or None,
        rules=read_rules(group.rules),
        fixed_name=group.display_name if group.is_default else "",
        initial={
            "display_name": group.display_name,
            "description": group.description,
            "remediation_level": group.remediation_level,
        },
    )

    def update(values: Mapping[str, Any]) -> None:
        update_device_group(visit.scope, group_id, **values)

    if is_preview(visit):
        seen = _preview(visit, form, update)
    elif visit.method == "POST" and submit(form, update):
        visit.tell(_("Device group saved."))
        return visit.redirect("device_group", group_id)
    title = _("Edit %(name)s") % {"name": group.display_name}
    return _render_form(visit, form, seen, title=title, group=group)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("device_groups", Permission.DEVICE_GROUP_MANAGE)
def delete(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """Ask, saying where its devices go, then delete it."""
    visit.require(Permission.DEVICE_GROUP_MANAGE)
    group = get_device_group(visit.scope, group_id)
    names = {"name": group.display_name, "tenant": visit.scope.entry.tenant_name}
    if visit.method == "POST":
        deleted = visit.attempt(
            lambda: delete_device_group(visit.scope, group_id), _("%(name)s deleted.") % names
        )
        return visit.redirect("device_groups") if deleted else visit.redirect("device_group", group_id)
    return ask(
        visit,
        title=_("Delete %(name)s?") % names,
        sentence=_("%(name)s is deleted from %(tenant)s for good. Its devices stay.") % names,
        button=_("Delete from %(tenant)s") % names,
        back_url=visit.link("device_group", group_id),
        consequences=[
            _("Each of its devices goes to the next device group that takes it, else to the default."),
            _("Who saw those devices only here sees them there only if that device group lets them."),
        ],
        change=lambda: delete_device_group(visit.scope, group_id),
    )


def _preview(
    visit: Visit, form: DeviceGroupForm, change: Callable[[Mapping[str, Any]], object]
) -> dict[str, Any]:
    """The devices that the rules match, and for whom that opens or closes what."""
    seen = preview_context(visit, form, change)
    if not seen or form.rows is None or not visit.scope.allows(Permission.DEVICE_READ):
        return seen
    devices, total = preview(visit.scope, form.cleaned_data["rules"])
    return {**seen, "devices": devices, "total": total, "is_matched": True}


def _render_form(
    visit: Visit,
    form: DeviceGroupForm,
    seen: Mapping[str, Any],
    *,
    title: str,
    group: DeviceGroup | None = None,
) -> HttpResponse:
    back_url = visit.link("device_group", group.id) if group else visit.link("device_groups")
    context = {"title": title, "form": form, "group": group, "back_url": back_url, **seen}
    return visit.render("web/device_groups/form.html", context, status=400 if form.errors else 200)
