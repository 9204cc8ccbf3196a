"""The directory switcher: fetched when it is opened, it lists where one may go, and nothing else."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast
from tests.customers.making import make_group
from tests.web.conftest import Visitor
from tests.web.many_world import add_tenant
from tidegate.authorization.roles import BuiltInRole
from tidegate.customers.rules import GroupRule
from tidegate.directory.models import User
from tidegate.web import switcher

type Visit = Callable[..., Visitor]


def listed(response: Any) -> list[str]:
    """What the menu lists, in order, without its marks."""
    items = re.findall(r'<a class="menu-item"[^>]*>(.*?)</a>', response.content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", item).split()) for item in items]


def current(response: Any) -> list[str]:
    return re.findall(r'href="([^"]*)"[^>]*aria-current="true"', response.content.decode())


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for one directory in the menu."""
    monkeypatch.setattr(switcher, "SWITCHER_AT_MOST", 1)


def test_a_page_carries_no_directories_but_says_where_they_are(visit: Visit, cast: Cast) -> None:
    page = visit("analyst").get("/incidents").content.decode()

    assert f'data-menu-from="/switcher?tid={cast.customer.id}&amp;of=incidents"' in page
    assert str(cast.provider.id) not in page


def test_directories_are_listed_recent_first_and_lead_to_the_same_page(visit: Visit, cast: Cast) -> None:
    visitor = visit("analyst")
    visitor.get("/incidents")

    response = visitor.get("/switcher", of="incidents")

    all_, first, second = listed(response)
    assert all_ == "All All customers 2"
    assert (first[:14], first[-5:]) == ("DM Delta Mills", "Guest")
    assert cast.provider.display_name in second
    assert current(response) == [f"/incidents?tid={cast.customer.id}"]
    assert 'href="/incidents?tid=all"' in response.content.decode()
    assert "Polder Foods" not in response.content.decode()


@pytest.mark.parametrize("of", ["expiry", "incident:1", "", "javascript:alert(1)"])
def test_what_another_directory_does_not_have_leads_to_its_overview(
    visit: Visit, cast: Cast, of: str
) -> None:
    assert f'href="/?tid={cast.customer.id}"' in visit("analyst").get("/switcher", of=of).content.decode()


def test_groups_that_may_be_used_are_offered(visit: Visit, cast: Cast) -> None:
    make_group(cast.provider, "Night & day", GroupRule(takes_all=True))

    response = visit("analyst", cast.provider).get("/switcher", of="incidents")

    assert "ND Night &amp; day" in listed(response)
    assert 'href="/incidents?tid=group%3ANight+%26+day"' in response.content.decode()


def test_whose_access_is_over_is_not_offered_the_directory(visit: Visit, cast: Cast) -> None:
    user = cast.user("analyst")
    User.objects.of_tenant(cast.customer.id).filter(id=user.id).update(ends_at=user.starts_at)

    for params in ({}, {"q": "Delta"}, {"q": str(cast.customer.id)}):
        response = visit("analyst", cast.provider).get("/switcher", **params)
        assert "Delta Mills" not in response.content.decode()


@pytest.mark.parametrize(
    ("text", "found"), [("elta m", ["Delta Mills"]), ("", []), ("Polder", []), ("100%", [])]
)
def test_others_are_found_by_name(visit: Visit, cast: Cast, few: None, text: str, found: list[str]) -> None:
    add_tenant(cast, "Mayflower", BuiltInRole.SECURITY_READER)
    visitor = visit("analyst", cast.provider)
    visitor.get("/")

    response = visitor.get("/switcher", q=text)

    names = [name for name in ("Delta Mills", "Mayflower", "Polder Foods") if name in str(listed(response))]
    assert names == found
    assert ("data-menu-cut" in response.content.decode()) is (text == "")
    assert ("Find among 3 directories" in response.content.decode()) is (text == "")


def test_one_is_found_by_its_directory_id(visit: Visit, cast: Cast) -> None:
    analyst = visit("analyst", cast.provider)
    assert "Delta Mills" in str(listed(analyst.get("/switcher", q=str(cast.customer.id))))
    assert listed(analyst.get("/switcher", q=str(cast.other.id))) == []


@pytest.mark.parametrize("text", ["x" * 201, "a\0b"])
def test_no_name_is_refused(visit: Visit, text: str) -> None:
    assert visit("analyst").get("/switcher", q=text).status_code == 400


def test_only_one_directory_opens_no_several(visit: Visit, cast: Cast) -> None:
    (only,) = listed(visit("member").get("/switcher", of="incidents"))
    assert only.startswith("DM Delta Mills")


def test_signed_out_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/switcher").headers["Location"].startswith("/sign-in?next=")
    part = client.get("/switcher", headers={"hx-request": "true", "hx-current-url": "http://testserver/x"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, "/sign-in?next=%2Fx")
