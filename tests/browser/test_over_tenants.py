"""What people do over several customers at once: change, take, save, search, warn; each in its own tenant."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.people import AOIFE, FEMKE, INES, NIAMH, PRIYA, ROOS, press
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser

TOM = "tom.achterberg@veldwacht.example"
# Where Tom may look and change nothing, and where he may do both.
LOOKS, WORKS = "Lindqvale Energy", "Brackwell Water Authority"
WARNED = ("Orvane Shipping", "Corvanta Retail")
TAKES_AT_ONCE = 4


def let_only_look(portal: Portal, tenant: str, address: str) -> None:
    """Move a guest from the analysts of a tenant to its readers."""
    portal.run_code(f"""
from tidegate.directory.models import Group, GroupMembership, Tenant
tid = Tenant.objects.get(display_name={tenant!r}).id
readers = Group.objects.of_tenant(tid).get(display_name="Security readers")
held = GroupMembership.objects.of_tenant(tid).filter(user__account__email={address!r})
assert held.update(group_id=readers.id) == 1
""")


def named_everywhere(portal: Portal) -> tuple[str, str]:
    """A hash that alerts of both warned tenants name, and a device of the first."""
    words = portal.run_code(f"""
from tidegate.devices.models import Device
from tidegate.directory.models import Tenant
from tidegate.incidents.models import Indicator
first, second = (Tenant.objects.get(display_name=name).id for name in {WARNED!r})
hashes = Indicator.objects.of_tenant(first).filter(kind="sha256").order_by("value")
both = Indicator.objects.of_tenant(second).filter(value__in=hashes.values("value"))
print(both.values_list("value", flat=True).first())
print(Device.objects.of_tenant(first).filter(dns_name__gt="").order_by("dns_name").first().dns_name)
""")
    value, device = words.split()
    return value, device


def rows_of(page: Page, tenant: str) -> Locator:
    return page.locator("tbody tr").filter(has_text=tenant)


def choose(page: Page, *tenants: str) -> list[str]:
    """Tick the first row of each of these tenants; the links of the rows."""
    for tenant in tenants:
        rows_of(page, tenant).first.get_by_role("checkbox").check()
    return [str(rows_of(page, one).first.locator("[data-row-link]").get_attribute("href")) for one in tenants]


def expect_one_refused(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 done, 1 refused")
    refused, done = (page.locator(".results li").filter(has_text=name) for name in (LOOKS, WORKS))
    expect(refused).to_contain_text("Refused")
    expect(refused).to_contain_text("Your role in this tenant does not allow it.")
    expect(done).to_contain_text("Done")


def test_rows_of_two_tenants_are_changed_where_ones_role_allows_it_and_changed_back(
    open_as: OpenAs, portal: Portal
) -> None:
    let_only_look(portal, LOOKS, TOM)
    page = open_as(TOM, "/incidents?tid=all&assigned=none")
    page.locator("summary.chip", has_text="Tenant").click()
    page.get_by_label("Find a tenant by name or ID").fill(LOOKS[:6])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("tenant="))
    expect(rows_of(page, LOOKS)).to_have_count(page.locator("tbody tr").count())
    page.go_back()

    links = choose(page, LOOKS, WORKS)
    expect(page.get_by_role("region", name="What is selected")).to_contain_text("2 tenants")
    page.keyboard.press("a")
    page.get_by_role("button", name=re.compile("^Assign in")).click()
    expect_one_refused(page)
    page.get_by_role("button", name="Undo 1 change").click()
    expect(page.locator(".toast").first).to_be_visible()
    for link in links:
        page.goto(link)
        expect(page.locator(".facts")).not_to_contain_text("Tom Achterberg")

    page.goto("/incidents?tid=all&assigned=none")
    choose(page, LOOKS, WORKS)
    page.keyboard.press("t")
    page.get_by_label("Tags to add").fill("wave 7")
    page.get_by_role("button", name=re.compile("^Tag in")).click()
    expect_one_refused(page)
    page.get_by_role("link", name="Back to the incidents").click()
    expect(rows_of(page, WORKS).first.locator(".tag").filter(has_text="wave 7")).to_have_count(1)
    expect(rows_of(page, LOOKS).filter(has_text="wave 7")).to_have_count(0)


def test_two_analysts_who_take_the_next_at_the_same_time_never_get_the_same(
    open_as: OpenAs, portal: Portal
) -> None:
    pages = [open_as(who, "/incidents?tid=all") for who in (PRIYA, AOIFE)]
    for page in pages:
        # All requests of both are on their way before the first is answered.
        page.evaluate(
            """number => {
                const form = document.querySelector("form:has([data-key=w])");
                const take = () => fetch(form.action, {method: "POST", body: new FormData(form)});
                window.taken = Promise.all(Array.from({length: number}, take));
            }""",
            TAKES_AT_ONCE,
        )
    taken = [page.evaluate("window.taken.then(all => all.map(one => one.url))") for page in pages]

    assert all(re.search(r"/incidents/\d+\?tid=[0-9a-f-]{36}$", url) for some in taken for url in some)
    assert len({url for some in taken for url in some}) == 2 * TAKES_AT_ONCE
    for page, some, name in zip(pages, taken, ("Priya Talsma", "Aoife Kinnarney"), strict=True):
        for url in some:
            page.goto(url)
            expect(page.locator(".facts")).to_contain_text(name)
        page.goto("/incidents?tid=all")
        press(page, "w")
        expect(page.locator(".toast").first).to_contain_text("is yours")
        expect(page.locator(".facts")).to_contain_text(name)


def test_a_list_over_all_customers_is_kept_and_what_alerts_name_is_found_in_all(
    open_as: OpenAs, portal: Portal
) -> None:
    lead, mine = open_as(FEMKE, "/incidents?tid=all&severity=high"), open_as(INES, "/alerts?tid=all")
    for page, name, is_shared in ((lead, "High everywhere", True), (mine, "My alerts", False)):
        press(page, "v")
        page.get_by_label("Save this list as").fill(name)
        sharing = page.get_by_label("For all my colleagues")
        expect(sharing).to_have_count(int(is_shared))
        if is_shared:
            sharing.check()
        page.get_by_role("button", name="Save view").click()
        expect(page.locator(".toast")).to_contain_text(f"View saved: {name}")
    colleague = open_as(PRIYA, "/alerts?tid=all")
    press(colleague, "v")
    expect(colleague.get_by_text("No saved views yet.")).to_be_visible()
    for page in (mine, colleague):
        page.goto(f"/incidents?tid={portal.tid('orvane.example')}")
        press(page, "v")
        page.get_by_role("link", name="High everywhere").click()
        expect(page).to_have_url(f"{portal.base_url}/incidents?tid=all&severity=high")
        expect(page.locator("tbody tr").first).to_contain_text("High")

    value, device = named_everywhere(portal)
    title = mine.locator("tbody [data-row-link]").first.inner_text()
    search_for(mine, title)
    found = mine.get_by_role("region", name="Incidents").locator("tbody tr")
    expect(found.filter(has_text=title).first).to_be_visible()
    expect(mine).to_have_url(re.compile(r"/search\?tid=all&q="))
    # What was looked for stands there still; a hash that several tenants saw takes its place.
    search_for(mine, value)
    for tenant in WARNED:
        expect(mine.get_by_role("region", name="Named by alerts")).to_contain_text(tenant)
    # A name that only one thing has leads there at once, in its own tenant.
    search_for(mine, device)
    expect(mine).to_have_url(re.compile(rf"/devices/.+\?tid={portal.tid('orvane.example')}"))
    expect(mine.get_by_role("heading", level=1)).to_contain_text(device)


def search_for(page: Page, text: str) -> None:
    press(page, "/")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_each_customer_that_saw_a_hash_is_warned_by_itself(open_as: OpenAs, portal: Portal) -> None:
    value, _device = named_everywhere(portal)
    page = open_as(INES, f"/sightings?tid=all&q={value}")
    for tenant in WARNED:
        expect(rows_of(page, tenant)).to_have_count(1)
    page.get_by_role("link", name="Write an advisory").click()
    for box in page.get_by_role("checkbox").all():
        box.set_checked(False)
    for tenant in WARNED:
        page.get_by_label(tenant).check()
    page.get_by_label("Title").fill("Remove this file")
    page.get_by_label("Text").fill(f"As at {WARNED[1]}, it is {value}.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_contain_text("must name none of your tenants")
    page.get_by_label("Text").fill(f"Remove {value} wherever it is.")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Change the text").click()
    expect(page.get_by_label("Text")).to_have_value(f"Remove {value} wherever it is.")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Send to 2 tenants").click()
    expect(page.locator(".results li").filter(has_text="Sent")).to_have_count(2)

    for who, tenant, other in ((ROOS, *WARNED), (NIAMH, *WARNED[::-1])):
        told = open_as(who, "/inbox")
        item = told.get_by_role("row").filter(has_text=tenant).filter(has_text="Advisory")
        expect(item).to_have_count(1)
        item.get_by_role("link").first.click()
        comment = told.locator(".comment").filter(has_text="Remove this file")
        expect(comment).to_contain_text(f"Remove {value} wherever it is.")
        expect(told.locator("main")).not_to_contain_text(other)
    outsider = open_as("wren.hollister@kestrelmoor.example", "/inbox")
    expect(outsider.get_by_role("heading", level=1)).to_have_text("Inbox")
    expect(outsider.get_by_text("Advisory")).to_have_count(0)


def widths_of(page: Page, address: str, width: int, column: str) -> list[float]:
    """How wide the cells of a column are, in pixels, in a window of this width."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    found = page.locator(f"tbody {column}").evaluate_all(
        "cells => cells.map(cell => cell.getBoundingClientRect().width)"
    )
    return [float(one) for one in found]


