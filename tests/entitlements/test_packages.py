"""Catalogs and packages: made, filled, emptied, hidden, removed, kept apart."""

import json
import uuid

import pytest

from tests.cast import Cast, make_role
from tests.entitlements.offering import give_group, make_package, make_policy, offer_to_provider
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.devices.actions.device_groups import create_device_group
from tidegate.directory.actions.groups import create_group
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.models import GroupMembership
from tidegate.entitlements.actions.catalogs import create_catalog, update_catalog
from tidegate.entitlements.actions.packages import (
    create_package,
    keep_apart,
    let_together,
    remove_package,
    update_package,
)
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.actions.resources import add_resource, remove_resource
from tidegate.entitlements.catalog_queries import (
    Held,
    count_assignments,
    count_held,
    get_package,
    list_assignments,
    list_catalogs,
    list_incompatible,
    list_packages,
    list_resource_roles,
)
from tidegate.entitlements.models import AccessPackage
from tidegate.entitlements.offers import list_offers
from tidegate.entitlements.words import CatalogState
from tidegate.gate.opening import open as open_gate

pytestmark = pytest.mark.usefixtures("now")


def held_package(cast: Cast) -> AccessPackage:
    """A package that the provider's boss holds."""
    policy = offer_to_provider(cast)
    request_access(cast.actor("boss"), cast.customer.id, policy.package_id, policy.id)
    return get_package(cast.enter("admin"), policy.package_id)


def test_a_catalog_is_made_changed_and_its_name_is_its_own(cast: Cast) -> None:
    scope = cast.enter("admin")
    catalog = create_catalog(scope, display_name="Partners")
    with pytest.raises(Conflict):
        create_catalog(scope, display_name="partners")
    update_catalog(
        scope,
        catalog.id,
        display_name="Partners",
        description="All of them",
        is_published=False,
        is_externally_visible=False,
    )
    changed = list_catalogs(scope).get()
    assert (changed.state, changed.is_externally_visible) == (CatalogState.UNPUBLISHED, False)
    event = AuditEvent.objects.of_tenant(cast.customer.id).get(tag="catalog.updated")
    assert json.loads(event.details)["changed"]["state"] == ["published", "unpublished"]


def test_nothing_of_an_unpublished_or_inward_catalog_is_offered(cast: Cast) -> None:
    offer_to_provider(cast)
    scope = cast.enter("admin")
    catalog = list_catalogs(scope).get()
    words = {"display_name": catalog.display_name, "description": ""}
    for is_published, is_visible, offers in ((False, True, 0), (True, False, 0), (True, True, 1)):
        update_catalog(
            scope,
            catalog.id,
            **words,
            is_published=is_published,
            is_externally_visible=is_visible,
        )
        assert len(list_offers(cast.actor("boss"))) == offers


def test_a_package_is_made_moved_and_hidden(cast: Cast) -> None:
    scope = cast.enter("admin")
    first, second = (create_catalog(scope, display_name=name) for name in ("One", "Two"))
    package = create_package(scope, catalog_id=first.id, display_name="Night watch", is_break_glass=True)
    update_package(
        scope,
        package.id,
        catalog_id=second.id,
        display_name="Day watch",
        description="By day",
        is_hidden=True,
    )
    changed = get_package(scope, package.id)
    assert (changed.catalog, changed.display_name, changed.is_hidden) == (second, "Day watch", True)
    assert changed.is_break_glass
    with pytest.raises(Conflict):
        create_package(scope, catalog_id=first.id, display_name="DAY watch")
    with pytest.raises(NotFound):
        create_package(scope, catalog_id=uuid.uuid4(), display_name="Nowhere")


def test_what_is_put_in_or_taken_out_reaches_whoever_holds_the_package(cast: Cast) -> None:
    package, scope = held_package(cast), cast.enter("admin")
    boss = cast.user("boss")
    resource = add_resource(scope, package.id, group_id=cast.group("Tier 1").id)
    mine = GroupMembership.objects.of_tenant(cast.customer.id).filter(user_id=boss.id)
    groups = {one.group.display_name for one in mine.exclude(ends_at__lte=boss.starts_at)}
    assert groups == {"Tier 1", "Tier 2"}
    remove_resource(scope, package.id, resource.id)
    (tier_2,) = list_resource_roles(scope, package.id)
    remove_resource(scope, package.id, tier_2.id)
    entry = open_gate(cast.actor("boss"), str(cast.customer.id)).entry
    assert Permission.INCIDENT_READ not in entry.permissions
    event = (
        AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="access_package.resource_removed").last()
    )
    assert event is not None
    assert json.loads(event.details)["withdrawn_from"] == 1


