"""Every page in every light: nothing for axe to find, nothing wider than a phone, nothing left in English."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page

from tests.browser.conftest import OpenAs
from tests.browser.looking import AXE, look, turn
from tests.browser.people import FEMKE, INES, ROOS, RUTGER
from tests.browser.portal import Portal
from tools.shots import ADMINISTRATOR, ANALYST, LEAD, MODES, PAGES, find_details

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="How pages look does not depend on the database."
    ),
]

KB = 1000
# Where the words are the portal's: what came in from outside may be in any language.
OUR_WORDS = "nav, header, button, summary, label, legend, dt, h2, th[scope=col]"
# Words of the frame and of signing in: none of them is a Dutch word as well.
ENGLISH = (
    *("Overview", "Incidents", "Devices", "Customers", "Users and guests", "Groups", "Roles", "Domains"),
    *("Audit log", "Properties", "Sign out", "Sign in", "Sign up", "Password", "Search", "Guest", "Member"),
)
# A page as it is sent: nothing of it is laid out or run, which takes most of the time of a visit. What styles
# hide is read as well.
READ = """([address, words]) => fetch(address).then(answer => answer.text()).then(text => {
    const sent = new DOMParser().parseFromString(text, "text/html");
    return [sent.documentElement.lang, ...Array.from(sent.querySelectorAll(words), one => one.textContent)];
})"""


@pytest.fixture(scope="module")
def places() -> dict[str, str]:
    """Addresses of details, found once by `find_places`."""
    return {}


def find_places(viewers: Mapping[str, Page], tid: str, places: dict[str, str]) -> dict[str, str]:
    """The first of everything that has pages of its own in a tenant, and its id."""
    if places.get("tid") != tid:
        places.update(find_details(viewers, tid))
    return places


@pytest.mark.parametrize("half", [0, 1])
def test_every_page_is_accessible_and_fits(
    open_as: OpenAs, portal: Portal, places: dict[str, str], half: int
) -> None:
    viewers = {
        who: open_as(who, "/account/" if who else "/sign-in", **MODES["light"], reduced_motion="reduce")
        for who in ("", INES, FEMKE, ROOS)
    }
    assert {who for _name, who, _address in PAGES} == set(viewers) == {"", ANALYST, LEAD, ADMINISTRATOR}
    found = find_places(viewers, portal.tid("orvane.example"), places)
    findings = {}

    for name, who, address in PAGES[half::2]:
        page = viewers[who]
        turn(page, "light")
        page.goto(address.format(**found))
        page.evaluate(AXE)
        for mode in MODES:
            turn(page, mode)
            if wrong := look(page, mode):
                findings[f"{name}, {mode}"] = wrong

    assert findings == {}


def test_every_page_is_dutch_to_who_reads_dutch(open_as: OpenAs, portal: Portal) -> None:
    stranger = open_as("", "/sign-in", locale="nl-NL")
    administrator = open_as(RUTGER, "/account/")
    viewers = dict.fromkeys((ANALYST, LEAD, ADMINISTRATOR), administrator)
    found = find_places(viewers, portal.tid("meridaal.example"), {})
    findings = {}

    for name, who, address in PAGES:
        page = administrator if who else stranger
        language, *texts = page.evaluate(READ, [address.format(**found), OUR_WORDS])
        assert texts, name
        words = "\n".join(texts)
        wrong = [word for word in ENGLISH if re.search(rf"\b{word}\b", words)]
        wrong += [] if language == "nl" else ["is not in Dutch"]
        if wrong:
            findings[name] = wrong

    assert findings == {}


class Scale:
    """Weighs all bodies that a browser takes in, as they come over the wire."""

    def __init__(self, page: Page) -> None:
        self.weight = 0
        self._heads: dict[str, int] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self._note_head)
        session.on("Network.loadingFinished", self._weigh)

    def _note_head(self, event: dict[str, Any]) -> None:
        self._heads[event["requestId"]] = event["response"]["encodedDataLength"]

    def _weigh(self, event: dict[str, Any]) -> None:
        # What the cache of the browser had weighs nothing, and has no head that came over the wire.
        self.weight += max(0, event["encodedDataLength"] - self._heads[event["requestId"]])


def test_queue_weighs_little_on_the_first_visit_and_less_on_the_next(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid("orvane.example")
    page = open_as(INES, "about:blank")
    scale = Scale(page)

    page.goto(f"/incidents?tid={tid}", wait_until="networkidle")
    first = scale.weight
    page.goto(f"/incidents?tid={tid}&sort=activity", wait_until="networkidle")
    second = scale.weight - first

    assert 20 * KB < first < 60 * KB
    assert 2 * KB < second < 15 * KB
