"""Device groups: the list by rank, and one with what it takes and who sees it."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.devices.actions.device_access import set_device_group_access
from tidegate.devices.actions.device_groups import move_device_group
from tidegate.devices.groups import (
    access_of,
    devices_in,
    get_device_group,
    groups_without_role,
    list_access,
    list_device_groups,
)
from tidegate.devices.matching import read_rules
from tidegate.devices.models import DeviceGroup
from tidegate.directory.queries import list_groups
from tidegate.web.device_group_words import (
    describe_access,
    describe_remediation,
    describe_rules,
    name_holder,
    names_by_group,
)
from tidegate.web.forms.device_groups import DeviceAccessForm, RankForm
from tidegate.web.forms.submitting import submit
from tidegate.web.views.many_directory import DEVICE_GROUPS
from tidegate.web.visit import Visit, in_tenant
from tidegate.web.what_if import is_preview, preview_context

_DEVICES_SHOWN = 10


@require_safe
@in_tenant("device_groups", Permission.DEVICE_GROUP_READ, many=DEVICE_GROUPS)
def list_all(visit: Visit) -> HttpResponseBase:
    """The device groups by rank, with how many devices each has and who sees it."""
    groups = list(list_device_groups(visit.scope))
    names = names_by_group(list_access(visit.scope))
    visit.note_view("device_groups.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    context = {
        "rows": [
            {
                "group": group,
                "access": describe_access(group, names.get(group.id, ())),
                "remediation": describe_remediation(group.remediation_level),
                "rank_up": (group.rank or 0) - 1,
                "rank_down": (group.rank or 0) + 1,
                "is_last": group.rank == len(groups) - 1,
            }
            for group in groups
        ],
        "may_manage": visit.scope.allows(Permission.DEVICE_GROUP_MANAGE),
    }
    return visit.render("web/device_groups/list.html", context)


@require_safe
@in_tenant("device_groups", Permission.DEVICE_GROUP_READ)
def show(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """What a device group takes, who sees it, and the first of its devices."""
    group = get_device_group(visit.scope, group_id)
    visit.note_view("device_group.viewed", Target("device_group", str(group.id), group.display_name))
    return _render_group(visit, group)


@require_http_methods(["POST"])
@in_tenant("device_groups", Permission.DEVICE_GROUP_MANAGE)
def change_access(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """Choose the user groups that see it."""
    visit.require(Permission.DEVICE_GROUP_MANAGE)
    group = get_device_group(visit.scope, group_id)
    form, effects = _access_form(visit, group, visit.request.POST), dict[str, Any]()

    def act(values: Mapping[str, Any]) -> None:
        set_device_group_access(visit.scope, group_id, **values)

    if is_preview(visit):
        effects = preview_context(visit, form, act)
    elif submit(form, act):
        visit.tell(_("Who sees %(name)s is saved.") % {"name": group.display_name})
        return visit.redirect("device_group", group_id)
    return _render_group(visit, group, access_form=form, effects=effects)


@require_http_methods(["POST"])
@in_tenant("device_groups", Permission.DEVICE_GROUP_MANAGE)
def move(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """Give it another rank."""
    visit.require(Permission.DEVICE_GROUP_MANAGE)
    group = get_device_group(visit.scope, group_id)
    form, effects = RankForm(visit.request.POST), dict[str, Any]()

    def act(values: Mapping[str, Any]) -> None:
        move_device_group(visit.scope, group_id, rank=values["rank"])

    if is_preview(visit):
        effects = preview_context(visit, form, act)
    elif submit(form, act):
        visit.tell(_("%(name)s has another rank.") % {"name": group.display_name})
        return visit.go_back(visit.link("device_group", group_id))
    return _render_group(visit, group, rank_form=form, effects=effects)


def _render_group(
    visit: Visit,
    group: DeviceGroup,
    *,
    access_form: DeviceAccessForm | None = None,
    rank_form: RankForm | None = None,
    effects: Mapping[str, Any] | None = None,
) -> HttpResponse:
    scope, access = visit.scope, list(access_of(visit.scope, group))
    may_manage = scope.allows(Permission.DEVICE_GROUP_MANAGE)
    may_see = scope.allows(Permission.DEVICE_READ)
    named = [one.group_id for one in access if one.group_id]
    context = {
        "group": group,
        "rules": describe_rules(read_rules(group.rules)),
        "remediation": describe_remediation(group.remediation_level),
        "access": access,
        "who_sees": describe_access(group, [name_holder(one) for one in access]),
        "idle_groups": groups_without_role(scope, named) if named else [],
        "devices": list(devices_in(scope, group)[:_DEVICES_SHOWN]) if may_see else None,
        "may_manage": may_manage,
        **_forms(visit, group, access_form, rank_form),
        **(effects or {}),
    }
    is_wrong = any(form and form.errors for form in (access_form, rank_form))
    status = 400 if is_wrong else 200
    return visit.render("web/device_groups/show.html", context, status, of=f"device_group:{group.id}")


def _forms(
    visit: Visit, group: DeviceGroup, access_form: DeviceAccessForm | None, rank_form: RankForm | None
) -> dict[str, Any]:
    """The forms for who may manage; the default group has no rank."""
    if not visit.scope.allows(Permission.DEVICE_GROUP_MANAGE):
        return {}
    rank = None if group.is_default else rank_form or RankForm(initial={"rank": group.rank})
    return {"access_form": access_form or _access_form(visit, group), "rank_form": rank}


def _access_form(visit: Visit, group: DeviceGroup, data: object = None) -> DeviceAccessForm:
    chosen = [str(one.group_id) for one in access_of(visit.scope, group) if one.group_id]
    initial = {"group_ids": chosen, "is_restricted": group.is_restricted and not chosen}
    return DeviceAccessForm(data, initial=initial, groups=list(list_groups(visit.scope)))