def test_sight_of_a_device_group_is_given_once(cast: Cast) -> None:
    package, scope = held_package(cast), cast.enter("admin")
    group = create_device_group(scope, display_name="Servers", rules=[])
    add_resource(scope, package.id, device_group_id=group.id)
    with pytest.raises(Conflict):
        add_resource(scope, package.id, device_group_id=group.id)
    for nothing in ({}, {"group_id": cast.group("Tier 1").id, "device_group_id": group.id}):
        with pytest.raises(InvalidInput):
            add_resource(scope, package.id, **nothing)


def test_nobody_puts_in_a_package_what_they_may_not_do_themselves(cast: Cast) -> None:
    scope = cast.enter("admin")
    role = make_role(cast.customer, "Directory", RolePermission.MANAGE_DIRECTORY)
    assign_role(scope, role.id, user_id=cast.user("member").id)
    package = make_package(cast.customer)
    plain = create_group(scope, display_name="Plain")
    member = cast.enter("member")
    add_resource(member, package.id, group_id=plain.id)
    with pytest.raises(Forbidden):
        add_resource(member, package.id, group_id=cast.group("Tier 2").id)
    with pytest.raises(Forbidden):
        add_resource(member, package.id, device_group_id=uuid.uuid4())


def test_a_package_that_is_held_is_removed_only_when_its_end_is_meant(cast: Cast) -> None:
    package, scope = held_package(cast), cast.enter("admin")
    with pytest.raises(Conflict):
        remove_package(scope, package.id)
    ending = remove_package(scope, package.id, ends_assignments=True)
    assert [one.user.mail for one in ending.assignments] == ["boss@provider.example"]
    with pytest.raises(NotFound):
        open_gate(cast.actor("boss"), str(cast.customer.id))
    with pytest.raises(NotFound):
        get_package(scope, package.id)
    make_package(cast.customer, package.display_name)


def test_packages_are_kept_apart_both_ways(cast: Cast) -> None:
    scope = cast.enter("admin")
    one, other = make_package(cast.customer, "One"), make_package(cast.customer, "Other")
    keep_apart(scope, one.id, other.id)
    assert [list(list_incompatible(scope, each.id)) for each in (one, other)] == [[other], [one]]
    for pair in ((other.id, one.id), (one.id, one.id)):
        with pytest.raises(Conflict):
            keep_apart(scope, *pair)
    let_together(scope, other.id, one.id)
    with pytest.raises(NotFound):
        let_together(scope, one.id, other.id)


def test_assignments_are_counted_by_the_clock(cast: Cast) -> None:
    package, scope = held_package(cast), cast.enter("admin")
    assert count_held(scope) == {package.id: 1}
    assert count_assignments(scope, package.id) == {Held.IN_FORCE: 1, Held.SCHEDULED: 0, Held.ENDED: 0}
    (assignment,) = list_assignments(scope, package.id, Held.IN_FORCE)
    assert assignment.organization is not None
    assert assignment.organization.display_name == "Harbour Watch"


@pytest.mark.parametrize("name", ["member", "reader", "analyst", "helper"])
def test_without_the_permission_nothing_is_changed(cast: Cast, name: str) -> None:
    package = make_package(cast.customer)
    give_group(package, cast.group("Tier 1"))
    make_policy(package)
    scope, other = cast.enter(name), uuid.uuid4()
    for change in (
        lambda: create_catalog(scope, display_name="Mine"),
        lambda: create_package(scope, catalog_id=package.catalog_id, display_name="Mine"),
        lambda: remove_package(scope, package.id),
        lambda: add_resource(scope, package.id, group_id=cast.group("Tier 2").id),
        lambda: remove_resource(scope, package.id, other),
        lambda: keep_apart(scope, package.id, other),
        lambda: let_together(scope, package.id, other),
    ):
        with pytest.raises(Forbidden):
            change()


def test_the_outsider_finds_nothing_of_it(cast: Cast) -> None:
    package = make_package(cast.customer)
    scope = cast.enter("outsider", cast.other)
    own = make_package(cast.other, "Own")
    assert list(list_packages(scope)) == [own]
    for change in (
        lambda: get_package(scope, package.id),
        lambda: remove_package(scope, package.id),
        lambda: keep_apart(scope, own.id, package.id),
        lambda: add_resource(scope, package.id, group_id=cast.group("Tier 1").id),
        lambda: add_resource(scope, own.id, group_id=cast.group("Tier 1").id),
        lambda: create_package(scope, catalog_id=package.catalog_id, display_name="Mine"),
    ):
        with pytest.raises(NotFound):
            change()
