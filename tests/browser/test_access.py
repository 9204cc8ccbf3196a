"""Shorter ways to access: without scripts, in an emergency, for an hour; what a change would do; lists."""

import csv
import io
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.asking import ask_for, decide, expect_refused, open_waiting, state_of, status_of
from tests.browser.conftest import OpenAs
from tests.browser.people import AOIFE, BRAM, DILARA, FEMKE, ROOS
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser

TENANT = "Orvane Shipping"
WRITE_UP = (
    "Nobody of Orvane could be reached. A jump host was signing in to the domain controllers; "
    "I isolated it and handed the case to Casper in the morning."
)


def plain_link(page: Page, tid: str, package: str) -> str:
    """The path of a package's page that needs no script, as its administrator reads it."""
    page.goto(f"/access-packages?tid={tid}")
    page.get_by_role("link", name=package, exact=True).click()
    return page.get_by_label("The same without JavaScript", exact=True).input_value()


def download_csv(page: Page, link: str) -> list[dict[str, str]]:
    """What a link to a CSV file gives."""
    with page.expect_download() as started:
        page.get_by_role("link", name=link).first.click()
    text = started.value.path().read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_access_is_asked_for_without_scripts(open_as: OpenAs, portal: Portal) -> None:
    link = plain_link(open_as(ROOS), portal.tid("orvane.example"), "Tier 2 Analyst")
    page = open_as(DILARA, java_script_enabled=False)
    page.goto(link)
    if page.get_by_label("Password").count():
        page.get_by_label("Password").fill(portal.password(DILARA))
        page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tier 2 Analyst")

    ask_for(page, "The jump hosts need live response.", "30 days")

    expect(page.get_by_role("region", name="Timeline")).to_contain_text("The jump hosts need live response.")
    page.get_by_role("link", name="Cancel this request").click()
    page.get_by_role("button", name=f"Cancel the request in {TENANT}").click()
    assert "Canceled" in state_of(page, "Tier 2 Analyst", TENANT)


def test_glass_is_broken_by_two_and_written_up(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid("orvane.example")
    bram, aoife, roos = open_as(BRAM, "/myaccess"), open_as(AOIFE), open_as(ROOS)
    bram.get_by_role("link", name=re.compile(f"^Emergency entry.*{TENANT}")).click()
    expect(bram.locator("main")).to_contain_text("A second person of your organization must confirm it")
    ask_for(bram, "Domain controllers are being encrypted.")

    # One alone opens nothing, and cannot be the second as well.
    assert status_of(bram, f"/?tid={tid}") == 404
    bram.goto("/approvals")
    expect(bram.get_by_role("row").filter(has_text="Break glass")).to_have_count(0)

    open_waiting(aoife, "Bram Kuipersloot", "Break glass")
    decide(aoife, "I called twice myself.")
    assert status_of(bram, f"/incidents?tid={tid}") == 200

    roos.goto(f"/?tid={tid}")
    told = "Bram Kuipersloot has emergency access (Break glass), confirmed by Aoife Kinnarney"
    expect(roos.locator("main")).to_contain_text(told)

    bram.goto("/myaccess")
    bram.get_by_role("link", name=re.compile(f"^Give up.*Break glass, {TENANT}")).click()
    bram.get_by_role("button", name=f"Give up access to {TENANT}").click()
    assert status_of(bram, f"/?tid={tid}") == 404
    expect_refused(bram)
    bram.goto("/myaccess")
    bram.get_by_role("link", name="Write it").click()
    bram.get_by_label("What happened").fill(WRITE_UP)
    bram.get_by_role("button", name=f"Send to {TENANT}").click()

    roos.goto(f"/break-glass?tid={tid}")
    roos.get_by_role("link", name="Bram Kuipersloot").click()
    expect(roos.locator("main")).to_contain_text(WRITE_UP)
    roos.get_by_role("button", name=f"Take note for {TENANT}").click()
    expect(roos.get_by_role("button", name=f"Take note for {TENANT}")).to_have_count(0)
    roos.goto(f"/break-glass?tid={tid}")
    expect(roos.get_by_role("row").filter(has_text="Bram Kuipersloot")).to_contain_text("Roos Bredeveld")


def test_role_is_held_for_an_hour_and_given_back(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid("orvane.example")
    page = open_as(FEMKE)
    # Device groups are run by those who administer security.
    assert status_of(page, f"/device-groups/create?tid={tid}") == 403
    page.goto(f"/elevation?tid={tid}")
    page.get_by_role("link", name="Activate Security Administrator").click()
    page.get_by_label("For how long").select_option(label="1 hour")
    page.get_by_label("Why do you need it?").fill("Sorting the device groups with Casper.")
    page.get_by_role("button", name=f"Activate in {TENANT}").click()

    assert status_of(page, f"/device-groups/create?tid={tid}") == 200

    page.goto(f"/elevation?tid={tid}")
    page.get_by_role("link", name="Deactivate Security Administrator").click()
    page.locator("main form").get_by_role("button").first.click()
    expect(page.get_by_role("link", name="Activate Security Administrator")).to_be_visible()
    assert status_of(page, f"/device-groups/create?tid={tid}") == 403


def test_what_a_change_would_do_is_shown_and_not_done(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid("orvane.example")
    page = open_as(ROOS, f"/roles?tid={tid}")
    name = "Take Tier 1 Analyst back from Tier 1 Analysts"

    page.get_by_role("link", name=name).click()

    effects = page.get_by_role("region", name="What this changes")
    expect(effects).to_contain_text("Nothing is saved yet")
    expect(effects).to_contain_text("lose")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("link", name=name)).to_be_visible()


def test_lists_of_customers_and_of_who_may_enter_whom_are_downloaded(open_as: OpenAs) -> None:
    page = open_as(FEMKE, "/customers")
    customers = download_csv(page, "CSV")
    page.goto("/coverage")
    coverage = download_csv(page, "CSV")

    assert TENANT in str(customers)
    assert "Kestrelmoor" not in str(customers)
    assert "Ines Vermaat" in str(coverage)
    assert TENANT in str(coverage)
