"""Coverage: our own people in the tenants that let them in, and nothing else of those tenants."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import GUESTS_END, Cast, days, join_as_guest
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent
from tidegate.core.clock import standing_at
from tidegate.directory.actions.invitations import invite_guest
from tidegate.directory.actions.stops import stop_guest
from tidegate.directory.actions.users import block_user, remove_user

type Visit = Callable[..., Visitor]


def file_of(visitor: Visitor, **params: str) -> list[str]:
    response = visitor.get("/coverage/export.csv", **params)
    return b"".join(response.streaming_content).decode("utf-8-sig").splitlines()


@pytest.fixture
def spread(cast: Cast) -> Cast:
    """The analyst is in two tenants; people of other homes are in the same tenants."""
    join_as_guest(cast.enter("outsider", cast.other), cast.accounts["analyst"])
    join_as_guest(cast.enter("admin"), cast.accounts["outsider"])
    join_as_guest(cast.enter("admin"), cast.accounts["stranger"])
    return cast


def test_matrix_shows_our_people_across_tenants(visit: Visit, spread: Cast) -> None:
    words = text_of(visit("boss", spread.provider).get("/coverage"))
    assert "Person Delta Mills Polder Foods" in words
    assert "Analyst In force Tier 1 Analyst until 1 Jun 2026 In force no role no end" in words
    assert "Helper In force no role until 1 Jun 2026 –" in words
    for foreign in ("Outsider", "Stranger", "Admin", "Reader"):
        assert foreign not in words
    assert "3 people, 2 tenants" in words


def test_only_members_with_the_permission_see_it(visit: Visit, spread: Cast) -> None:
    for name, tenant, status in (
        ("analyst", spread.provider, 403),
        ("analyst", spread.customer, 403),
        ("outsider", spread.provider, 404),
        ("outsider", spread.customer, 403),
    ):
        assert visit(name, tenant).get("/coverage").status_code == status
        assert visit(name, tenant).get("/coverage/export.csv").status_code == status
    theirs = text_of(visit("outsider", spread.other).get("/coverage"))
    assert "Outsider In force no role no end" in theirs
    assert "Analyst" not in theirs


def test_why_somebody_cannot_enter_stays_the_tenants_own(visit: Visit, spread: Cast) -> None:
    scope = spread.enter("admin")
    stop_guest(scope, spread.user("lead").id, reason="Secret reason")
    block_user(scope, spread.user("helper").id)
    invite_guest(scope, email="boss@provider.example")
    words = text_of(visit("boss", spread.provider).get("/coverage"))
    assert "Lead Cannot enter Tier 2 Analyst" in words
    assert "Helper Cannot enter no role" in words
    assert "Secret reason" not in words
    with standing_at(GUESTS_END + days(1)):
        assert "Helper Cannot enter" in text_of(visit("boss", spread.provider).get("/coverage"))
        assert "Analyst Ended" in text_of(visit("boss", spread.provider).get("/coverage"))


def test_who_was_removed_at_home_is_no_longer_ours(visit: Visit, spread: Cast) -> None:
    remove_user(spread.enter("boss", spread.provider), spread.user("analyst", spread.provider).id)
    assert "Analyst In force" not in text_of(visit("boss", spread.provider).get("/coverage"))


def test_person_and_tenant_are_found(visit: Visit, spread: Cast) -> None:
    boss = visit("boss", spread.provider)
    found = text_of(boss.get("/coverage", person="anal"))
    assert ("Analyst In force" in found, "Helper" in found) == (True, False)
    found = text_of(boss.get("/coverage", tenant="polder"))
    assert ("Polder Foods" in found, "Delta Mills" in found) == (True, False)
    assert "Nobody and nothing has this in its name." in text_of(boss.get("/coverage", person="<b>nobody"))
    assert boss.get("/coverage", person="x" * 201).status_code == 400
    assert boss.get("/coverage", people_page="-1").status_code == 400
    assert boss.get("/coverage", tenants_page="9" * 30).status_code == 400
    assert boss.get("/coverage", people_page="7").status_code == 200


def test_file_holds_all_of_it_and_is_recorded(visit: Visit, spread: Cast) -> None:
    boss = visit("boss", spread.provider)
    lines = file_of(boss)
    assert lines[0] == ("person,email,tenant,directory_id,roles,state,access_begins,access_ends,last_entered")
    assert len(lines) == 5
    start = f"Analyst,analyst@provider.example,Delta Mills,{spread.customer.id},Tier 1 Analyst,in_force"
    assert [line.startswith(start) for line in lines[1:3]].count(True) == 1
    assert len(file_of(boss, tenant="polder")) == 2
    tags = AuditEvent.rows.filter(tenant_id=spread.provider.id, tag="coverage.exported")
    assert tags.count() == 2


def test_statements_do_not_grow_with_people_and_tenants(visit: Visit, cast: Cast) -> None:
    boss = visit("boss", cast.provider)
    boss.get("/coverage")
    with CaptureQueriesContext(connection) as few:
        boss.get("/coverage")
    for name in ("analyst", "lead", "boss"):
        join_as_guest(cast.enter("outsider", cast.other), cast.accounts[name])
    with CaptureQueriesContext(connection) as many:
        boss.get("/coverage")
    assert len(many) <= len(few) + 1
