"""Tags on customers, and the tenant groups that all members of a provider share."""

import uuid
from typing import Final

from django.db.models import QuerySet

from tidegate.authorization.scope import Scope
from tidegate.customers.actions.tags import tag_customer, untag_customer
from tidegate.customers.actions.tenant_groups import (
    create_tenant_group,
    delete_tenant_group,
    update_tenant_group,
)
from tidegate.customers.levels import list_service_levels
from tidegate.customers.models import TenantGroup
from tidegate.customers.queries import list_tenant_groups, rule_of
from tidegate.customers.rules import NOTHING, GroupRule, Selection, clean_rule, name_key
from tidegate.customers.tags import tags_by_tenant
from tidegate.manifest.customers import EVERY_TENANT, find_customer, name_customers
from tidegate.manifest.desk import Desk, find_named, get_named, plain
from tidegate.manifest.forms.base import UNSET, UnsetType
from tidegate.manifest.forms.customers import CustomerTagForm, SelectionForm, TenantGroupForm

_SIDES: Final = ("include", "exclude")


def settle_customer_tag(desk: Desk, form: CustomerTagForm) -> None:
    """Put it on the customer."""
    customer = find_customer(form.tenant)
    if name_key(form.tag) not in _tags(desk.scope, customer.id):
        tag_customer(desk.scope, reach=EVERY_TENANT, about_tenant_id=customer.id, tag=form.tag)
        desk.note(f"tag {customer.display_name} {plain(form.tag)} in {desk.tenant_name}")


def clear_customer_tag(desk: Desk, form: CustomerTagForm) -> None:
    """Take it from the customer."""
    if form.state != "absent":
        return
    customer = find_customer(form.tenant)
    if name_key(form.tag) in _tags(desk.scope, customer.id):
        untag_customer(desk.scope, reach=EVERY_TENANT, about_tenant_id=customer.id, tag=form.tag)
        desk.note(f"take tag {plain(form.tag)} from {customer.display_name} in {desk.tenant_name}")


def describe_customer_tags(scope: Scope) -> list[CustomerTagForm]:
    """All tags, by customer."""
    found = tags_by_tenant(scope, EVERY_TENANT)
    return [
        CustomerTagForm(str(tenant_id), tag)
        for tenant_id in sorted(found, key=str)
        for tag in found[tenant_id]
    ]


def make_tenant_group(desk: Desk, form: TenantGroupForm) -> None:
    """Make it without the groups that it names, which may follow it."""
    if find_named(_shared(desk.scope), form.display_name, "name") is None:
        rule = GroupRule(
            form.takes_all is True, _select(desk, form.include, ()), _select(desk, form.exclude, ())
        )
        group = create_tenant_group(
            desk.scope, reach=EVERY_TENANT, name=form.display_name, rule=rule, is_private=False
        )
        desk.note(f"create tenant group {group.name} in {desk.tenant_name}")


def settle_tenant_group(desk: Desk, form: TenantGroupForm) -> None:
    """Make its rule what is given; where no part of one is, it stays."""
    group = get_named(_shared(desk.scope), "tenant group", form.display_name, "name")
    before = rule_of(desk.scope, group, EVERY_TENANT)
    wanted = before
    if (form.takes_all, form.include, form.exclude) != (UNSET, UNSET, UNSET):
        include, exclude = (_select(desk, one, _nested(desk, one)) for one in (form.include, form.exclude))
        wanted = clean_rule(GroupRule(form.takes_all is True, include, exclude))
    name = plain(form.display_name)
    if wanted == before and name == group.name:
        return
    update_tenant_group(desk.scope, group.id, reach=EVERY_TENANT, name=name, rule=wanted)
    what = f"tenant group {name} in {desk.tenant_name}"
    desk.note_changes(
        what, {"name": group.name, **_say(desk.scope, before)}, {"name": name, **_say(desk.scope, wanted)}
    )


def clear_tenant_group(desk: Desk, form: TenantGroupForm) -> None:
    """Delete it, and take it out of the groups that hold it."""
    group = find_named(_shared(desk.scope), form.display_name, "name")
    if form.state == "absent" and group is not None:
        delete_tenant_group(desk.scope, group.id, take_out=True)
        desk.note(f"delete tenant group {group.name} in {desk.tenant_name}")


def describe_tenant_groups(scope: Scope) -> list[TenantGroupForm]:
    """The shared ones by name; a private group is its owner's."""
    forms = []
    for group in _shared(scope):
        rule = rule_of(scope, group, EVERY_TENANT)
        include, exclude = (_describe(scope, one) for one in (rule.include, rule.exclude))
        forms.append(TenantGroupForm(group.name, rule.takes_all, include, exclude))
    return forms


def _shared(scope: Scope) -> QuerySet[TenantGroup]:
    return list_tenant_groups(scope).filter(owner_user_id__isnull=True)


def _tags(scope: Scope, tenant_id: uuid.UUID) -> set[str]:
    return {name_key(tag) for tag in tags_by_tenant(scope, EVERY_TENANT).get(tenant_id, [])}


def _nested(desk: Desk, form: SelectionForm | UnsetType) -> list[uuid.UUID]:
    if form is UNSET or form.groups is UNSET:
        return []
    return [get_named(_shared(desk.scope), "tenant group", name, "name").id for name in form.groups]


def _select(desk: Desk, form: SelectionForm | UnsetType, nested: list[uuid.UUID] | tuple[()]) -> Selection:
    if form is UNSET:
        return NOTHING
    levels = list_service_levels(desk.scope)
    names = _given(form.service_levels)
    return Selection(
        frozenset(find_customer(one).id for one in _given(form.tenants)),
        frozenset(_given(form.tags)),
        frozenset(code.upper() for code in _given(form.countries)),
        frozenset(get_named(levels, "service level", name, "name").id for name in names),
        frozenset(nested),
    )


def _given(values: list[str] | UnsetType) -> list[str]:
    return [] if values is UNSET else values


def _describe(scope: Scope, selection: Selection) -> SelectionForm | UnsetType:
    if not selection:
        return UNSET
    levels = list_service_levels(scope).filter(id__in=selection.level_ids)
    groups = _shared(scope).filter(id__in=selection.group_ids)
    return SelectionForm(
        tenants=name_customers(selection.tenant_ids) or UNSET,
        tags=sorted(selection.tags) or UNSET,
        countries=sorted(selection.countries) or UNSET,
        service_levels=[level.name for level in levels] or UNSET,
        groups=[group.name for group in groups] or UNSET,
    )


def _say(scope: Scope, rule: GroupRule) -> dict[str, object]:
    said: dict[str, object] = {"takes_all": rule.takes_all}
    for side, selection in zip(_SIDES, (rule.include, rule.exclude), strict=True):
        form = _describe(scope, selection)
        parts = (
            []
            if form is UNSET
            else [form.tenants, form.tags, form.countries, form.service_levels, form.groups]
        )
        said[side] = [word for part in parts for word in _given(part)]
    return said
