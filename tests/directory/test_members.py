"""What the operator does to a directory without asking anybody: members admitted, ends of roles moved."""

import json
from datetime import UTC, datetime

import pytest

from tests.cast import NOW, Cast, days, scope_with
from tidegate.accounts.actions import create_account
from tidegate.accounts.models import Account
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.actions.members import admit_member
from tidegate.directory.actions.roles import move_role_end
from tidegate.directory.models import RoleAssignment, Tenant, User
from tidegate.directory.queries import list_role_assignments
from tidegate.gate.opening import open as open_gate

pytestmark = pytest.mark.usefixtures("now")


def operator(tenant: Tenant) -> Scope:
    return scope_with(
        tenant,
        Permission.USER_INVITE,
        Permission.USER_READ,
        Permission.ROLE_READ,
        Permission.ROLE_ASSIGN,
    )


def last_event(tenant: Tenant) -> AuditEvent:
    return AuditEvent.rows.filter(tenant_id=tenant.id).latest("sequence")


def test_member_is_admitted_at_once_with_a_home(cast: Cast) -> None:
    account = create_account("new@customer.example", None, "New")

    user = admit_member(operator(cast.customer), account)

    account.refresh_from_db()
    assert account.home_tenant_id == cast.customer.id
    assert (user.user_type, user.external_user_state) == ("member", "Accepted")
    cast.accounts["new"] = account
    assert open_gate(cast.actor("new"), "").entry.user_id == user.id
    event = last_event(cast.customer)
    assert (event.tag, event.target_id) == ("user.created", str(user.id))


@pytest.mark.parametrize(
    ("email", "error"),
    [
        ("stranger@nowhere.example", InvalidInput),
        ("outsider@other.example", InvalidInput),
        ("member@customer.example", Conflict),
        ("lead@provider.example", InvalidInput),
    ],
)
def test_nobody_is_made_a_member_of_where_they_do_not_belong(
    cast: Cast, email: str, error: type[Exception]
) -> None:
    account = Account.objects.get(email=email)
    before = (account.home_tenant_id, User.rows.count(), AuditEvent.rows.count())

    with pytest.raises(error):
        admit_member(operator(cast.customer), account)

    account.refresh_from_db()
    assert (account.home_tenant_id, User.rows.count(), AuditEvent.rows.count()) == before


def test_home_elsewhere_is_not_taken_away(cast: Cast) -> None:
    account = create_account("new@customer.example", None, "New")
    Account.objects.filter(id=account.id).update(home_tenant_id=cast.other.id)

    with pytest.raises(Conflict):
        admit_member(operator(cast.customer), account)


@pytest.mark.parametrize("who", ["admin", "member", "lead"])
def test_only_the_operator_makes_members_without_an_invitation(cast: Cast, who: str) -> None:
    account = create_account("new@customer.example", None, "New")

    with pytest.raises(Forbidden):
        admit_member(cast.enter(who), account)

    assert not User.rows.filter(account=account).exists()


def tier_1(cast: Cast) -> RoleAssignment:
    rows = list_role_assignments(operator(cast.customer), NOW)
    return rows.get(group__display_name="Tier 1")


def test_end_of_a_role_is_moved_and_told(cast: Cast) -> None:
    given, end = tier_1(cast), datetime(2026, 5, 1, tzinfo=UTC)

    move_role_end(operator(cast.customer), given.id, ends_at=end)

    assert tier_1(cast).ends_at == end
    event = last_event(cast.customer)
    assert (event.tag, json.loads(event.details)["after"]) == ("role.end_changed", str(end))


def test_end_of_a_role_in_the_past_or_of_another_tenant_is_refused(cast: Cast) -> None:
    given = tier_1(cast)

    with pytest.raises(InvalidInput):
        move_role_end(operator(cast.customer), given.id, ends_at=NOW - days(1))
    with pytest.raises(NotFound):
        move_role_end(cast.enter("outsider", cast.other), given.id, ends_at=NOW + days(1))
    for name in ("member", "reader", "analyst"):
        with pytest.raises(Forbidden):
            move_role_end(cast.enter(name), given.id, ends_at=NOW + days(1))
    assert tier_1(cast).ends_at is None


def test_last_administrators_role_gets_no_end(cast: Cast) -> None:
    rows = list_role_assignments(operator(cast.customer), NOW)
    given = rows.get(user_id=cast.user("admin").id)

    with pytest.raises(Conflict):
        move_role_end(cast.enter("admin"), given.id, ends_at=NOW + days(90))

    given.refresh_from_db()
    assert given.ends_at is None
