"""Sign in, switch directory, Properties, the link: Microsoft's four steps, and what must never happen."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenAs
from tests.browser.people import AOIFE, BRAM, INES, JORIS, PRIYA, WREN, sign_in
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser

ABSENT = "9b04c7d2-51e8-4c3f-a6f0-2d7714be90aa"


def test_own_tenant_opens_without_a_tid(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(INES)

    expect(page).to_have_title(re.compile("^Veldwacht MDR"))


def test_four_steps_lead_to_the_customer(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid("meridaal.example")
    # 1. Sign in with your own credentials.
    page = open_as(path="/sign-in")
    sign_in(page, INES, portal.password(INES))
    expect(page).to_have_title(re.compile("^Veldwacht MDR"))
    # 2. Switch directory.
    page.locator(".switcher summary, .switcher > button").first.click()
    page.get_by_role("link", name=re.compile("Meridaal Zorggroep")).first.click()
    expect(page).to_have_title(re.compile("^Meridaal Zorggroep"))
    # 3. Directory > Properties: the tenant id stands in the field Directory ID.
    page.get_by_role("link", name="Properties").click()
    expect(page.get_by_text("Directory ID", exact=True).first).to_be_visible()
    expect(page.get_by_text(tid, exact=True).first).to_be_visible()
    link = page.get_by_text(f"{portal.base_url}/?tid={tid}", exact=True)
    expect(link.first).to_be_visible()
    # 4. The link opens the customer.
    page.goto(f"/?tid={tid}")
    expect(page).to_have_title(re.compile("^Meridaal Zorggroep"))


def test_directory_that_is_not_listed_is_found_by_typing(open_as: OpenAs, portal: Portal) -> None:
    page = _open_with_none_listed(open_as)

    page.keyboard.press("g")
    page.keyboard.press("d")
    page.locator(".switcher [data-menu-filter]").press_sequentially("orvane")
    page.keyboard.press("Enter")

    expect(page).to_have_title(re.compile("^Orvane"))


def test_jump_to_finds_a_directory_that_is_not_listed(open_as: OpenAs, portal: Portal) -> None:
    page = _open_with_none_listed(open_as)

    page.keyboard.press("Control+k")
    page.keyboard.type("meridaal")
    found = page.get_by_role("group", name="Directories").get_by_role("option")
    expect(found).to_have_count(1)
    found.click()

    expect(page).to_have_title(re.compile("^Meridaal Zorggroep"))


def _open_with_none_listed(open_as: OpenAs) -> Page:
    """As for somebody with so many directories that only the last few are listed: none of theirs here."""
    page = open_as(INES)
    page.route(lambda url: "/switcher?" in url and "q=" not in url, _list_none)
    return page


def _list_none(route: Route) -> None:
    route.fulfill(content_type="text/html", body='<ul class="menu-group" data-menu-cut></ul>')


@pytest.mark.one_engine
def test_copy_button_copies_the_directory_id(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid("meridaal.example")
    page = open_as(INES, f"/properties?tid={tid}", permissions=["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name=re.compile("^Copy Directory ID")).click()

    expect(page.get_by_role("status").filter(has_text="Meridaal Zorggroep")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == tid


def test_guest_who_follows_a_link_signs_in_and_lands_exactly_there(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid("orvane.example")
    target = f"/incidents?tid={tid}&severity=high&sort=activity"
    page = open_as(path=target)

    expect(page.get_by_text(tid)).to_be_visible()
    expect(page.get_by_text("Orvane")).to_have_count(0)
    sign_in(page, INES, portal.password(INES))

    expect(page).to_have_url(portal.base_url + target)
    expect(page).to_have_title(re.compile("^Orvane Shipping"))


def test_two_tabs_on_two_customers_stay_apart(open_as: OpenAs, portal: Portal) -> None:
    first = open_as(INES, f"/?tid={portal.tid('orvane.example')}")
    second = first.context.new_page()
    second.goto(f"/?tid={portal.tid('meridaal.example')}")

    for page, name, domain in (
        (first, "Orvane Shipping", "orvane.example"),
        (second, "Meridaal Zorggroep", "meridaal.example"),
        (first, "Orvane Shipping", "orvane.example"),
    ):
        for entry in ("Incidents", "Alerts", "Devices", "Properties"):
            page.get_by_role("navigation").get_by_role("link", name=re.compile(f"^{entry}")).first.click()
            expect(page).to_have_title(re.compile(f"^{name}"))
            expect(page).to_have_url(re.compile(portal.tid(domain)))


def test_every_link_in_a_tenant_carries_its_tid(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid("orvane.example")
    page = open_as(INES, f"/incidents?tid={tid}")

    links = page.eval_on_selector_all(
        "main a[href^='/'], nav a[href^='/']", "all => all.map(a => a.getAttribute('href'))"
    )

    assert len(links) > 20
    assert [link for link in links if "tid=" not in link] == []


def test_tenant_by_its_verified_domain(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(INES, "/?tid=orvane.example")

    expect(page).to_have_title(re.compile("^Orvane Shipping"))


def answer(page: Page, tid: str) -> tuple[int, str]:
    response = page.request.get(f"/incidents/4127?tid={tid}")
    body = re.sub(
        r"csrfmiddlewaretoken\" value=\"[^\"]+|X-CSRFToken[^}]+|<time.*?</time>", "", response.text()
    )
    return response.status, body.replace(tid, "TID")


@pytest.mark.parametrize(
    ("who", "domain"),
    [
        (INES, "kestrelmoor.example"),  # never had anything to do with it
        (JORIS, "quillmark.example"),  # begins tomorrow
        (AOIFE, "gravendal.example"),  # blocked
        (BRAM, "brackwell.example"),  # invited, not redeemed
        (BRAM, "corvanta.example"),  # removed
        (PRIYA, "lindqvale.example"),  # ended long ago
    ],
)
def test_tenant_one_may_not_enter_answers_like_one_that_does_not_exist(
    open_as: OpenAs, portal: Portal, who: str, domain: str
) -> None:
    page = open_as(who)

    forbidden = answer(page, portal.tid(domain))
    absent = answer(page, ABSENT)

    assert forbidden[0] == absent[0] == 404
    assert forbidden[1] == absent[1]


def test_who_is_offered_something_is_refused_and_told_what(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(JORIS, f"/incidents/4127?tid={portal.tid('meridaal.example')}")  # ended yesterday

    expect(page.get_by_role("heading", level=1)).to_contain_text("cannot enter")
    offered = page.get_by_role("region", name="Meridaal Zorggroep offers you this")
    expect(offered.get_by_role("link", name="Tier 2 Analyst", exact=True)).to_be_visible()


def test_refused_page_says_who_asked_for_what_and_nothing_of_the_tenant(
    open_as: OpenAs, portal: Portal
) -> None:
    tid = portal.tid("orvane.example")
    page = open_as(WREN, f"/incidents?tid={tid}")

    expect(page.get_by_role("heading", level=1)).to_contain_text("cannot enter")
    expect(page.get_by_text(tid)).to_be_visible()
    expect(page.locator("main").get_by_text(WREN)).to_be_visible()
    assert "Orvane" not in page.content()


@pytest.mark.one_engine
def test_malformed_tid_is_400_and_says_so(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(INES)

    response = page.goto("/?tid=%27%20or%201=1")

    assert response is not None
    assert response.status == 400
    expect(page.locator("main")).to_contain_text("tid")


@pytest.mark.one_engine
def test_malformed_tid_is_shown_inert(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(INES)

    response = page.goto("/incidents?tid=%3Cimg%20src=x%20onerror=alert(1)%3E")

    assert response is not None
    assert response.status == 400
    assert page.locator("img[src=x]").count() == 0
