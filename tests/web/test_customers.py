import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import GUESTS_END, NOW, Cast, import_all, join_as_guest
from tests.connectors.samples import graph_alert
from tests.web.conftest import Visitor, text_of
from tests.web.many_world import add_tenant
from tidegate.authorization.roles import BuiltInRole
from tidegate.core.clock import standing_at
from tidegate.directory.actions.users import block_user, remove_user
from tidegate.web import customer_ranks
from tidegate.web.views import customers

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


def test_a_page_holds_so_many_and_the_next_goes_on_after_them(
    visit: Visit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_ranks, "PAGE", 2)
    for number in range(4):
        tenant = add_tenant(cast, f"Further {number}", BuiltInRole.SECURITY_READER)
        import_all(tenant, [graph_alert(id=f"f{number}", severity="low", incidentId="1")] * (number == 3))
    visitor = visit("analyst", cast.provider)
    page, seen = visitor.get("/customers"), list[str]()
    pages = [page]
    while older := re.search(r'href="([^"]+)" rel="next"', pages[-1].content.decode()):
        pages.append(visitor.client.get(unescape(older.group(1))))
    for one in pages:
        seen += re.findall(r"Further \d|Delta Mills", text_of(one))
    assert len(pages) == 3
    assert list(dict.fromkeys(seen)) == ["Further 3", "Delta Mills", "Further 0", "Further 1", "Further 2"]
    back = re.search(r'href="([^"]+)" rel="prev"', pages[1].content.decode())
    assert back is not None
    assert text_of(visitor.client.get(unescape(back.group(1)))) == text_of(pages[0])
    assert "2 of 5 shown" in text_of(pages[0])
    assert "Further 2" in text_of(visitor.get("/customers", q="further 2"))
    for wrong in ("x", "W10", "WyJmIiwgMV0"):
        assert visitor.get("/customers", cursor=wrong).status_code == 400


def test_file_holds_all_pages(visit: Visit, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_ranks, "PAGE", 2)
    monkeypatch.setattr(customers, "PAGE", 2)
    for number in range(3):
        add_tenant(cast, f"Further {number}", BuiltInRole.SECURITY_READER)
    answer = visit("analyst", cast.provider).get("/customers/export.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert [line.partition(",")[0] for line in lines[1:]] == [
        "Delta Mills",
        "Further 0",
        "Further 1",
        "Further 2",
    ]
