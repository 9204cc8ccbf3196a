"""Service levels: what one may say, who has which, and who sees that."""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast, join_as_guest
from tests.customers.making import make_group, make_level, naming, reach_of
from tests.customers.test_tags import manage
from tidegate.audit.models import AuditEvent
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.customers.actions.service_levels import (
    assign_service_level,
    assign_service_level_to_group,
    create_service_level,
    delete_service_level,
    update_service_level,
)
from tidegate.customers.clocks import Hours, Target, due_at
from tidegate.customers.levels import (
    LevelDraft,
    as_level,
    assigned_levels,
    get_service_level,
    levels_for,
    levels_for_person,
    list_service_levels,
    read_draft,
)
from tidegate.customers.models import ServiceLevel, ServiceLevelAssignment
from tidegate.customers.rules import GroupRule
from tidegate.directory.models import User

pytestmark = pytest.mark.usefixtures("now")

WEEK = (((540, 720), (780, 1020)),) * 5 + ((), ())
GOLD = LevelDraft(
    " Gold ",
    {"high": Target(15, 240), "low": Target(None, 2880), "medium": Target()},
    "Europe/Amsterdam",
    WEEK,
    {date(2026, 12, 25): "Christmas", date(2026, 4, 27): ""},
    frozenset({"high"}),
)


def level_of(cast: Cast, who: str) -> Mapping[uuid.UUID, str]:
    found = assigned_levels(cast.enter(who, cast.provider), reach_of(cast, who))
    return {tenant_id: level.name for tenant_id, level in found.items()}