@pytest.mark.one_engine
@pytest.mark.parametrize("width", [1280, 1428, 1488])
def test_titles_keep_their_room_beside_clocks(open_as: OpenAs, width: int) -> None:
    page = open_as(INES, "/incidents?tid=all")
    for address in ("/incidents?tid=all", "/alerts?tid=all"):
        assert min(widths_of(page, address, width, ".col-title")) > 20 * 13
    expect(page.get_by_role("columnheader", name="Activity")).to_be_visible(visible=width == 1488)
    expect(page.get_by_role("columnheader", name="Assigned to")).to_be_visible(visible=width > 1280)


@pytest.mark.one_engine
def test_what_was_done_and_to_what_share_the_room(open_as: OpenAs) -> None:
    page = open_as(FEMKE, "/audit?tid=all")
    what, target = (
        min(widths_of(page, "/audit?tid=all", 1280, one))
        for one in (".col-name", ".half-cell:not(.col-name)")
    )
    assert min(what, target) > 180


@pytest.mark.one_engine
def test_phone_says_when_each_falls_due_where_that_is_the_order(open_as: OpenAs) -> None:
    page = open_as(INES, "/incidents?tid=all")
    assert min(widths_of(page, "/incidents?tid=all&sort=due", 360, ".due")) > 0
    expect(page.locator("tbody .due").first).to_be_visible()
    assert set(widths_of(page, "/incidents?tid=all", 360, ".due")) == {0}
