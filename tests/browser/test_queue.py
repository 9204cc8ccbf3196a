"""An analyst's work on incidents: by the keyboard, one by one, many at once, and two at the same time."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.people import INES, JORIS, MARIT, press
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser

# Whose incidents these tests change; the others only look at the shipping company's.
CHANGED, LOOKED_AT = "hoogmade.example", "orvane.example"


def open_incidents(open_as: OpenAs, portal: Portal, who: str, domain: str, more: str = "") -> Page:
    return open_as(who, f"/incidents?tid={portal.tid(domain)}{more}")


def nth_link(page: Page, n: int) -> str:
    return str(page.locator("[data-row-link]").nth(n).get_attribute("href"))


def test_queue_by_keyboard(open_as: OpenAs, portal: Portal) -> None:
    page = open_incidents(open_as, portal, INES, LOOKED_AT)
    rows = page.locator("[data-row-link]")
    second = nth_link(page, 1)

    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(portal.base_url + second)

    press(page, "g")
    page.keyboard.press("i")
    expect(page).to_have_url(re.compile(r"/incidents\?tid="))
    press(page, "/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("jk?gi")
    expect(page.locator("[data-search]")).to_have_value("jk?gi")


def test_help_opens_and_closes_by_keys(open_as: OpenAs, portal: Portal) -> None:
    page = open_incidents(open_as, portal, INES, LOOKED_AT)
    before = page.url
    keys = page.get_by_role("dialog", name="All keys")

    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Jump to")).to_be_visible()
    page.keyboard.press("Escape")

    assert page.url == before


def test_palette_finds_things_and_letters_can_be_switched_off(open_as: OpenAs, portal: Portal) -> None:
    page = open_incidents(open_as, portal, INES, LOOKED_AT)
    number = page.locator(".col-id").first.inner_text()
    options = page.get_by_role("dialog", name="Jump to").get_by_role("option")

    page.keyboard.press("Control+k")
    page.keyboard.type("copy the link")
    expect(options.first).to_contain_text("Copy the link of Orvane Shipping")
    page.keyboard.press("Control+a")
    page.keyboard.type(number)
    expect(options.filter(has_text=number).first).to_contain_text("Orvane Shipping")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/incidents/{number}\?tid="))

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="All keys")
    expect(keys.locator("[data-own-keys]")).to_contain_text("Classify")
    keys.get_by_label("Keys of one letter do something").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(keys).to_be_hidden()
    expect(page).to_have_url(re.compile(rf"/incidents/{number}\?tid="))


def test_incident_is_worked_on_by_keys_alone(open_as: OpenAs, portal: Portal) -> None:
    page = open_incidents(open_as, portal, INES, CHANGED, "&assigned=none")
    page.locator("[data-row-link]").first.click()
    facts = page.locator(".facts")
    expect(facts).to_be_visible()

    press(page, "m")
    expect(facts).to_contain_text("Ines Vermaat")
    press(page, "s")
    page.get_by_role("button", name="Awaiting").press("Enter")
    expect(facts).to_contain_text("Awaiting")
    press(page, "e")
    page.get_by_label("What was it?").select_option(label="Phishing")
    page.get_by_label("What was it?").locator("xpath=ancestor::form").get_by_role("button").press("Enter")
    expect(facts).to_contain_text("Phishing")
    press(page, "t")
    page.keyboard.type("night shift, <b>bold</b>")
    page.keyboard.press("Enter")
    expect(page.locator("h1 .tag")).to_have_text(["night shift", "<b>bold</b>"])
    press(page, "c")
    page.keyboard.type("Called the customer; they know the sender.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".comment")).to_contain_text(["Called the customer; they know the sender."])
    expect(page.get_by_role("heading", level=1).locator("b")).to_have_count(0)


def test_second_of_two_analysts_is_told_and_loses_nothing(open_as: OpenAs, portal: Portal) -> None:
    first = open_incidents(open_as, portal, INES, CHANGED, "&status=any&sort=age")
    address = nth_link(first, 3)
    first.goto(address)
    second = open_as(JORIS, address)
    second.locator("#comment").fill("Half a sentence that nobody has sent")

    change_status(first, "Awaiting")
    change_status(second, "In progress")

    expect(second.get_by_role("alert")).to_contain_text("Nothing was changed")
    expect(second.locator(".facts")).to_contain_text("Awaiting")
    expect(second.locator("#comment")).to_have_value("Half a sentence that nobody has sent")
    change_status(second, "In progress")
    expect(second.locator(".facts")).to_contain_text("In progress")
    expect(second.locator("#comment")).to_have_value("Half a sentence that nobody has sent")


def change_status(page: Page, status: str) -> None:
    page.locator("summary[data-key=s]").click()
    page.get_by_role("button", name=status).click()


def test_many_are_selected_and_changed_at_once(open_as: OpenAs, portal: Portal) -> None:
    page = open_incidents(open_as, portal, INES, CHANGED, "&status=active")
    chosen = [nth_link(page, 0), nth_link(page, 2)]
    bar = page.get_by_role("region", name="What is selected")
    for key in "jxjjx":
        page.keyboard.press(key)
    expect(bar).to_contain_text("2 selected in Hoogmade")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    for key in "xkkx":
        page.keyboard.press(key)

    page.keyboard.press("s")
    apply_status(page)

    expect(page.locator(".toast")).to_contain_text("2 incidents changed")
    for address in chosen:
        page.goto(address)
        expect(page.locator(".facts")).to_contain_text("In progress")


def test_what_another_changed_meanwhile_is_refused_and_the_rest_done(open_as: OpenAs, portal: Portal) -> None:
    page = open_incidents(open_as, portal, INES, CHANGED, "&status=resolved")
    for n in (4, 5):
        page.locator("[data-row-check]").nth(n).check()
    change_status(open_as(JORIS, nth_link(page, 5)), "Awaiting")

    page.keyboard.press("s")
    apply_status(page)

    expect(page.get_by_role("heading", level=1)).to_contain_text("1 done, 1 refused")
    expect(page.locator(".results li").first).to_contain_text("Refused")


def apply_status(page: Page) -> None:
    page.get_by_role("combobox", name="Status").select_option(label="In progress")
    page.get_by_role("button", name=re.compile("^Status in Hoogmade")).click()


def test_reader_is_offered_no_change_and_refused_one(open_as: OpenAs, portal: Portal) -> None:
    page = open_incidents(open_as, portal, MARIT, LOOKED_AT)
    expect(page.get_by_role("checkbox")).to_have_count(0)
    page.locator("[data-row-link]").first.click()
    expect(page.locator(".facts")).to_be_visible()

    assert page.get_by_role("button", name=re.compile("Assign|Status|Classify|Comment|Save")).count() == 0
    assert page.locator("main textarea:not([readonly])").count() == 0
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    path, _, query = page.url.partition("?")
    form: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token, "status": "resolved", "version": "1"}
    refused = page.request.post(f"{path}/status?{query}", form=form, headers={"Referer": page.url})
    assert refused.status == 403
    assert "incident.update" in refused.text()


def test_links_of_old_mails_lead_here(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid(LOOKED_AT)
    page = open_as(INES, f"/alerts?tid={tid}")
    alert_link = nth_link(page, 0)
    alert_id = alert_link.partition("?")[0].removeprefix("/alerts/")
    incident_link = str(page.locator("td.col-id a").first.get_attribute("href"))
    number = re.findall(r"/incidents/(\d+)", incident_link)[0]

    for old, new in (
        (f"/homepage?tid={tid}", f"/?tid={tid}"),
        (f"/machines?tid={tid}", f"/devices?tid={tid}"),
        (f"/alert/{alert_id}?tid={tid}", alert_link),
        (f"/incident/{number}?tid={tid}", incident_link),
        (
            f"/incidents/byalert?alertId={alert_id}&source=SIEM&tid={tid}",
            f"/incidents/{number}?alertId={alert_id}&source=SIEM&tid={tid}",
        ),
    ):
        response = page.goto(old)
        assert response is not None
        assert (response.status, page.url) == (200, portal.base_url + new)
        expect(page).to_have_title(re.compile("^Orvane Shipping"))
