"""One box for everything: what is found, where it leads, and what it never shows of other tenants."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast
from tests.devices.making import hide
from tests.web.conftest import Visitor, text_of
from tests.web.queue_pages import bring_in, events_of, some_incident
from tidegate.incidents.actions.changes import tag_incident

type SignIn = Callable[..., Visitor]


@pytest.fixture
def found(cast: Cast) -> Cast:
    bring_in(cast, some_incident(41), some_incident(42))
    return cast


def groups_of(response: Any) -> dict[str, str]:
    """The headings of a page, each with the text below it."""
    html = response.content.decode()
    parts = re.findall(r'<section aria-labelledby="found-(\w+)">(.*?)</section>', html, re.DOTALL)
    return {key: " ".join(re.sub(r"<[^>]*>", " ", part).split()) for key, part in parts}


@pytest.mark.parametrize(
    ("asked", "path"),
    [("41", "/incidents/41"), ("da42", "/alerts/da42"), ("WS1.customer.example", "/devices/")],
)
def test_what_is_called_exactly_so_opens_at_once(found: Cast, visit: SignIn, asked: str, path: str) -> None:
    for tid in (str(found.customer.id), "all"):
        page = Visitor(visit("analyst").client, tid).get("/search", q=asked)
        assert page.status_code == 302
        assert page["Location"].startswith(path)
        assert page["Location"].endswith(f"?tid={found.customer.id}")


def test_words_are_found_in_every_kind_of_thing(found: Cast, visit: SignIn) -> None:
    tag_incident(found.enter("admin"), 42, tags=["Harbour crane"])
    visitor = visit("admin")
    assert set(groups_of(visitor.get("/search", q="incident"))) == {"incidents"}
    assert "Alert of 41" in groups_of(visitor.get("/search", q="aler"))["alerts"]
    assert "Incident 42" in groups_of(visitor.get("/search", q="crane"))["incidents"]
    assert "ws1.customer.example" in groups_of(visitor.get("/search", q="ws1"))["devices"]
    dora = groups_of(visitor.get("/search", q="dora"))
    assert "dora@customer.example" in dora["identities"]
    assert "Analyst" in groups_of(visitor.get("/search", q="analyst"))["users"]


def test_a_file_leads_to_its_alerts_and_to_where_it_was_seen(found: Cast, visit: SignIn) -> None:
    groups = groups_of(visit("analyst").get("/search", q="tool.exe"))
    assert "Alert of 41" in groups["alerts"]
    assert "Alert of 42" in groups["alerts"]
    assert groups["indicators"].startswith("Named by alerts")
    assert "tool.exe exact File 2" in groups["indicators"]


def test_rows_of_several_tenants_carry_their_tenant(found: Cast, visit: SignIn) -> None:
    page = Visitor(visit("analyst").client, "all").get("/search", q="alert")
    assert "Delta Mills" in groups_of(page)["alerts"]
    assert f"?tid={found.customer.id}" in page.content.decode()


@pytest.mark.parametrize("asked", ["LEAKED", "da41", "41", "tool.exe", "dora", "alert", "Outsider", "ws1"])
def test_the_outsider_and_the_analyst_see_nothing_of_each_other(
    found: Cast, visit: SignIn, asked: str
) -> None:
    for name in ("analyst", "admin"):
        for tid in (str(found.customer.id), "all"):
            page = Visitor(visit(name).client, tid).get("/search", q=asked)
            html = page.content.decode()
            assert "LEAKED" not in text_of(page)
            assert "Polder Foods" not in html
    html = Visitor(visit("outsider").client, "all").get("/search", q=asked).content.decode()
    assert "Delta Mills" not in html
    assert "Alert of" not in html
    assert visit("outsider").get("/search", q=asked).status_code == 404


def test_what_only_another_tenant_has_is_like_what_nobody_has(found: Cast, visit: SignIn) -> None:
    def page(asked: str) -> str:
        visitor = Visitor(visit("analyst").client, "all")
        html = visitor.get("/search", q=asked).content.decode()
        return re.sub(r'nonce="[^"]*"|[\w-]{60,}', "", html).replace(asked, "")

    assert page("LEAKED") == page("NOBODY")


def test_who_may_read_nothing_finds_nothing(found: Cast, visit: SignIn) -> None:
    for tid in (str(found.customer.id), "all"):
        page = Visitor(visit("helper").client, tid).get("/search", q="41")
        assert page.status_code == 200
        assert groups_of(page) == {}


def test_hidden_devices_and_what_alerts_say_of_them_are_not_found(found: Cast, visit: SignIn) -> None:
    hide(found, "ws1")
    for tid in (str(found.customer.id), "all"):
        visitor = Visitor(visit("analyst").client, tid)
        for asked in ("ws1", "tool.exe", "dora", "Alert", "Incident", "41", "d1"):
            assert groups_of(visitor.get("/search", q=asked)) == {}, (tid, asked)
    assert groups_of(visit("admin").get("/search", q="tool.exe"))


def test_ten_of_a_kind_are_shown_with_a_link_to_all(cast: Cast, visit: SignIn) -> None:
    bring_in(cast, *(some_incident(number) for number in range(50, 62)))
    page = visit("analyst").get("/search", q="incident")
    assert len(re.findall(r"Incident \d\d", groups_of(page)["incidents"])) == 10
    assert f'href="/incidents?tid={cast.customer.id}&amp;q=incident"' in page.content.decode()


def test_statements_do_not_grow_with_what_is_found(
    cast: Cast, visit: SignIn, django_assert_max_num_queries: Any
) -> None:
    bring_in(cast, *(some_incident(number) for number in range(50, 59)))
    for tid in (str(cast.customer.id), "all"):
        visitor = Visitor(visit("analyst").client, tid)
        visitor.get("/search", q="alert")
        with django_assert_max_num_queries(60):
            visitor.get("/search", q="alert")


def test_the_top_bar_searches_here_and_guests_leave_a_trace(found: Cast, visit: SignIn) -> None:
    page = visit("analyst").get("/search", q="alert")
    html = page.content.decode()
    assert f'action="/search?tid={found.customer.id}"' in html
    assert "search.viewed" in events_of(found.customer)
    assert visit("analyst").get("/search", q="x" * 201).status_code == 400
    assert visit("analyst").get("/search", q="a\0b").status_code == 400
    assert "Type a name" in text_of(visit("analyst").get("/search"))


def test_jumping_finds_a_few_of_each_kind_with_their_tenant(found: Cast, visit: SignIn) -> None:
    for tid in (str(found.customer.id), "all"):
        part = Visitor(visit("analyst").client, tid).get("/search/jump", q="41").content.decode()
        assert f'href="/incidents/41?tid={found.customer.id}"' in part
        assert found.customer.display_name in part
        assert "LEAKED" not in part
        assert "<main" not in part
    kinds = re.findall(r'id="jump-(\w+)"', visit("admin").get("/search/jump", q="an").content.decode())
    assert kinds == ["users"]
    assert visit("outsider").get("/search/jump", q="41").status_code == 404
    assert "LEAKED" in visit("outsider", found.other).get("/search/jump", q="41").content.decode()
    assert visit("helper").get("/search/jump", q="41").content.strip() == b""
    assert visit("analyst").get("/search/jump").content.strip() == b""
    assert events_of(found.customer, tag="search.viewed") == ["search.viewed"]
