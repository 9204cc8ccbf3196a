"""Device groups: what they take, in which order they are asked, who sees them."""

import uuid

from tidegate.authorization.scope import Scope
from tidegate.core.errors import InvalidInput
from tidegate.devices.actions.device_access import set_device_group_access
from tidegate.devices.actions.device_groups import (
    create_device_group,
    delete_device_group,
    move_device_group,
    update_device_group,
)
from tidegate.devices.default_group import default_group
from tidegate.devices.groups import access_of, list_device_groups
from tidegate.devices.matching import Rule, clean_rules, read_rules
from tidegate.devices.models import DeviceGroup
from tidegate.devices.words import RemediationLevel
from tidegate.directory.queries import list_groups
from tidegate.manifest.desk import Desk, find_named, get_named, given, plain
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.forms.devices import DeviceGroupForm, DeviceRuleForm


def settle_device_group(desk: Desk, form: DeviceGroupForm) -> None:
    """Make it, or change it; say who sees it."""
    # A tenant has the default group from its first need on: to name it is one.
    default_group(desk.scope.tenant_id)
    group = find_named(list_device_groups(desk.scope), form.display_name)
    group = _create(desk, form) if group is None else _change(desk, form, group)
    _settle_access(desk, form, group)


def settle_ranks(desk: Desk, forms: list[DeviceGroupForm]) -> None:
    """Give those their ranks that name one; the others keep their order in the places that are left."""
    ranked = list(list_device_groups(desk.scope).filter(is_default=False))
    before = {group.id: group.rank for group in ranked}
    for rank, group_id in enumerate(_order(ranked, forms), 1):
        # Those before it stand already: it comes from further behind, or stands, too.
        move_device_group(desk.scope, group_id, rank=rank)
    after = list_device_groups(desk.scope).filter(is_default=False)
    for group in after.filter(id__in=[one.id for one in _named(ranked, forms)]):
        what = f"device group {group.display_name} in {desk.tenant_name}"
        desk.note_changes(what, {"rank": before[group.id]}, {"rank": group.rank})


def clear_device_group(desk: Desk, form: DeviceGroupForm) -> None:
    """Delete it."""
    group = find_named(list_device_groups(desk.scope), form.display_name)
    if form.state == "absent" and group is not None:
        delete_device_group(desk.scope, group.id)
        desk.note(f"delete device group {group.display_name} in {desk.tenant_name}")


def describe_device_groups(scope: Scope) -> list[DeviceGroupForm]:
    """All of them, by rank, the default one last."""
    return [_describe(scope, group) for group in list_device_groups(scope)]


def _order(ranked: list[DeviceGroup], forms: list[DeviceGroupForm]) -> list[uuid.UUID]:
    places: dict[int, uuid.UUID] = {}
    for group, rank in _named(ranked, forms).items():
        if rank in places or rank > len(ranked):
            reason = f"must be from 1 to {len(ranked)}, and no other group's; it is {rank}"
            raise InvalidInput(fields={"device_groups": f"rank of {group.display_name} {reason}"})
        places[rank] = group.id
    others = (group.id for group in ranked if group.id not in places.values())
    return [places.get(rank) or next(others) for rank in range(1, len(ranked) + 1)]


def _named(ranked: list[DeviceGroup], forms: list[DeviceGroupForm]) -> dict[DeviceGroup, int]:
    """The groups whose rank is named, with it."""
    ranks = {plain(form.display_name).casefold(): form.rank for form in forms if form.rank is not UNSET}
    by_name = {group.display_name.casefold(): group for group in ranked}
    return {by_name[name]: rank for name, rank in ranks.items() if name in by_name}


def _create(desk: Desk, form: DeviceGroupForm) -> DeviceGroup:
    group = create_device_group(
        desk.scope,
        display_name=form.display_name,
        description="" if form.description is UNSET else form.description,
        remediation_level=RemediationLevel.NONE
        if form.remediation_level is UNSET
        else form.remediation_level,
        rules=_rules(form),
    )
    desk.note(f"create device group {group.display_name} in {desk.tenant_name}")
    return group


def _change(desk: Desk, form: DeviceGroupForm, group: DeviceGroup) -> DeviceGroup:
    rules = read_rules(group.rules) if form.rules is UNSET else _rules(form)
    before = {**_columns(group), "rules": _say_rules(read_rules(group.rules))}
    wanted = {
        **before,
        **given(
            display_name=form.display_name,
            description=form.description,
            remediation_level=form.remediation_level,
        ),
        "rules": _say_rules(rules),
    }
    if wanted != before:
        update_device_group(
            desk.scope,
            group.id,
            display_name=str(wanted["display_name"]),
            description=str(wanted["description"]),
            remediation_level=str(wanted["remediation_level"]),
            rules=rules,
        )
        desk.note_changes(f"device group {group.display_name} in {desk.tenant_name}", before, wanted)
    return group


def _settle_access(desk: Desk, form: DeviceGroupForm, group: DeviceGroup) -> None:
    if form.seen_by is UNSET and form.is_restricted is UNSET:
        return
    before = {"is_restricted": group.is_restricted, "seen_by": list(_seen_by(desk.scope, group))}
    groups = _find_groups(desk, form, group)
    restricted = bool(groups) if form.is_restricted is UNSET else form.is_restricted
    wanted = {"is_restricted": restricted, "seen_by": sorted(groups)}
    if wanted != before:
        ids = list(groups.values())
        set_device_group_access(desk.scope, group.id, group_ids=ids, is_restricted=restricted)
        desk.note_changes(f"device group {group.display_name} in {desk.tenant_name}", before, wanted)


def _find_groups(desk: Desk, form: DeviceGroupForm, group: DeviceGroup) -> dict[str, uuid.UUID]:
    if form.seen_by is UNSET:
        return _seen_by(desk.scope, group) if form.is_restricted else {}
    found = [get_named(list_groups(desk.scope), "group", name) for name in form.seen_by]
    return {one.display_name: one.id for one in found}


def _seen_by(scope: Scope, group: DeviceGroup) -> dict[str, uuid.UUID]:
    """The groups of users that see it; whom packages let see it for a time are no part of it."""
    rows = access_of(scope, group).filter(group_id__isnull=False)
    return dict(sorted((one.group.display_name, one.group.id) for one in rows if one.group))


def _columns(group: DeviceGroup) -> dict[str, object]:
    return {
        "display_name": group.display_name,
        "description": group.description,
        "remediation_level": str(group.remediation_level),
    }


def _rules(form: DeviceGroupForm) -> tuple[Rule, ...]:
    if form.rules is UNSET:
        return ()
    return clean_rules(Rule(one.property, one.operator, tuple(one.values)) for one in form.rules)


def _say_rules(rules: tuple[Rule, ...]) -> list[str]:
    return [f"{one.property} {one.operator} {' or '.join(one.values)}" for one in rules]


def _describe(scope: Scope, group: DeviceGroup) -> DeviceGroupForm:
    form = DeviceGroupForm(
        display_name=group.display_name,
        description=group.description,
        remediation_level=RemediationLevel(group.remediation_level),
        is_restricted=group.is_restricted,
        seen_by=list(_seen_by(scope, group)),
    )
    if not group.is_default:
        form.rank = group.rank or 1
        form.rules = [
            DeviceRuleForm(property=one.property, operator=one.operator, values=list(one.values))
            for one in read_rules(group.rules)
        ]
    return form
