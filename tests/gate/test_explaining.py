import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import GUESTS_END, START, Cast, join_as_guest
from tidegate.accounts.actions import create_account
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import OPERATOR, Entry, Scope
from tidegate.core.errors import Forbidden
from tidegate.directory.actions.groups import add_member
from tidegate.gate.explaining import explain_own, explain_user, who_can

pytestmark = pytest.mark.usefixtures("now")


def test_the_chain_of_a_guest_is_told_link_by_link(cast: Cast) -> None:
    [chain] = explain_own(cast.enter("analyst"), Permission.INCIDENT_READ)
    assert [(link.kind, link.name) for link in chain.links] == [
        ("person", "Analyst (Harbour Watch)"),
        ("guest", "analyst_provider.example#EXT#@customer.example"),
        ("group", "Tier 1"),
        ("role", "Tier 1 Analyst"),
    ]
    assert chain.until == GUESTS_END
    assert chain.links[2].starts_at == START


def test_the_chain_of_an_administrator_has_no_end(cast: Cast) -> None:
    [chain] = explain_own(cast.enter("admin"), Permission.USER_REMOVE)
    assert [link.kind for link in chain.links] == ["person", "member", "role"]
    assert chain.until is None


def test_what_everyone_inside_may_needs_no_role(cast: Cast) -> None:
    [chain] = explain_own(cast.enter("member"), Permission.TENANT_READ)
    assert [link.kind for link in chain.links] == ["person", "member", "inside"]


def test_what_is_not_held_has_no_chain(cast: Cast) -> None:
    assert explain_own(cast.enter("analyst"), Permission.USER_REMOVE) == []


def test_the_operator_is_nobody_of_the_tenant(cast: Cast) -> None:
    entry = Entry(cast.customer.id, "Delta Mills", None, None, frozenset(Permission))
    assert explain_own(Scope(OPERATOR, entry), Permission.ALERT_READ) == []


def test_who_can_names_those_of_the_tenant_alone(cast: Cast) -> None:
    chains = who_can(cast.enter("admin"), Permission.INCIDENT_ASSIGN)
    assert [chain.user.display_name for chain in chains] == ["Analyst", "Lead", "Admin"]
    assert {chain.user.tenant_id for chain in chains} == {cast.customer.id}


@pytest.mark.parametrize("name", ["analyst", "lead", "helper", "member", "reader"])
def test_only_an_administrator_asks_about_others(cast: Cast, name: str) -> None:
    scope = cast.enter(name)
    with pytest.raises(Forbidden, match=r"access\.explain"):
        who_can(scope, Permission.ALERT_READ)
    with pytest.raises(Forbidden, match=r"access\.explain"):
        explain_user(scope, cast.user("admin"), Permission.ALERT_READ)


def test_a_user_of_another_tenant_is_not_explained(cast: Cast) -> None:
    outsider = cast.user("outsider", cast.other)
    assert explain_user(cast.enter("admin"), outsider, Permission.ALERT_READ) == []


def test_the_number_of_statements_does_not_grow_with_users(cast: Cast) -> None:
    admin = cast.enter("admin")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert who_can(admin, Permission.ALERT_READ)
        return len(queries)

    before = count()
    for number in range(4):
        user = join_as_guest(admin, create_account(f"guest{number}@provider.example", None, "Guest"))
        add_member(admin, cast.group("Tier 1").id, user.id)
    assert count() == before
