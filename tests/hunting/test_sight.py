"""Who sees which rows: outsiders, guests, and those from whom device groups are hidden."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.extra.django import TestCase

from tests.cast import NOW, Cast, import_all, make_cast
from tests.connectors.samples import TYPE
from tests.devices.making import device_evidence, hide
from tests.hunting.hunts import fill, hunt, make_alert, make_file, make_user, rows_of
from tests.incidents.hiding import Queue, let_analyst_into_other, queues, write_queue
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import Forbidden
from tidegate.gate.opening import open_many
from tidegate.hunting.actions import hunt as act
from tidegate.hunting.running import PAGE
from tidegate.hunting.tables import TABLES
from tidegate.hunting.window import Window
from tidegate.incidents.models import Alert
from tidegate.incidents.queries import evidence_of, get_alert

# However a table is reached, whose rows come out is the same.
WAYS = (
    "{0} | distinct TenantId",
    "let T = {0}; T | distinct TenantId",
    "union {0}, ({0} | take 5) | distinct TenantId",
    "{0} | join kind=inner ({0}) on TenantId | distinct TenantId1",
    "AlertInfo | join kind=leftouter {0} on $left.Category == $right.TenantId | distinct TenantId",
    "{0} | summarize make_set(TenantId) | project tostring(set_TenantId[0])",
    "{0} | where TenantId !in ('x') or true | top 100 by TenantId | distinct TenantId",
    "{0} | where TenantId == TenantId | summarize arg_max(Timestamp, *) by TenantId | project TenantId",
)


@pytest.mark.parametrize("table", TABLES)
def test_no_query_reaches_another_tenants_rows(world: Cast, analyst: Scope, table: str) -> None:
    for way in WAYS:
        assert rows_of(analyst, way.format(table)) == [(str(world.customer.id),)], way
        theirs = rows_of(world.enter("outsider", world.other), way.format(table))
        assert theirs == [(str(world.other.id),)], way


def test_naming_another_tenant_finds_nothing(world: Cast, analyst: Scope) -> None:
    for table in TABLES:
        assert rows_of(analyst, f"{table} | where TenantId == '{world.other.id}' | count") == [(0,)]
    assert rows_of(analyst, "AlertInfo | where AlertId == 'only-theirs'") == []


def test_whoever_may_not_hunt_is_refused(world: Cast) -> None:
    for name in ("helper", "member"):
        with pytest.raises(Forbidden, match=r"hunting\.read"):
            act(world.enter(name), "AlertInfo", Window(), PAGE)
    assert act(world.enter("reader"), "AlertInfo | count", Window(), PAGE).rows == [(3,)]


@pytest.fixture
def many(world: Cast) -> ManyScope:
    """The analyst in the customer's and the outsider's tenant at once."""
    let_analyst_into_other(world)
    return open_many(world.actor("analyst"), Permission.HUNTING_READ)


def tenants(rows: Iterable[tuple[Any, ...]]) -> set[str]:
    return {row[-1] for row in rows}


MANY = (
    "AlertInfo | project AlertId",
    "AlertInfo | project-away TenantId",
    "AlertInfo | project-keep AlertId",
    "AlertInfo | extend x = 1 | project x",
    "AlertInfo | distinct Category",
    "AlertInfo | summarize count()",
    "AlertInfo | summarize count() by Category",
    "AlertInfo | summarize arg_max(Timestamp, AlertId)",
    "AlertInfo | count",
    "AlertInfo | top 20 by Timestamp | project AlertId",
    "AlertInfo | join kind=leftanti (AlertInfo | where false) on AlertId | project AlertId",
    "AlertInfo | join kind=inner (AlertEvidence) on AlertId | project AlertId",
    "AlertInfo | union DeviceInfo | project Title",
)


def test_rows_of_many_tenants_always_say_whose_they_are(world: Cast, many: ManyScope) -> None:
    both = {str(world.customer.id), str(world.other.id)}
    for query in MANY:
        answer = hunt(many, query)
        assert "TenantId" in answer.names, query
        at = answer.names.index("TenantId")
        assert {row[at] for row in answer.rows} == both, query


@pytest.mark.parametrize(
    "query", ["AlertInfo | count", "AlertInfo | summarize count(), dcount(Title) by Category"]
)
def test_each_tenant_is_counted_on_its_own(world: Cast, analyst: Scope, many: ManyScope, query: str) -> None:
    own = hunt(many, query)
    at = own.names.index("TenantId")
    of_customer = [row[:at] + row[at + 1 :] for row in own.rows if row[at] == str(world.customer.id)]
    assert sorted(of_customer) == sorted(rows_of(analyst, query))


def test_rows_of_two_tenants_are_not_joined_however_alike_they_are(world: Cast, many: ManyScope) -> None:
    # Both tenants have a1, a2 and a3, and ann.
    assert (
        rows_of(many, "AlertInfo | join kind=inner AlertInfo on AlertId | where TenantId != TenantId1") == []
    )
    joined = rows_of(many, "AlertInfo | join kind=inner AlertInfo on AlertId | project AlertId")
    assert sorted(joined) == sorted(
        [(f"a{n}", str(t.id)) for n in (1, 2, 3) for t in (world.customer, world.other)]
        + [("only-theirs", str(world.other.id))]
    )
    inner = "AlertInfo | where Title == 'Only theirs' | project IncidentId = AlertId"
    only = f"AlertInfo | where AlertId in ({inner})"
    assert tenants(rows_of(many, f"{only} | project AlertId")) == {str(world.other.id)}
    shared = (
        "AlertInfo | where Title in (AlertInfo | where TenantId == '{}' | project Title) | distinct TenantId"
    )
    assert rows_of(many, shared.format(world.customer.id)) == [(str(world.customer.id),)]


def test_what_several_tenants_have_in_common_is_found_by_asking_for_tenants(
    world: Cast, many: ManyScope
) -> None:
    query = (
        "let shared = AlertEvidence | where isnotempty(SHA256)"
        " | summarize Tenants = dcount(TenantId) by SHA256"
        " | where Tenants > 1;"
        "AlertEvidence | join kind=inner shared on SHA256 | project FileName, Tenants"
    )
    assert sorted(rows_of(many, query)) == sorted(
        (name, 2, str(tenant.id))
        for name in ("Evil.exe", "evil.exe")
        for tenant in (world.customer, world.other)
    )


def test_whose_a_row_is_cannot_be_overwritten(many: ManyScope) -> None:
    for query in ("extend TenantId = 'x'", "project TenantId = AlertId", "project-rename T = TenantId"):
        with pytest.raises(Exception, match="TenantId"):
            hunt(many, f"AlertInfo | {query}")


def test_a_permission_in_one_tenant_opens_no_other(world: Cast) -> None:
    # The analyst has no role at home, and the lead is a guest of the customer alone.
    scope = open_many(world.actor("lead"), Permission.HUNTING_READ)
    assert rows_of(scope, "AlertInfo | distinct TenantId") == [(str(world.customer.id),)]
    nobody = open_many(world.actor("helper"), Permission.HUNTING_READ)
    assert rows_of(nobody, "AlertInfo") == []


def test_what_hangs_on_a_hidden_device_is_hidden_in_every_table(world: Cast) -> None:
    hide(world, "srv")
    scope = world.enter("analyst")
    assert rows_of(scope, "AlertInfo | project AlertId | sort by AlertId asc") == [("a1",), ("a3",)]
    assert rows_of(scope, "DeviceInfo | project DeviceName") == [("pc-1.corp.example",)]
    assert rows_of(scope, "AlertEvidence | distinct AlertId | sort by AlertId asc") == [("a1",), ("a3",)]
    assert rows_of(scope, "IdentityInfo | project AccountName") == [("ann",)]
    assert len(rows_of(world.enter("admin"), "AlertInfo")) == 3


def test_of_a_mixed_alert_nothing_tells_of_the_hidden_device(cast: Cast, now: None) -> None:
    hide(cast, "srv")
    mixed = [
        device_evidence("srv-1"),
        make_file("on-srv.exe", "srv-1"),
        # These have no key of a device; one has the name of the hidden one in it, in another letter case.
        {"@odata.type": TYPE + "nicEvidence", "host": {"hostName": "SRV-1"}},
        make_user("bob"),
        device_evidence("pc-1"),
        make_file("on-pc.exe", "pc-1"),
    ]
    import_all(cast.customer, [make_alert(1, evidence=mixed)])
    scope = cast.enter("analyst")
    seen = rows_of(
        scope, "AlertEvidence | project EntityType, FileName, DeviceName | sort by FileName asc, EntityType"
    )
    assert seen == [
        ("User", "", ""), ("Machine", "", "pc-1.corp.example"), ("File", "on-pc.exe", "pc-1.corp.example")
    ]  # fmt: skip
    assert (
        "srv" not in str(hunt(scope, "union AlertEvidence, AlertInfo, DeviceInfo, IdentityInfo")).casefold()
    )


class TestSight(TestCase):
    """Random queues over random device groups: hunting shows of evidence what a page shows."""

    @settings(
        max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,)
    )
    @given(queues())
    def test_rows_are_those_that_pages_show(self, queue: Queue) -> None:
        with standing_at(NOW):
            cast = make_cast()
            write_queue(cast.enter("admin"), cast.customer, queue, "Tier 1")
            self.compare(cast, cast.enter("analyst"), queue)

    def compare(self, cast: Cast, scope: Scope, queue: Queue) -> None:
        assert {row[0] for row in rows_of(scope, "AlertInfo | project AlertId")} == {
            a.id for a in queue.seen()
        }
        shown = {
            (alert.external_id, evidence.name)
            for alert in Alert.objects.of_tenant(cast.customer.id)
            if alert.external_id in {each.id for each in queue.seen()}
            for evidence in evidence_of(scope, alert=get_alert(scope, alert.external_id))
        }
        found = rows_of(scope, "AlertEvidence | project AlertId, EntityName")
        assert set(found) == shown
        devices = {row[0].partition(".")[0] for row in rows_of(scope, "DeviceInfo | project DeviceName")}
        assert devices == queue.named() - queue.hidden_devices


def test_many_scopes_hide_devices_of_each_tenant(cast: Cast, now: None) -> None:
    fill(cast)
    other_admin = let_analyst_into_other(cast)
    hide(cast, "srv")
    many = open_many(cast.actor("analyst"), Permission.HUNTING_READ)
    found = rows_of(many, "AlertInfo | project AlertId")
    assert {row[0] for row in found if row[1] == str(cast.customer.id)} == {"a1", "a3"}
    assert {row[0] for row in found if row[1] == str(other_admin.tenant_id)} == {
        "a1",
        "a2",
        "a3",
        "only-theirs",
    }
    assert len(rows_of(many, "AlertEvidence | where FileName == 'evil.exe'")) == 1
