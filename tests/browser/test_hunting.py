"""Hunting in a browser: the schema inserts, Ctrl-Enter runs, the fault has the cursor, and it looks right."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.looking import AXE, look, turn
from tests.browser.people import INES
from tests.browser.portal import Portal
from tools.shots import MODES

pytestmark = pytest.mark.browser

CHARTED = "AlertInfo%0A|%20summarize%20Alerts%20=%20count()%20by%20Severity"


def open_hunting(
    open_as: OpenAs, portal: Portal, more: str = "", *, tid: str = "", **options: object
) -> Page:
    return open_as(INES, f"/hunting?tid={tid or portal.tid('orvane.example')}{more}", **options)


def test_query_is_put_together_and_run_by_keys(open_as: OpenAs, portal: Portal) -> None:
    page = open_hunting(open_as, portal)
    query = page.get_by_label("Query", exact=True)
    query.focus()
    page.get_by_role("button", name="AlertInfo", exact=True).click()
    page.keyboard.type("\n| project ")
    page.get_by_role("button", name="AlertId string", exact=True).first.click()
    page.keyboard.type(",")
    page.get_by_role("button", name="Title string", exact=True).first.click()
    page.keyboard.type("\n| take 3")
    expect(query).to_have_value("AlertInfo\n| project AlertId,Title\n| take 3")
    assert page.locator("[data-hunt-gutter] span").all_inner_texts() == ["1\n", "2\n", "3\n"]

    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("3 rows")).to_be_visible()
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["query"] == ["AlertInfo\r\n| project AlertId,Title\r\n| take 3"]
    expect(query).to_have_value("AlertInfo\n| project AlertId,Title\n| take 3")
    # The address alone brings it back, and a row leads to its alert.
    page.reload()
    page.locator(".hunt-result tbody a").first.click()
    expect(page).to_have_url(re.compile(r"/alerts/.+tid="))


def test_cursor_stands_where_the_query_is_wrong(open_as: OpenAs, portal: Portal) -> None:
    page = open_hunting(open_as, portal, "&query=AlertInfo%0A|%20where%20Titel%20==%20'x'%0A|%20take%201")
    fault = page.get_by_role("alert").filter(has_text="Titel")
    expect(fault).to_contain_text("Line 2, column 9")
    expect(fault).to_contain_text("did you mean Title?")
    query = page.get_by_label("Query", exact=True)
    expect(query).to_be_focused()
    assert query.evaluate("area => area.value.slice(area.selectionStart).startsWith('Titel')")
    expect(page.locator("[data-hunt-gutter] .is-faulty")).to_have_text("2")


def test_chart_and_table_say_the_same(open_as: OpenAs, portal: Portal) -> None:
    page = open_hunting(open_as, portal, f"&span=any&query={CHARTED}")
    expect(page.get_by_role("img", name="Alerts by Severity")).to_be_visible()
    page.get_by_role("link", name="Table Chart").click()
    expect(page.locator("#hunting-chart-table")).to_be_visible()
    rows = page.locator(".hunt-result tbody tr").count()
    assert page.locator("#hunting-chart-table tbody tr").count() == rows


@pytest.mark.one_engine
@pytest.mark.parametrize("tid", ["", "all"])
def test_looks_right_everywhere(open_as: OpenAs, portal: Portal, tid: str) -> None:
    more = f"&span=any&query={CHARTED}"
    page = open_hunting(open_as, portal, more, tid=tid, **MODES["light"], reduced_motion="reduce")
    result, faulty = page.url, page.url.replace("AlertInfo", "AlertInf")
    for address, shown in ((result, ".hunt-result"), (faulty, "[role=alert]")):
        turn(page, "light")
        page.goto(address)
        expect(page.locator(shown).first).to_be_visible()
        page.evaluate(AXE)
        for mode in MODES:
            turn(page, mode)
            assert look(page, mode) == [], (address, mode)


def test_works_without_scripts(open_as: OpenAs, portal: Portal) -> None:
    page = open_hunting(open_as, portal, java_script_enabled=False)
    page.get_by_label("Query", exact=True).fill("AlertInfo | count")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("1 row", exact=True)).to_be_visible()
