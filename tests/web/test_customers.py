from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import GUESTS_END, NOW, Cast, import_all, join_as_guest
from tests.connectors.samples import graph_alert
from tests.web.conftest import Visitor, text_of
from tidegate.core.clock import standing_at
from tidegate.directory.actions.users import block_user, remove_user

type Visit = Callable[..., Visitor]


def test_every_customer_stands_there_with_what_waits(visit: Visit, cast: Cast) -> None:
    import_all(cast.customer, [graph_alert(id=f"da{n}", severity="high", incidentId=str(n)) for n in (1, 2)])
    import_all(cast.other, [graph_alert(id="da9", title="Other's own")])

    page = visit("analyst", cast.provider).get("/customers")
    text = text_of(page)

    assert page.status_code == 200
    assert "Delta Mills" in text
    assert "Tier 1 Analyst" in text
    assert "1 customer, all shown" in text
    assert f"/?tid={cast.customer.id}".encode() in page.content
    assert "Polder Foods" not in page.content.decode()


def test_home_tenant_is_no_customer(visit: Visit, cast: Cast) -> None:
    page = visit("boss", cast.provider).get("/customers")

    assert "You are not a guest in any other tenant yet." in text_of(page)


def test_guest_without_a_role_sees_that_nothing_can_be_counted(visit: Visit, cast: Cast) -> None:
    text = text_of(visit("helper", cast.provider).get("/customers"))

    assert "No role that reads incidents" in text


def test_customer_stays_in_the_list_when_access_has_ended(visit: Visit, cast: Cast) -> None:
    import_all(cast.customer, [graph_alert(id="da1")])
    with standing_at(GUESTS_END):
        page = visit("analyst", cast.provider).get("/customers")

    assert "Your access has ended." in text_of(page)
    assert "not known" in text_of(page)
    assert f'href="/?tid={cast.customer.id}"'.encode() not in page.content


def test_customer_stays_when_one_is_blocked_but_not_when_removed(visit: Visit, cast: Cast) -> None:
    scope, user = cast.enter("admin"), cast.user("analyst")
    block_user(scope, user.id)
    assert "has blocked you" in text_of(visit("analyst", cast.provider).get("/customers"))

    remove_user(scope, user.id)
    assert "Delta Mills" not in text_of(visit("analyst", cast.provider).get("/customers"))


def test_search_by_name_and_by_part_of_the_id(visit: Visit, cast: Cast) -> None:
    visitor = visit("analyst", cast.provider)

    assert "Delta Mills" in text_of(visitor.get("/customers", q="delta"))
    assert "Delta Mills" in text_of(visitor.get("/customers", q=str(cast.customer.id)[:8]))
    assert 'holds "<x>"' not in visitor.get("/customers", q="<x>").content.decode()
    assert visitor.get("/customers", q="x" * 201).status_code == 400


def test_a_further_customer_costs_no_further_query(visit: Visit, cast: Cast) -> None:
    visitor = visit("lead", cast.provider)
    visitor.get("/customers")
    with CaptureQueriesContext(connection) as one:
        visitor.get("/customers")
    join_as_guest(cast.enter("outsider", cast.other), cast.accounts["lead"], ends_at=NOW + timedelta(days=9))

    with CaptureQueriesContext(connection) as two:
        page = visitor.get("/customers")

    assert "Polder Foods" in text_of(page)
    assert len(two) == len(one)
