"""Every page in every light: nothing for axe to find, nothing wider than a phone, nothing left in English."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Response

from tests.browser.conftest import OpenAs
from tests.browser.people import INES, ROOS, RUTGER
from tests.browser.portal import Portal
from tools.shots import ADMINISTRATOR, ANALYST, MODES, PAGES

pytestmark = pytest.mark.browser

KIB = 1024
# The navigation in English: none of these is a Dutch word as well.
ENGLISH = ("Overview", "Customers", "Users and guests", "Groups", "Roles", "Audit log", "Properties", "Sign out")


@pytest.fixture(scope="module")
def places() -> dict[str, str]:
    """Addresses of details, found once by `find_places`."""
    return {}


def find_places(page: Page, tid: str, places: dict[str, str]) -> dict[str, str]:
    """The first incident, alert and device of a tenant, and its id."""
    if places.get("tid") != tid:
        places["tid"] = tid
        for name in ("incident", "alert", "device"):
            page.goto(f"/{name}s?tid={tid}")
            places[name] = str(page.locator("[data-row-link]").first.get_attribute("href"))
    return places


def axe_findings(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['target']} and {len(one['nodes']) - 1} more" for one in found]


@pytest.mark.parametrize("mode", MODES)
def test_every_page_is_accessible_and_fits(
    open_as: OpenAs, portal: Portal, places: dict[str, str], mode: str
) -> None:
    options = {**MODES[mode], "device_scale_factor": 1, "reduced_motion": "reduce"}
    viewers = {who: open_as(who, "/account/" if who else "/sign-in", **options) for who in ("", INES, ROOS)}
    assert {who for _name, who, _address in PAGES} == set(viewers) == {"", ANALYST, ADMINISTRATOR}
    found = find_places(viewers[INES], portal.tid("orvane.example"), places)
    findings = {}

    for name, who, address in PAGES:
        page = viewers[who]
        page.goto(address.format(**found))
        wrong = axe_findings(page)
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        wrong += [f"{width} px too wide"] if width > 0 else []
        wrong += [] if page.locator("html").get_attribute("lang") == "en" else ["is not in English"]
        if wrong:
            findings[name] = wrong

    assert findings == {}


def test_every_page_is_dutch_to_who_reads_dutch(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(RUTGER, "/account/", viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    found = find_places(page, portal.tid("meridaal.example"), {})
    findings = {}

    for name, who, address in PAGES:
        if not who:
            continue
        page.goto(address.format(**found))
        words = page.locator("body").inner_text()
        wrong = [word for word in ENGLISH if re.search(rf"\b{word}\b", words)]
        wrong += [] if page.locator("html").get_attribute("lang") == "nl" else ["is not in Dutch"]
        wrong += axe_findings(page)
        if wrong:
            findings[name] = wrong

    assert findings == {}


class Scale:
    """Weighs what a browser takes in, as it comes over the wire."""

    def __init__(self, context: BrowserContext) -> None:
        self.weights: dict[str, int] = {}
        context.on("requestfinished", lambda request: self._weigh(request.response()))

    def _weigh(self, response: Response | None) -> None:
        if response is None or response.request.resource_type not in {"document", "stylesheet", "script"}:
            return
        if not response.from_service_worker:
            self.weights[response.url] = response.request.sizes()["responseBodySize"]


def weigh_visit(page: Page, address: str) -> dict[str, int]:
    scale = Scale(page.context)
    page.goto(address, wait_until="networkidle")
    return scale.weights


def test_queue_weighs_little_on_the_first_visit_and_less_on_the_next(
    open_as: OpenAs, portal: Portal
) -> None:
    address = f"/incidents?tid={portal.tid('orvane.example')}"
    page = open_as(INES, "about:blank")

    first = weigh_visit(page, address)
    html = next(weight for url, weight in first.items() if url.endswith(address))

    assert len(first) > 5
    assert sum(first.values()) < 60 * KIB
    assert html < 15 * KIB


def test_assets_are_kept_for_good(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(INES, f"/incidents?tid={portal.tid('orvane.example')}")

    assets: list[Any] = page.eval_on_selector_all(
        "link[rel=stylesheet], script[src]", "all => all.map(a => a.href || a.src)"
    )

    assert len(assets) > 5
    for asset in assets:
        headers = page.request.get(asset).headers
        assert "immutable" in headers["cache-control"], asset
        assert headers.get("content-encoding") in {"gzip", "br"}, asset
