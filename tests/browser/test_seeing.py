"""Why somebody sees something, who else does, and that the customer watches it happen."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenAs
from tests.browser.people import DILARA, INES, ROOS
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser

# Nobody is as quick, but for one who presses the key again and again: as soon as something new is said.
PRESS_AT_ONCE = """() => new MutationObserver((_, observer) => {
  if (!document.querySelector("#audit-live [data-key=n]")) return;
  observer.disconnect();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "n", bubbles: true, cancelable: true }));
}).observe(document.querySelector("main"), { childList: true, subtree: true })"""


def test_guest_is_told_why_an_incident_can_be_seen(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(INES, f"/incidents?tid={portal.tid('orvane.example')}")
    page.locator("[data-row-link]").first.click()

    page.get_by_role("link", name="Why can I see this?").click()

    strip = page.get_by_role("region", name="Why you can see this")
    for fact in ("Ines Vermaat", "Tier 2 Analyst", "incident.read", "until"):
        expect(strip).to_contain_text(fact)
    expect(strip.get_by_role("link", name="Who can see this?")).to_have_count(0)
    expect(page).to_have_url(re.compile("why=1"))


def test_administrator_is_told_who_can_see_an_incident(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(ROOS, f"/incidents?tid={portal.tid('orvane.example')}")
    page.locator("[data-row-link]").first.click()
    page.get_by_role("link", name="Why can I see this?").click()

    page.get_by_role("link", name="Who can see this?").click()

    names = page.locator("main [data-row-link]")
    expect(names.filter(has_text="Ines Vermaat")).to_have_count(1)
    expect(names.filter(has_text="Marit Dekkers")).to_have_count(1)
    expect(names.filter(has_text="Bas Oudkerk")).to_have_count(0)
    expect(names.filter(has_text="Bram Kuipersloot")).to_have_count(0)


def test_customer_watches_what_a_guest_opens_as_it_happens(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid("orvane.example")
    guest = open_as(DILARA, f"/incidents?tid={tid}")
    link = guest.locator("[data-row-link]").first
    number = re.findall(r"/incidents/(\d+)", str(link.get_attribute("href")))[0]
    customer = open_as(ROOS, f"/audit?tid={tid}")
    customer.evaluate("window.isSamePage = true")
    customer.evaluate(PRESS_AT_ONCE)

    link.click()
    expect(guest).to_have_url(re.compile(f"/incidents/{number}"))

    row = customer.get_by_role("row").filter(has_text="Dilara Sönmezer").filter(has_text="incident.viewed")
    expect(row.first).to_be_visible(timeout=10_000)
    expect(row.first).to_contain_text("Guest")
    expect(row.first).to_contain_text("127.0.0.1")
    expect(row.first.locator(f"a[href*='/incidents/{number}']")).to_be_visible()
    assert customer.evaluate("window.isSamePage") is True


def test_chain_of_all_that_was_seen_holds(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(ROOS, f"/audit?tid={portal.tid('orvane.example')}")
    page.get_by_role("button", name="Verify chain").click()
    expect(page.get_by_role("status").filter(has_text="chain intact")).to_be_visible()

    verified = portal.run("audit", "verify")

    assert (verified.returncode, verified.stderr) == (0, "")