def test_a_level_says_again_what_was_written(cast: Cast) -> None:
    boss = cast.enter("boss", cast.provider)
    level = ServiceLevel.rows.get(pk=create_service_level(boss, GOLD).pk)
    assert read_draft(level) == LevelDraft(
        "Gold",
        {"high": Target(15, 240), "low": Target(None, 2880)},
        "Europe/Amsterdam",
        WEEK,
        {date(2026, 4, 27): "", date(2026, 12, 25): "Christmas"},
        frozenset({"high"}),
    )
    exact = as_level(level)
    assert exact.hours == Hours("Europe/Amsterdam", WEEK, frozenset(GOLD.holidays))
    assert due_at(exact, "high", NOW)[0] == NOW + timedelta(minutes=15)
    update_service_level(boss, level.id, LevelDraft("Always", {"high": Target(5)}))
    changed = as_level(get_service_level(boss, level.id))
    assert (changed.name, changed.hours, changed.targets) == ("Always", None, {"high": Target(5)})
    events = AuditEvent.rows.filter(tenant_id=cast.provider.id).order_by("sequence")
    assert list(events.values_list("tag", flat=True))[-2:] == [
        "service_level.created",
        "service_level.updated",
    ]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "x" * 65}),
        ("time_zone", {"time_zone": "Europe/Atlantis"}),
        ("time_zone", {"time_zone": "../etc/passwd"}),
        ("targets", {"targets": {"high": Target(0)}}),
        ("targets", {"targets": {"high": Target(None, 366 * 1440 + 1)}}),
        ("targets", {"targets": {"high": Target(60, 30)}}),
        ("targets", {"targets": {"grave": Target(60)}}),
        ("week", {"week": ((),) * 7}),
        ("week", {"week": (((0, 1440),),) * 6}),
        ("week", {"week": (((600, 540),), *((),) * 6)}),
        ("week", {"week": (((540, 540),), *((),) * 6)}),
        ("week", {"week": (((540, 700), (660, 720)), *((),) * 6)}),
        ("week", {"week": (((0, 1441),), *((),) * 6)}),
        ("week", {"week": (tuple((n, n + 1) for n in range(0, 10, 2)), *((),) * 6)}),
        ("holidays", {"holidays": {date(2026, 1, 1): "x\ny"}}),
        ("holidays", {"holidays": {date(2026, 1, 1) + timedelta(n): "" for n in range(401)}}),
        ("always", {"always": frozenset({"grave"})}),
    ],
    ids=str,
)
def test_what_no_level_may_say(cast: Cast, field: str, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_service_level(cast.enter("boss", cast.provider), LevelDraft(**{"name": "Gold", **values}))
    assert set(refused.value.fields) == {field}


def test_a_name_is_taken_once(cast: Cast) -> None:
    boss = cast.enter("boss", cast.provider)
    create_service_level(boss, GOLD)
    silver = create_service_level(boss, LevelDraft("Silver"))
    with pytest.raises(Conflict, match="name exists already"):
        create_service_level(boss, LevelDraft("GOLD"))
    with pytest.raises(Conflict, match="name exists already"):
        update_service_level(boss, silver.id, LevelDraft("gold"))
    create_service_level(cast.enter("outsider", cast.other), GOLD)


def test_customers_get_a_level_another_or_none(cast: Cast) -> None:
    manage(cast)
    boss, lead, reach = (
        cast.enter("boss", cast.provider),
        cast.enter("lead", cast.provider),
        reach_of(cast, "lead"),
    )
    gold, silver = create_service_level(boss, GOLD), create_service_level(boss, LevelDraft("Silver"))
    both = [cast.customer.id, cast.provider.id]
    assert assign_service_level(lead, reach=reach, tenant_ids=both, level_id=gold.id) == 2
    assert assign_service_level(lead, reach=reach, tenant_ids=both[:1], level_id=gold.id) == 0
    assert assign_service_level(lead, reach=reach, tenant_ids=both[:1], level_id=silver.id) == 1
    assert level_of(cast, "lead") == {cast.customer.id: "Silver", cast.provider.id: "Gold"}
    assert level_of(cast, "boss") == {cast.provider.id: "Gold"}
    event = AuditEvent.rows.filter(tenant_id=cast.provider.id).latest("sequence")
    assert (event.tag, event.target_name) == ("service_level.assigned", "Silver")
    assert json.loads(event.details) == {"customers": [{"id": str(cast.customer.id), "before": str(gold.id)}]}
    assert assign_service_level(lead, reach=reach, tenant_ids=both, level_id=None) == 2
    assert level_of(cast, "lead") == {}


def test_a_group_gets_a_level_as_far_as_one_may_enter(cast: Cast) -> None:
    manage(cast)
    lead, reach = cast.enter("lead", cast.provider), reach_of(cast, "lead")
    gold = make_level(cast.provider, "Gold", cast.other)
    silver = make_level(cast.provider, "Silver")
    group = make_group(cast.provider, "Two", GroupRule(include=naming(cast.customer, cast.other)))
    assert assign_service_level_to_group(lead, reach=reach, group_id=group.id, level_id=silver.id) == 1
    rows = ServiceLevelAssignment.objects.of_tenant(cast.provider.id)
    assert dict(rows.values_list("about_tenant_id", "level_id")) == {
        cast.customer.id: silver.id,
        cast.other.id: gold.id,
    }
    private = make_group(cast.provider, "Boss's", GroupRule(takes_all=True), cast.user("boss", cast.provider))
    with pytest.raises(NotFound):
        assign_service_level_to_group(lead, reach=reach, group_id=private.id, level_id=gold.id)


def test_nobody_assigns_out_of_reach_or_a_level_of_others(cast: Cast) -> None:
    manage(cast)
    lead, reach = cast.enter("lead", cast.provider), reach_of(cast, "lead")
    gold, foreign = make_level(cast.provider, "Gold"), make_level(cast.other, "Foreign")
    for tenant_id in (cast.other.id, uuid.uuid4()):
        with pytest.raises(NotFound, match="no such customer"):
            assign_service_level(lead, reach=reach, tenant_ids=[tenant_id], level_id=gold.id)
    with pytest.raises(NotFound, match="no such service level"):
        assign_service_level(lead, reach=reach, tenant_ids=[cast.customer.id], level_id=foreign.id)
    assert not ServiceLevelAssignment.rows.exists()


def test_a_deleted_level_leaves_its_customers_without(cast: Cast) -> None:
    gold = make_level(cast.provider, "Gold", cast.customer, cast.other)
    make_level(cast.provider, "Silver", cast.provider)
    delete_service_level(cast.enter("boss", cast.provider), gold.id)
    assert level_of(cast, "lead") == {cast.provider.id: "Silver"}
    assert ServiceLevelAssignment.rows.count() == 1


def test_members_read_and_only_managers_change(cast: Cast) -> None:
    gold = make_level(cast.provider, "Gold", cast.customer)
    lead, reach = cast.enter("lead", cast.provider), reach_of(cast, "lead")
    assert list(list_service_levels(lead)) == [gold]
    join_as_guest(cast.enter("boss", cast.provider), cast.accounts["admin"])
    group = make_group(cast.provider, "All", GroupRule(takes_all=True))
    others = [(cast.enter("admin", cast.provider), NotFound), (cast.enter("outsider", cast.other), NotFound)]
    for scope, error in [(lead, Forbidden), *others]:
        changes: list[Callable[..., object]] = [
            lambda s=scope: update_service_level(s, gold.id, GOLD),
            lambda s=scope: delete_service_level(s, gold.id),
            lambda s=scope: assign_service_level(s, reach=reach, tenant_ids=[], level_id=gold.id),
            lambda s=scope: assign_service_level_to_group(
                s, reach=reach, group_id=group.id, level_id=gold.id
            ),
        ]
        for change in changes:
            with pytest.raises(error):
                change()
    guest = cast.enter("admin", cast.provider)
    for ask in (
        lambda: list_service_levels(guest),
        lambda: get_service_level(guest, gold.id),
        lambda: assigned_levels(guest, reach),
        lambda: create_service_level(guest, GOLD),
    ):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises(NotFound):
        get_service_level(cast.enter("outsider", cast.other), gold.id)


def test_levels_of_a_page_of_customers_for_members_alone(cast: Cast) -> None:
    make_level(cast.provider, "Gold", cast.customer, targets={"high": {"acknowledge": 15}})
    make_level(cast.other, "Foreign", cast.customer)
    asked = [cast.customer.id, cast.provider.id]
    (tenant_id, level), *rest = levels_for(cast.provider.id, asked).items()
    assert (tenant_id, level.name, level.targets, rest) == (
        cast.customer.id,
        "Gold",
        {"high": Target(15)},
        [],
    )
    lead = cast.accounts["lead"].id
    assert set(levels_for_person(lead, cast.provider.id, asked)) == {cast.customer.id}
    join_as_guest(cast.enter("boss", cast.provider), cast.accounts["admin"])
    assert levels_for_person(cast.accounts["admin"].id, cast.provider.id, asked) == {}
    assert levels_for_person(None, cast.provider.id, asked) == {}
    User.rows.filter(pk=cast.user("lead", cast.provider).pk).update(ends_at=NOW)
    assert levels_for_person(lead, cast.provider.id, asked) == {}
