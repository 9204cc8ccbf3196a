"""Reading at once what everybody is given: only where that is not much, and with the same answer."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet

from tests.cast import NOW, START, Cast, make_role
from tidegate.accounts.models import Account
from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.authorization.scope import ManyReach
from tidegate.core.clock import standing_at
from tidegate.directory.models import GroupMembership, RoleAssignment, Tenant, User
from tidegate.gate import granting
from tidegate.gate.granting import has_much
from tidegate.gate.opening import open_many
from tidegate.gate.reach import LookedUp
from tidegate.incidents.counters.reading import sum_columns
from tidegate.incidents.models import QueueCounter
from tidegate.incidents.queries import count_open_by_tenant

pytestmark = pytest.mark.usefixtures("now")
TENANTS = 60
of_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's planner weighs it itself")
of_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite looks everything up, however much there is"
)


def let_into_many(cast: Cast, name: str) -> list[Tenant]:
    """Many customers in which somebody is a guest; in every second one they may read incidents."""
    made = Tenant.objects.bulk_create(
        Tenant(display_name=f"Customer {number}", created_at=START) for number in range(TENANTS)
    )
    users = [
        User(
            tenant=tenant,
            account=cast.accounts[name],
            user_type=User.UserType.GUEST,
            user_principal_name=f"{name}@customer{number}.example",
            mail=cast.accounts[name].email,
            starts_at=START,
            created_at=START,
        )
        for number, tenant in enumerate(made)
    ]
    User.objects.bulk_create(users)
    for tenant, user in list(zip(made, users, strict=True))[::2]:
        role = make_role(tenant, "Made here", RolePermission.VIEW_DATA)
        RoleAssignment.rows.create(tenant=tenant, role_id=role.id, user_id=user.id, starts_at=START)
    QueueCounter.objects.bulk_create(QueueCounter(tenant=tenant, open_incidents_high=1) for tenant in made)
    return made


def counters() -> QuerySet[QueueCounter]:
    return QueueCounter.objects.across_tenants()


def look_at_sizes() -> None:
    with connection.cursor() as cursor:
        for model in (GroupMembership, RoleAssignment):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def ids_in(reach: ManyReach) -> set[object]:
    return set(Tenant.objects.filter(reach.restrict("id")).values_list("id", flat=True))


@of_postgresql
def test_only_who_has_much_reads_all(cast: Cast) -> None:
    let_into_many(cast, "analyst")
    look_at_sizes()
    assert has_much(cast.accounts["analyst"].id, QueueCounter)
    assert not has_much(cast.accounts["outsider"].id, QueueCounter)
    nobody = Account.objects.create(email="nobody@nowhere.example")
    assert not has_much(nobody.id, QueueCounter)


@of_postgresql
def test_reading_all_finds_the_same(cast: Cast) -> None:
    made = let_into_many(cast, "analyst")
    look_at_sizes()
    for permission in (Permission.INCIDENT_READ, Permission.INCIDENT_ASSIGN, Permission.TENANT_READ):
        reach = open_many(cast.actor("analyst"), permission).reach
        at_once = reach.at_once(counters())
        assert (at_once is reach) == (permission == Permission.TENANT_READ)
        assert ids_in(at_once) == ids_in(reach)
        assert {row["tenant_id"] for row in at_once.tenant_ids()} == ids_in(reach)
    reach = open_many(cast.actor("analyst"), Permission.INCIDENT_READ).reach
    assert ids_in(reach.at_once(counters())) >= {tenant.id for tenant in made[::2]}


@of_postgresql
def test_access_that_ends_is_in_no_sum(cast: Cast) -> None:
    made = let_into_many(cast, "analyst")
    look_at_sizes()

    def count() -> int | None:
        scope = open_many(cast.actor("analyst"), Permission.INCIDENT_READ)
        sums = sum_columns(scope, ["open_incidents_high"])
        return sums["open_incidents_high"] if sums else None

    assert count() == TENANTS // 2
    RoleAssignment.objects.of_tenant(made[0].id).update(ends_at=NOW)
    assert count() == TENANTS // 2 - 1
    User.objects.of_tenant(made[2].id).update(blocked_at=NOW)
    assert count() == TENANTS // 2 - 2
    User.objects.of_tenant(made[4].id).update(ends_at=NOW + timedelta(hours=1))
    assert count() == TENANTS // 2 - 2
    with standing_at(NOW + timedelta(hours=1)):
        assert count() == TENANTS // 2 - 3


@of_sqlite
@pytest.mark.parametrize("is_open", [0, 5, TENANTS])
def test_sqlite_looks_up_whichever_are_fewer(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, is_open: int
) -> None:
    made = let_into_many(cast, "analyst")
    QueueCounter.objects.across_tenants().filter(
        tenant_id__in=[tenant.id for tenant in made[is_open:]]
    ).update(open_incidents_high=0)
    monkeypatch.setattr(granting, "_MANY", 3)
    scope = open_many(cast.actor("analyst"), Permission.INCIDENT_READ)
    rows = counters().filter(open_incidents_high__gt=0)
    at_once = scope.reach.at_once(rows)
    assert isinstance(at_once, LookedUp) == (is_open < TENANTS)
    assert ids_in(at_once) == ids_in(scope.reach)
    plain = QueueCounter.objects.in_scope(scope.reach).filter(open_incidents_high__gt=0)
    found = sum_columns(scope, ["open_incidents_high"])
    assert found == {"open_incidents_high": plain.count()}
    assert {*count_open_by_tenant(scope)} == {*plain.values_list("tenant_id", flat=True)}
    few = open_many(cast.actor("outsider"), Permission.INCIDENT_READ).reach
    assert few.at_once(rows) is few
