"""A file of alerts is dropped on the page, counted, and found again; a second time changes nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.importing import import_file
from tests.browser.people import NIAMH
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser

DOMAIN = "corvanta.example"


def make_alert(number: int) -> dict[str, object]:
    return {
        "id": f"browser-test-{number}",
        "tenantId": "4f7a1c9e-6d2b-4c58-9e0f-a1b2c3d4e5f6",
        "title": f"Ledger {number} opened <script>alert(1)</script>",
        "severity": "high",
        "status": "new",
        "category": "Collection",
        "serviceSource": "microsoftDefenderForEndpoint",
        "incidentId": "904211",
        "createdDateTime": "2026-11-20T08:15:00Z",
        "lastUpdateDateTime": "2026-11-20T08:15:00Z",
        "evidence": [],
    }


def make_records() -> list[dict[str, object]]:
    bad = {**make_alert(2), "createdDateTime": "the day before yesterday"}
    return [make_alert(1), bad, make_alert(3)]


def number_of(page: Page, label: str) -> str:
    """The label, its number and its note, on one line."""
    return " ".join(page.locator(".numbers > div", has_text=label).inner_text().split())


def test_file_is_imported_counted_and_found_and_twice_changes_nothing(
    open_as: OpenAs, portal: Portal
) -> None:
    tid = portal.tid(DOMAIN)
    page = open_as(NIAMH)

    import_file(page, tid, "ledgers.json", make_records())
    assert number_of(page, "Alerts created") == "Alerts created 2 0 updated, 0 unchanged"
    assert number_of(page, "Rejected") == "Rejected 1 records"
    fault = page.locator("table[aria-labelledby=faults] tbody tr")
    expect(fault).to_have_count(1)
    expect(fault.locator("td").first).to_have_text("2")
    expect(fault).to_contain_text("createdDateTime")

    import_file(page, tid, "ledgers.json", make_records())
    assert number_of(page, "Alerts created") == "Alerts created 0 0 updated, 2 unchanged"

    page.goto(f"/alerts?tid={tid}&q=Ledger&status=any")
    expect(page.locator("[data-row-link]")).to_have_count(2)
    expect(page.locator("[data-row-link]").first).to_contain_text("<script>alert(1)</script>")
    page.locator("[data-row-link]").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("opened <script>alert(1)</script>")
