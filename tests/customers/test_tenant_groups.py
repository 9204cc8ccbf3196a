"""Tenant groups are made, changed, copied and deleted; who may, and what they may name."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast, join_as_guest
from tests.customers.making import make_group, make_level, make_tenants, naming, reach_of
from tidegate.audit.models import AuditEvent
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.customers.actions import tenant_groups as actions
from tidegate.customers.actions.tenant_groups import (
    copy_tenant_group,
    create_tenant_group,
    delete_tenant_group,
    update_tenant_group,
)
from tidegate.customers.models import TenantGroup, TenantGroupMember
from tidegate.customers.queries import get_tenant_group, list_tenant_groups, tenants_in
from tidegate.customers.rules import GroupRule, Selection
from tidegate.directory.models import Tenant

pytestmark = pytest.mark.usefixtures("now")

EVERYTHING = GroupRule(takes_all=True)


def at_home(cast: Cast, name: str) -> Scope:
    return cast.enter(name, cast.provider)


def create(cast: Cast, who: str, name: str, rule: GroupRule = EVERYTHING, **rest: Any) -> TenantGroup:
    return create_tenant_group(at_home(cast, who), reach=reach_of(cast, who), name=name, rule=rule, **rest)


def update(cast: Cast, who: str, group: TenantGroup, rule: GroupRule, name: str = "") -> TenantGroup:
    return update_tenant_group(
        at_home(cast, who), group.id, reach=reach_of(cast, who), name=name or group.name, rule=rule
    )


def nesting(*groups: TenantGroup) -> GroupRule:
    return GroupRule(include=Selection(group_ids=frozenset(group.id for group in groups)))


def named_by(group: TenantGroup) -> set[tuple[str, uuid.UUID]]:
    rows = TenantGroupMember.objects.of_tenant(group.tenant_id).filter(group_id=group.id)
    return set(rows.values_list("kind", "about_tenant_id"))


def takes(group: TenantGroup) -> set[uuid.UUID]:
    fresh = TenantGroup.rows.get(pk=group.pk)
    return {tenant.id for tenant in tenants_in(fresh).tenants()}


def last_event(home: Tenant) -> tuple[str, str, dict[str, Any]]:
    event = AuditEvent.rows.filter(tenant_id=home.id).latest("sequence")
    return event.tag, event.target_name, json.loads(event.details)


def test_any_member_makes_a_private_group_and_changes_it(cast: Cast) -> None:
    group = create(cast, "lead", "  Night-shift_1.a ", GroupRule(include=naming(cast.customer)))
    assert (group.name, group.owner_user_id) == ("Night-shift_1.a", cast.user("lead", cast.provider).id)
    assert named_by(group) == {("include", cast.customer.id)}
    assert takes(group) == {cast.customer.id}
    update(cast, "lead", group, GroupRule(takes_all=True, exclude=naming(cast.customer)), "Rest")
    assert get_tenant_group(at_home(cast, "lead"), group.id).name == "Rest"
    assert named_by(group) == {("exclude", cast.customer.id)}
    assert takes(group) == {cast.provider.id, cast.other.id}


def test_a_shared_group_takes_the_permission(cast: Cast) -> None:
    shared = create(cast, "boss", "Shared", is_private=False)
    private = create(cast, "lead", "Private")
    for refused in (
        lambda: create(cast, "lead", "Mine for all", is_private=False),
        lambda: update(cast, "lead", shared, EVERYTHING),
        lambda: delete_tenant_group(at_home(cast, "lead"), shared.id),
        lambda: copy_tenant_group(at_home(cast, "lead"), private.id, name="C", is_private=False),
    ):
        with pytest.raises(Forbidden, match=r"tenant_group\.manage"):
            refused()
    copied = copy_tenant_group(at_home(cast, "lead"), shared.id, name="Copy")
    assert copied.is_private
    assert not shared.is_private
    assert list(list_tenant_groups(at_home(cast, "boss"))) == [shared]


def test_others_find_no_group_to_change(cast: Cast) -> None:
    join_as_guest(at_home(cast, "boss"), cast.accounts["admin"])
    shared = create(cast, "boss", "Shared", is_private=False)
    private = create(cast, "lead", "Private")
    tries: list[tuple[Scope, TenantGroup]] = [
        (at_home(cast, "boss"), private),
        (at_home(cast, "analyst"), private),
        (cast.enter("admin", cast.provider), shared),
        (cast.enter("outsider", cast.other), shared),
        (cast.enter("lead"), shared),
    ]
    reach = reach_of(cast, "lead")
    for scope, group in tries:
        actions_on_it: list[Callable[..., object]] = [
            lambda s=scope, g=group: update_tenant_group(s, g.id, reach=reach, name="X", rule=EVERYTHING),
            lambda s=scope, g=group: copy_tenant_group(s, g.id, name="X"),
            lambda s=scope, g=group: delete_tenant_group(s, g.id, take_out=True),
        ]
        for act in actions_on_it:
            with pytest.raises(NotFound):
                act()
    with pytest.raises(NotFound):
        create_tenant_group(cast.enter("admin", cast.provider), reach=reach, name="Guest's", rule=EVERYTHING)
    assert TenantGroup.rows.count() == 2


@pytest.mark.parametrize(
    "name", ["", " ", "a/b", "a:b", "a&b", "a\nb", "-a", ".", "_x", "x" * 65, "a%20b", "a+b", "\u202ea"]
)
def test_a_name_that_could_not_stand_in_an_address_is_refused(cast: Cast, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        create(cast, "lead", name)
    assert set(refused.value.fields) == {"name"}


def test_a_name_is_taken_once_for_all_and_once_for_each(cast: Cast) -> None:
    create(cast, "boss", "Zürich", is_private=False)
    create(cast, "boss", "zürich")
    mine = create(cast, "lead", "ZÜRICH")
    for who, name, private in (("boss", "ZÜRICH", False), ("lead", "zürich", True)):
        with pytest.raises(Conflict, match="name exists already"):
            create(cast, who, name, is_private=private)
    other = create(cast, "lead", "Other")
    with pytest.raises(Conflict, match="name exists already"):
        update(cast, "lead", other, EVERYTHING, "zürich")
    with pytest.raises(Conflict, match="name exists already"):
        copy_tenant_group(at_home(cast, "lead"), other.id, name="Zürich")
    assert update(cast, "lead", mine, EVERYTHING, "zürich").name == "zürich"


def test_nobody_names_what_they_may_not_enter_or_what_is_not_there(cast: Cast) -> None:
    foreign_level, foreign = make_level(cast.other, "Gold"), make_group(cast.other, "Foreign", EVERYTHING)
    private = create(cast, "lead", "Private")
    cases = [
        ("tenants", naming(cast.other)),
        ("tenants", Selection(frozenset({uuid.uuid4()}))),
        ("levels", Selection(level_ids=frozenset({foreign_level.id}))),
        ("groups", Selection(group_ids=frozenset({foreign.id}))),
        ("groups", Selection(group_ids=frozenset({private.id}))),
        ("include", Selection(countries=frozenset({"NLD"}))),
        ("include", Selection(tags=frozenset({" "}))),
        ("include", Selection(tags=frozenset(map(str, range(51))))),
    ]
    for field, selection in cases:
        with pytest.raises(InvalidInput) as refused:
            create(cast, "lead", "Wrong", GroupRule(include=selection))
        assert set(refused.value.fields) == {field}
    for selection in (naming(cast.other), Selection(group_ids=frozenset({private.id}))):
        with pytest.raises(InvalidInput):
            create(cast, "lead", "Wrong", GroupRule(takes_all=True, exclude=selection))
    messages = set()
    for tenant_id in (cast.other.id, uuid.uuid4()):
        with pytest.raises(InvalidInput) as refused:
            create(cast, "lead", "Wrong", GroupRule(include=Selection(frozenset({tenant_id}))))
        messages.add(refused.value.message)
    assert len(messages) == 1


def test_whom_a_manager_may_not_enter_stays_named_unseen(cast: Cast) -> None:
    group = make_group(cast.provider, "Shared", GroupRule(include=naming(cast.customer, cast.other)))
    update(cast, "boss", group, GroupRule(include=naming(cast.provider)))
    assert {one for _, one in named_by(group)} == {cast.provider.id, cast.customer.id, cast.other.id}
    update(cast, "boss", group, GroupRule())
    assert takes(group) == {cast.customer.id, cast.other.id}
    copied = copy_tenant_group(at_home(cast, "boss"), group.id, name="Copy")
    assert takes(copied) == {cast.customer.id, cast.other.id}


def test_a_group_lies_within_none_of_its_own(cast: Cast) -> None:
    one = create(cast, "boss", "One", is_private=False)
    two = create(cast, "boss", "Two", nesting(one), is_private=False)
    three = create(cast, "boss", "Three", nesting(two), is_private=False)
    for inside in (one, two, three):
        with pytest.raises(InvalidInput, match="must not hold themselves"):
            update(cast, "boss", one, nesting(inside))
    with pytest.raises(InvalidInput, match="must not hold themselves"):
        update(cast, "boss", one, GroupRule(takes_all=True, exclude=nesting(three).include))


def test_groups_lie_within_each_other_five_deep_and_no_deeper(cast: Cast) -> None:
    groups = [create(cast, "boss", "G1", GroupRule(include=naming(cast.provider)), is_private=False)]
    for number in range(2, 5):
        groups.append(create(cast, "boss", f"G{number}", nesting(groups[-1]), is_private=False))
    fifth = create(cast, "lead", "Own", nesting(groups[-1]))
    assert takes(fifth) == {cast.provider.id}
    with pytest.raises(InvalidInput, match="more than 4 deep"):
        create(cast, "boss", "G5", nesting(groups[-1]), is_private=False)
    around = create(cast, "boss", "Private around", nesting(groups[-1]))
    with pytest.raises(InvalidInput, match="more than 4 deep"):
        copy_tenant_group(at_home(cast, "boss"), around.id, name="C", is_private=False)
    new = create(cast, "boss", "New", is_private=False)
    with pytest.raises(InvalidInput, match="more than 4 deep"):
        update(cast, "boss", groups[0], nesting(new))


def test_groups_do_not_multiply_within_each_other(cast: Cast) -> None:
    leaves = [create(cast, "boss", f"Leaf {n}", is_private=False) for n in range(8)]
    eight = create(cast, "boss", "Eight", nesting(*leaves), is_private=False)
    create(cast, "boss", "Beside", nesting(*leaves[:7], eight), is_private=False)
    twins = [create(cast, "boss", f"Twin {n}", nesting(eight), is_private=False) for n in range(3)]
    with pytest.raises(InvalidInput, match="at most 24 groups"):
        create(cast, "boss", "Too many", nesting(*twins), is_private=False)
    with pytest.raises(InvalidInput, match="at most 8 groups"):
        create(cast, "lead", "Nine", nesting(*leaves, eight))


def test_deleting_asks_first_where_others_hold_it(cast: Cast) -> None:
    inner = create(cast, "boss", "Inner", GroupRule(include=naming(cast.provider)), is_private=False)
    beside = create(cast, "boss", "Beside", GroupRule(include=naming(cast.provider)), is_private=False)
    outer = create(cast, "boss", "Outer", nesting(inner, beside), is_private=False)
    colleagues = create(
        cast, "lead", "Of the lead", GroupRule(takes_all=True, exclude=nesting(inner).include)
    )
    boss = at_home(cast, "boss")
    with pytest.raises(Conflict, match="hold this one"):
        delete_tenant_group(boss, inner.id)
    delete_tenant_group(boss, inner.id, take_out=True)
    assert TenantGroup.rows.get(pk=outer.pk).rule["include"]["groups"] == [str(beside.id)]
    assert TenantGroup.rows.get(pk=colleagues.pk).rule["exclude"]["groups"] == []
    assert not TenantGroupMember.rows.filter(group_id=inner.id).exists()
    tag, name, details = last_event(cast.provider)
    assert (tag, name) == ("tenant_group.deleted", "Inner")
    assert set(details["taken_out_of"]) == {str(outer.id), str(colleagues.id)}


def test_colleagues_private_groups_stop_no_deletion_and_are_not_told_of(cast: Cast) -> None:
    inner = create(cast, "boss", "Inner", is_private=False)
    create(cast, "lead", "Of the lead", nesting(inner))
    delete_tenant_group(at_home(cast, "boss"), inner.id)
    assert not TenantGroup.rows.filter(pk=inner.pk).exists()


def test_what_was_done_is_recorded_at_home(cast: Cast) -> None:
    group = create(cast, "boss", "Banks", GroupRule(include=naming(cast.provider)), is_private=False)
    tag, name, details = last_event(cast.provider)
    assert (tag, name, details["is_private"]) == ("tenant_group.created", "Banks", False)
    assert details["named"] == {"include": [str(cast.provider.id)], "exclude": []}
    update(cast, "boss", group, GroupRule(takes_all=True), "Everyone")
    tag, name, details = last_event(cast.provider)
    assert (tag, name, details["before"]["name"]) == ("tenant_group.updated", "Everyone", "Banks")
    assert details["after"]["rule"]["all"] is True
    assert not AuditEvent.rows.filter(tenant_id=cast.customer.id, tag__startswith="tenant_group").exists()


def test_there_is_room_for_so_many_and_no_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "PRIVATE_AT_MOST", 1)
    monkeypatch.setattr(actions, "SHARED_AT_MOST", 1)
    create(cast, "boss", "One", is_private=False)
    create(cast, "boss", "Mine")
    create(cast, "lead", "Mine")
    for private in (True, False):
        with pytest.raises(Conflict, match="too many"):
            create(cast, "boss", "Two", is_private=private)


def test_the_largest_group_that_may_be_kept_can_be_asked(cast: Cast) -> None:
    """SQLite takes only so much in one statement; a private group may hold eight of the largest shared."""
    (one,) = make_tenants("NL")
    full = Selection(
        frozenset({one.id}), frozenset({"a"}), frozenset({"NL"}), frozenset({uuid.uuid4()}), frozenset()
    )
    deep = [
        make_group(cast.provider, f"Leaf {n}", GroupRule(include=full, exclude=naming())) for n in range(20)
    ]
    third = make_group(cast.provider, "Third", nesting(*deep[:8]))
    second = make_group(cast.provider, "Second", nesting(third, *deep[8:12]))
    tops = [make_group(cast.provider, f"Top {n}", nesting(second, *deep[12:15])) for n in range(8)]
    own = make_group(cast.provider, "Own", nesting(*tops), cast.user("lead", cast.provider))
    assert takes(own) == {one.id}
