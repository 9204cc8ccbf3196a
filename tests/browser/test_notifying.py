"""A notification rule, from its form to the test mail in the demo's mailbox."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenAs
from tests.browser.people import NIAMH
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser

TENANT = "Corvanta Retail"


def test_rule_is_made_previewed_and_tested_by_a_mail(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid("corvanta.example")
    page = open_as(NIAMH, f"/notifications/create?tid={tid}")
    page.get_by_label("Name", exact=True).fill("To the shop floor")
    page.get_by_label("Include organization name").check()
    page.get_by_label("Include tenant-specific portal link").check()
    page.get_by_role("button", name="Preview the mail").click()
    mail = page.frame_locator("iframe.mail-frame")
    expect(mail.get_by_text(TENANT, exact=True)).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("To the shop floor")

    page.get_by_role("button", name=f"Create at {TENANT}").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("To the shop floor Active")
    page.get_by_label("To", exact=True).fill("floor@corvanta.example")
    page.get_by_role("button", name="Send test email").click()
    expect(page.get_by_role("status").last).to_contain_text("A test is on its way to floor@corvanta.example.")

    found = page.get_by_role("row").filter(has_text="floor@corvanta.example")
    for _try in range(20):
        page.goto(f"/mailbox?tid={tid}")
        if found.count():
            break
        page.wait_for_timeout(500)
    found.get_by_role("link").click()
    shown = page.frame_locator("iframe.mail-frame")
    expect(shown.get_by_text("This is a test. The rule would tell it like this:")).to_be_visible()
    link = shown.get_by_role("link").first.get_attribute("href") or ""
    assert link.endswith(f"?tid={tid}")
