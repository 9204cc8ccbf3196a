"""Two people at once: what one does arrives at the other, who is not disturbed by it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenAs
from tests.browser.people import INES
from tests.browser.portal import Portal
from tests.connectors.samples import as_lines, graph_alert, graph_incident

pytestmark = pytest.mark.browser

CASPER = "casper.eikendal@orvane.example"
DOMAIN = "orvane.example"
SMALL = {"width": 1280, "height": 420}


def top_of(row: Locator) -> float:
    box = row.bounding_box()
    assert box
    return box["y"]


def bring_in(portal: Portal, tid: str, file: Path) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    times = {"createdDateTime": now, "lastUpdateDateTime": now}
    alert = graph_alert(id="da-live", incidentId="990041", **times)
    file.write_bytes(as_lines([graph_incident(alert, id="990041", displayName="Came in meanwhile", **times)]))
    assert portal.run("import", "--tid", tid, str(file)).returncode == 0


def test_change_arrives_where_it_is_without_disturbing_the_reader(
    open_as: OpenAs, portal: Portal, tmp_path: Path
) -> None:
    tid = portal.tid(DOMAIN)
    page = open_as(INES, f"/incidents?tid={tid}", viewport=SMALL)
    rows = page.locator("tr[data-row]")
    known = str(rows.nth(rows.count() - 4).get_attribute("data-row"))
    row = page.locator(f'tr[data-row^="{known.rpartition(".")[0]}"]')
    link, box = row.locator("[data-row-link]"), row.locator("[data-row-check]")
    box.check()
    link.focus()
    before = top_of(row)
    assert page.evaluate("window.scrollY") > 0

    other = open_as(CASPER, str(link.get_attribute("href")))
    other.get_by_role("button", name="Assign to me").click()

    expect(row).to_contain_text("Casper Eikendal")
    expect(link).to_be_focused()
    expect(box).to_be_checked()
    expect(page.locator("[data-live-said]")).to_contain_text("changed")
    assert top_of(row) == before

    bring_in(portal, tid, tmp_path / "new.ndjson")
    pill = page.locator(".new-pill")
    expect(pill).to_contain_text("new")
    page.keyboard.press("n")
    expect(rows.filter(has_text="Came in meanwhile")).to_have_count(1)
    expect(pill).to_have_count(0)
    expect(link).to_be_focused()
    expect(box).to_be_checked()
    assert top_of(row) == before


def test_page_says_who_else_looks_and_keeps_what_is_typed(open_as: OpenAs, portal: Portal) -> None:
    address = f"/incidents/4120?tid={portal.tid(DOMAIN)}"
    page, other = open_as(INES, address), open_as(CASPER, address)
    expect(page.locator(".onlookers")).to_contain_text("Casper Eikendal is looking at this")
    expect(other.locator(".onlookers")).to_contain_text("Ines Vermaat is looking at this")
    page.locator("#comment").fill("Half a thought")

    other.locator("#comment").fill("It was the printer.")
    other.get_by_role("button", name="Comment", exact=True).click()
    page.locator("[data-live-show]").click()

    expect(page.locator(".timeline")).to_contain_text("It was the printer.")
    expect(page.locator("#comment")).to_have_value("Half a thought")
    expect(page.locator(".live-bar")).to_have_count(0)
    other.context.close()
    expect(page.locator(".onlookers")).to_be_empty()
