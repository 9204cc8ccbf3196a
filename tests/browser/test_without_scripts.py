"""The same portal for a browser that runs no scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenAs
from tests.browser.people import JORIS, sign_in
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser


def test_sign_in_switch_filter_and_change_without_scripts(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(path="/sign-in", java_script_enabled=False)
    sign_in(page, JORIS, portal.password(JORIS))
    expect(page).to_have_title(re.compile("^Veldwacht MDR"))

    page.locator("details.switcher > summary").click()
    page.locator(".switcher").get_by_role("link", name="All directories").click()
    page.get_by_role("link", name=re.compile("Hoogmade Instruments")).first.click()
    expect(page).to_have_title(re.compile("^Hoogmade Instruments"))
    page.get_by_role("navigation").get_by_role("link", name=re.compile("^Incidents")).click()

    page.locator("summary[data-key=f]").click()
    page.locator("select[name=status]").select_option("resolved")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("status=resolved"))
    statuses = page.locator("tbody .col-status")
    expect(statuses).to_have_text([re.compile("Resolved")] * statuses.count())

    page.locator("[data-row-link]").last.click()
    page.locator("summary[data-key=s]").click()
    page.get_by_role("button", name="In progress").click()
    expect(page.locator(".facts")).to_contain_text("In progress")
    expect(page.locator(".toast")).to_contain_text("Status saved")
    page.locator("#comment").fill("Opened again.")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".comment").last).to_contain_text("Opened again.")


def test_many_are_changed_without_scripts(open_as: OpenAs, portal: Portal) -> None:
    path = f"/incidents?tid={portal.tid('hoogmade.example')}&status=active"
    page = open_as(JORIS, path, java_script_enabled=False)
    page.locator("[data-row-check]").last.check()

    page.get_by_role("region", name="What is selected").get_by_role("button", name="Tag").click()
    page.get_by_label("Tags to add").fill("seen without scripts")
    page.get_by_role("button", name=re.compile("^Tag in Hoogmade")).click()

    expect(page.locator(".toast")).to_contain_text("1 incident changed")
    expect(page.locator(".tag", has_text="seen without scripts").first).to_be_visible()
