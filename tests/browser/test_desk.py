"""What a provider's desk works by: tenant groups, service levels, reports; and what belongs together."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.importing import import_file
from tests.browser.people import AOIFE, FEMKE, INES, NIAMH
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser

DUTCH, ELSEWHERE = "Orvane Shipping", "Brackwell Water Authority"
# Without a service level in the demo.
BARE = "Gravendal Polytechnic"
# Where alerts are put together and apart.
MERGED = "corvanta.example"


def tenants_listed(page: Page) -> set[str]:
    names = page.locator("tbody tr .col-tenant").all_inner_texts()
    return {name.strip() for name in names}


def test_group_by_rule_and_all_but_that_group_share_the_tenants_between_them(open_as: OpenAs) -> None:
    femke = open_as(FEMKE, "/tenant-groups/create")
    femke.get_by_role("textbox", name="Name").fill("Dutch desk")
    femke.get_by_label("every member of your organization").check()
    femke.get_by_role("region", name="Takes").get_by_label("Netherlands", exact=True).first.check()
    expect(femke.get_by_role("region", name="Your tenants in it now")).to_contain_text(DUTCH)
    expect(femke.get_by_role("region", name="Your tenants in it now")).not_to_contain_text(ELSEWHERE)
    femke.get_by_role("button", name="Create tenant group").click()
    expect(femke.get_by_role("heading", level=1)).to_contain_text("Dutch desk every member")

    ines = open_as(INES, "/tenant-groups/create")
    ines.get_by_role("textbox", name="Name").fill("The rest")
    ines.get_by_label("All customers").check()
    ines.get_by_role("region", name="Leaves out").get_by_label("Dutch desk").check()
    ines.get_by_role("button", name="Create tenant group").click()
    ines.get_by_role("link", name="Queue").last.click()
    expect(ines).to_have_url(re.compile(r"/incidents\?tid=group%3AThe\+rest"))
    expect(ines.locator("tbody tr").first).to_be_visible()
    rest = tenants_listed(ines)
    ines.goto("/incidents?tid=group:Dutch desk")
    dutch = tenants_listed(ines)
    assert rest
    assert dutch
    assert not rest & dutch
    for path in ("/", "/alerts", "/devices", "/users", "/audit", "/hunting", "/report"):
        ines.goto(f"{path}?tid=group:The rest")
        expect(ines.locator(".stripe")).to_contain_text("The rest")
        expect(ines.locator("main")).not_to_contain_text(DUTCH)
    # A private one is nobody else's, not even by its address.
    assert femke.goto("/incidents?tid=group:The rest").status == 404  # type: ignore[union-attr]
    femke.goto("/tenant-groups")
    expect(femke.get_by_role("link", name="Dutch desk").first).to_be_visible()
    expect(femke.get_by_role("link", name="The rest")).to_have_count(0)


def make_alert(name: str, device: str, minutes: int) -> dict[str, object]:
    """One that names no incident: what it belongs to is found here."""
    at = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    found = {"@odata.type": "#microsoft.graph.security.deviceEvidence", "createdDateTime": at}
    return {
        "id": f"desk-{name}",
        "title": f"Desk {name}",
        "severity": "high",
        "status": "new",
        "category": "Execution",
        "serviceSource": "microsoftDefenderForEndpoint",
        "createdDateTime": at,
        "lastUpdateDateTime": at,
        "evidence": [{**found, "deviceDnsName": device, "mdeDeviceId": device}],
    }


def incident_of(page: Page, tid: str, name: str) -> str:
    """The number of the incident that an alert is in, whose page is then open."""
    page.goto(f"/alerts/desk-{name}?tid={tid}")
    page.locator("a[href^='/incidents/']").first.click()
    page.wait_for_url(re.compile(r"/incidents/\d+"))
    found = re.search(r"/incidents/(\d+)", page.url)
    assert found
    return found[1]


def test_alerts_of_one_device_come_together_and_are_put_elsewhere_by_people(
    open_as: OpenAs, portal: Portal
) -> None:
    tid = portal.tid(MERGED)
    page = open_as(NIAMH)
    records = [
        make_alert("one", "desk-1.corvanta.example", 9),
        make_alert("two", "desk-1.corvanta.example", 5),
        make_alert("three", "desk-2.corvanta.example", 4),
        make_alert("four", "desk-3.corvanta.example", 3),
    ]
    import_file(page, tid, "desk.json", records)
    together, third, fourth = (incident_of(page, tid, name) for name in ("one", "three", "four"))
    assert len({together, third, fourth}) == 3
    assert incident_of(page, tid, "two") == together
    expect(page.locator("main")).to_contain_text("Correlated: same device desk-1")
    expect(page.locator("main")).to_contain_text("as \u201cDesk one\u201d, 4 minutes apart")

    page.get_by_role("link", name="Move or merge").click()
    page.get_by_role("listitem").filter(has_text="Desk two").get_by_role("checkbox").check()
    page.get_by_label("Into the incident with the number").fill(third)
    page.get_by_label("Reason").select_option(index=1)
    page.get_by_label("Comment").fill("It began on the other machine")
    page.get_by_role("button", name="Move the selected alerts").click()
    assert incident_of(page, tid, "two") == third
    expect(page.locator("main")).to_contain_text("It began on the other machine")

    page = open_as(AOIFE, "/incidents?tid=all&severity=high&assigned=none")
    for number in (third, fourth):
        row_of(page, number).get_by_role("checkbox").check()
    stranger = page.locator("tbody tr").filter(has_not_text="Corvanta Retail").first
    stranger.get_by_role("checkbox").check()
    page.get_by_role("button", name="Merge").click()
    page.get_by_label("Into").select_option(value=f"{tid}.{third}")
    page.get_by_role("button", name=re.compile("^Merge in")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 done, 1 refused")
    refused = page.locator(".results li").filter(has_text="Refused")
    expect(refused).to_have_count(1)
    expect(refused).not_to_contain_text("Corvanta")
    assert incident_of(page, tid, "four") == third


def row_of(page: Page, number: str) -> Locator:
    """The row of an incident of the tenant that this is about."""
    cell = page.locator(".col-id", has_text=re.compile(rf"^\s*{number}\s*$"))
    return page.locator("tbody tr").filter(has_text="Corvanta Retail").filter(has=cell)


def test_service_level_starts_clocks_fills_the_report_and_files_hold_what_the_list_shows(
    open_as: OpenAs, portal: Portal
) -> None:
    femke = open_as(FEMKE, "/service-levels")
    expect(femke.get_by_text(BARE)).to_have_count(0)
    page = open_as(INES, "/incidents?tid=all&status=open")
    row = page.locator("tbody tr").filter(has_text=BARE).first
    expect(row.locator(".col-due")).to_contain_text("none")

    femke.get_by_role("link", name="New service level").click()
    femke.get_by_role("textbox", name="Name").fill("Bronze")
    for severity in ("High", "Medium", "Low"):
        targets = femke.get_by_role("group", name=severity, exact=True)
        targets.get_by_label("Take on within").fill("1")
        targets.get_by_label("Resolve within").fill("10080")
    femke.get_by_role("button", name="Create service level").click()
    femke.get_by_role("link", name="Assign to customers").click()
    femke.get_by_label("Service level").select_option(label="Bronze")
    femke.get_by_label(BARE).check()
    femke.get_by_role("button", name="Assign").click()
    expect(femke.get_by_role("region", name="Bronze")).to_contain_text(BARE)

    page.reload()
    row = page.locator("tbody tr").filter(has_text=BARE).filter(has_text="Unassigned").last
    expect(row.locator(".col-due")).to_contain_text("late")
    femke.goto("/report?tid=all")
    told = femke.locator("tbody tr").filter(has_text=BARE)
    expect(told).to_contain_text("Bronze")
    told.get_by_role("link").first.click()
    expect(femke.locator("main")).to_contain_text("service level Bronze")
    femke.emulate_media(media="print")
    expect(femke.locator(".report-period")).to_be_hidden()
    expect(femke.get_by_role("heading", name="Time to acknowledge and resolve")).to_be_visible()
    femke.emulate_media(media="screen")

    shown = page.locator("tbody [data-row-link]").first.inner_text()
    page.locator("summary", has_text="Export").click()
    for form in ("CSV", "NDJSON"):
        with page.expect_download() as download:
            page.get_by_role("button", name=form, exact=True).click()
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
        assert shown in text
        assert len(text.splitlines()) > page.locator("tbody tr").count()


def test_overview_says_of_one_tenant_a_group_and_all_what_their_queues_hold(
    open_as: OpenAs, portal: Portal
) -> None:
    page = open_as(INES)
    for tid, by_tenant in ((portal.tid("orvane.example"), 0), ("group:Gold", 1), ("all", 1)):
        page.goto(f"/?tid={tid}")
        number = page.locator(".numbers > div", has_text="Open incidents").locator("b").inner_text()
        expect(page.locator(".nav a[href^='/incidents']").first).to_contain_text(number)
        expect(page.get_by_role("heading", name="Open by tenant")).to_have_count(by_tenant)
        for name in ("Alerts per day", "Time to acknowledge and resolve", "Open by age", "Open by category"):
            plot = page.get_by_role("region", name=name)
            expect(plot.locator("svg.plot-drawing")).to_be_visible()
            plot.get_by_role("link", name="Table").click()
            expect(plot.get_by_role("table")).to_be_visible()
            expect(plot.locator("svg.plot-drawing")).to_be_hidden()
        page.get_by_role("region", name="Open by age").get_by_role("link", name="Queue").click()
        expect(page).to_have_url(re.compile(r"/incidents\?.*status=open"))
        expect(page.locator("tbody tr").first).to_be_visible()
