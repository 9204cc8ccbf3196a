"""Microsoft's guide "Grant MSSP access", from a customer without anything to the end of the access.

Two people of a provider and the administrator of a customer, each in a browser of their own. What they do
builds on what they did before, so it is one story.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.asking import (
    ask_for,
    decide,
    expect_refused,
    follow,
    forget_sign_in,
    let_time_pass,
    open_waiting,
    refused_text,
    state_of,
    status_of,
)
from tests.browser.conftest import OpenAs
from tests.browser.people import BRAM, FEMKE, IMOGEN, WREN
from tests.browser.portal import Portal, serve_portal

pytestmark = pytest.mark.browser

PROVIDER, CUSTOMER = "Veldwacht MDR", "Quillmark Publishers"
APPROVERS, TIER_1, TIER_2 = "MSSP Analyst Approvers", "Tier 1 Analyst", "Tier 2 Analyst"
ABSENT = "0f6d3a3e-9a43-4b0c-8d53-5f7a0a3d7c11"
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One of the story's own: what the customer offers in it, other tests would come upon."""
    with serve_portal(tmp_path_factory.mktemp("guide")) as portal:
        yield portal


@pytest.fixture(scope="module")
def sessions() -> dict[str, Any]:
    """Who is signed in there."""
    return {}


@dataclass(frozen=True)
class Administrator:
    """Of the customer: sets up, decides, reviews, stops."""

    page: Page
    phone: Page
    tid: str

    def set_up(self, directory_id: str) -> Mapping[str, str]:
        """Set the provider up by the ready-made form; returns the durable link of each package."""
        page = self.page
        page.goto(f"/access-packages/set-up?tid={self.tid}")
        page.get_by_label("The provider's Directory ID or domain").fill(directory_id)
        page.get_by_label("Who of us decides").fill(IMOGEN)
        page.get_by_role("button", name="Show what will be made").click()
        plan = page.get_by_role("region", name="What will be made")
        expect(plan).to_contain_text("Nothing is made yet")
        for thing in (f"Connected organization {PROVIDER}", f"Group {APPROVERS}", f"Group {TIER_1}"):
            expect(plan).to_contain_text(thing)
        for thing in (f"Group {TIER_2}", "Catalog MSSP Accesses", f"Access package {TIER_2}"):
            expect(plan).to_contain_text(thing)
        page.get_by_role("button", name=f"Make it in {CUSTOMER}").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Links of MSSP Accesses")
        return {name: self._read_link(name) for name in (APPROVERS, TIER_1, TIER_2)}

    def _read_link(self, package: str) -> str:
        region = self.page.get_by_role("region", name=package)
        return region.get_by_label("Link to ask for it", exact=True).input_value()

    def look_at_what_was_made(self) -> None:
        page = self.page
        page.goto(f"/groups?tid={self.tid}")
        for name in (APPROVERS, TIER_1, TIER_2):
            expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
        page.goto(f"/roles?tid={self.tid}")
        for name in (TIER_1, TIER_2):
            holders = page.locator("a[href^='/groups/']").filter(has_text=re.compile(f"^{name}$"))
            expect(holders).to_be_visible()
        page.goto(f"/connected-organizations?tid={self.tid}")
        expect(page.get_by_role("row").filter(has_text=PROVIDER)).to_contain_text("Configured")
        page.goto(f"/access-packages?tid={self.tid}")
        expect(page.get_by_role("region", name="MSSP Accesses").get_by_role("rowheader")).to_have_count(3)

    def approve_on_the_phone(self, who: str, why: str) -> None:
        open_waiting(self.phone, who)
        assert self.phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        decide(self.phone, why)
        expect(self.phone.locator(".toast")).to_contain_text(f"Approved for {who}")

    def read_audit(self, tag: str, who: str) -> str:
        """The words of the newest event of somebody whose tag begins so."""
        self.page.goto(f"/audit?tid={self.tid}&tag={tag}")
        self.page.get_by_role("row").filter(has_text=who).get_by_role("link").first.click()
        return self.page.locator("main").inner_text()

    def verify_audit(self) -> None:
        self.page.goto(f"/audit?tid={self.tid}")
        self.page.get_by_role("button", name="Verify chain").click()
        expect(self.page.get_by_role("status").filter(has_text="chain intact")).to_be_visible()

    def begin_review(self, package: str) -> None:
        page = self.page
        page.goto(f"/reviews/begin?tid={self.tid}")
        offered = page.get_by_label("Package and policy").locator("option", has_text=f"{package}:")
        page.get_by_label("Package and policy").select_option(label=offered.inner_text())
        page.get_by_role("button", name="Begin the review").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(package)

    def answer_remove(self, why: str) -> None:
        self.page.get_by_role("link", name="Answer one by one").click()
        self.page.get_by_label("Your reason").fill(why)
        self.page.get_by_role("button", name="Remove", exact=True).click()
        expect(self.page.locator("main")).to_contain_text("1 of 1")

    def end_review(self) -> None:
        self.page.get_by_role("link", name="Apply now").click()
        self.page.get_by_role("button", name="Apply the review").click()
        expect(self.page.locator("main")).to_contain_text("Removed")

    def stop_provider(self, why: str) -> None:
        page = self.page
        page.goto(f"/outside-access?tid={self.tid}")
        page.get_by_role("link", name=f"Stop {PROVIDER}").click()
        expect(page.get_by_role("region", name="What this changes")).to_contain_text("Bram Kuipersloot")
        page.get_by_label("Reason").fill(why)
        page.get_by_role("button", name=f"Stop {PROVIDER} at {CUSTOMER}").click()
        expect(page.get_by_role("region", name="Stopped now")).to_contain_text(why)

    def lift_stop(self, why: str) -> None:
        self.page.get_by_role("link", name=f"Lift {PROVIDER}").click()
        self.page.get_by_label("Reason").fill(why)
        self.page.get_by_role("button", name=f"Lift at {CUSTOMER}").click()
        expect(self.page.get_by_role("region", name="Stopped now")).to_have_count(0)


@dataclass(frozen=True)
class Lead:
    """Of the provider: asks to decide who of its analysts gets in, and then decides."""

    page: Page

    def read_directory_id(self) -> str:
        self.page.goto("/properties")
        return self.page.get_by_label("Directory ID", exact=True).input_value()

    def is_helped(self, tid: str) -> None:
        assert status_of(self.page, f"/?tid={tid}") == 404
        expect_refused(self.page)
        offered = self.page.get_by_role("region", name=f"{CUSTOMER} offers you this")
        expect(offered.get_by_role("listitem")).to_have_count(3)
        expect(offered).to_contain_text("Approved by Imogen Tarrant")

    def asks_to_approve(self, link: str, password: str) -> None:
        page = self.page
        follow(page, link)
        expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Continue").click()
        facts = page.locator("dl.properties").first
        for words in ("Gives", APPROVERS, "365 days", "Imogen Tarrant", f"no access to {CUSTOMER}"):
            expect(facts).to_contain_text(words)
        ask_for(page, "I answer for our analysts at Quillmark.")
        timeline = page.get_by_role("region", name="Timeline")
        expect(timeline.get_by_role("listitem")).to_have_text(
            [re.compile("Submitted.*I answer for our analysts"), re.compile("Pending approval")]
        )

    def approves(self, who: str, why: str) -> None:
        open_waiting(self.page, who, CUSTOMER)
        decide(self.page, why)

    def approves_what_was_decided_elsewhere(self, who: str, why: str) -> None:
        """Open the same request twice; what is decided in one tab is told in the other."""
        self.page.goto("/approvals")
        expect(self.page.get_by_role("columnheader", name="Tenant")).to_be_visible()
        open_waiting(self.page, who, CUSTOMER)
        second = self.page.context.new_page()
        second.goto(self.page.url)
        decide(self.page, why)
        with second.expect_response(lambda response: response.request.method == "POST") as answer:
            second.get_by_role("button", name="Deny").click()
        assert answer.value.status == 409
        expect(second.locator("main")).to_contain_text("decided already, by Femke Ooijens")
        second.close()


@dataclass(frozen=True)
class Analyst:
    """Of the provider: asks, enters, extends, is kept out."""

    page: Page
    tid: str

    def asks(self, link: str, why: str, length: str = "") -> None:
        follow(self.page, link)
        ask_for(self.page, why, length)

    def is_kept_out(self) -> None:
        assert status_of(self.page, f"/?tid={self.tid}") == 404
        expect_refused(self.page)

    def is_inside(self) -> None:
        """As a guest, with the role that lets incidents be read."""
        assert status_of(self.page, f"/?tid={self.tid}") == 200
        expect(self.page).to_have_title(re.compile(f"^{CUSTOMER}"))
        expect(self.page.locator(".stripe")).to_contain_text("Guest")
        assert status_of(self.page, f"/incidents?tid={self.tid}") == 200
        expect(self.page.locator("[data-row-link]").first).to_be_visible()

    def reads_why(self) -> None:
        self.page.goto(f"/incidents?tid={self.tid}&why=1")
        strip = self.page.get_by_role("region", name="Why you can see this")
        expect(strip).to_contain_text(TIER_1)

    def reads_end(self) -> str:
        self.page.goto("/myaccess")
        held = self.page.get_by_role("region", name="What I have").get_by_role("listitem")
        return held.filter(has_text=CUSTOMER).locator("time").inner_text()

    def asks_to_extend(self, why: str, length: str) -> None:
        self.page.goto("/myaccess")
        self.page.get_by_role("link", name=re.compile(f"^Extend.*{CUSTOMER}")).click()
        self.page.get_by_label("For how long").select_option(label=length)
        self.page.get_by_label("Why do you still need it?").fill(why)
        self.page.get_by_role("button", name=f"Ask to extend in {CUSTOMER}").click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Pending approval")
        expect(self.page.get_by_role("link", name="Cancel this request")).to_be_visible()


def test_guide_from_an_empty_directory_to_the_end_of_access(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid("quillmark.example")
    imogen = Administrator(open_as(IMOGEN), open_as(IMOGEN, viewport=PHONE), tid)
    femke, bram = Lead(open_as(FEMKE)), Analyst(open_as(BRAM), tid)

    # The provider gives its Directory ID; the customer sets it up, and hands out the links.
    bram.is_kept_out()
    links = imogen.set_up(femke.read_directory_id())
    imogen.look_at_what_was_made()

    # The provider's lead asks to approve analysts; the customer says yes.
    femke.is_helped(tid)
    forget_sign_in(portal, FEMKE)
    femke.asks_to_approve(links[APPROVERS], portal.password(FEMKE))
    imogen.approve_on_the_phone("Femke Ooijens", "As agreed in the contract.")
    femke.page.reload()
    expect(femke.page.get_by_role("region", name="Timeline")).to_contain_text("As agreed in the contract.")

    # An analyst asks; the lead says yes, from home.
    bram.asks(links[TIER_1], "I take the night shifts.", "30 days")
    bram.is_kept_out()
    femke.approves_what_was_decided_elsewhere("Bram Kuipersloot", "On the rota.")
    bram.is_inside()
    bram.reads_why()

    # The customer sees each step, with who and why.
    for tag, who, words in (
        ("provider.set_up", "Imogen Tarrant", PROVIDER),
        ("approval.approved", "Imogen Tarrant", "As agreed in the contract."),
        ("access_request.submitted", "Bram Kuipersloot", "I take the night shifts."),
        ("approval.approved", "Femke Ooijens", "On the rota."),
        ("assignment.created", "Femke Ooijens", TIER_1),
        ("tenant.entered", "Bram Kuipersloot", CUSTOMER),
    ):
        assert words in imogen.read_audit(tag, who), tag
    imogen.verify_audit()

    # Longer: asked, decided, and the end moves.
    before = bram.reads_end()
    bram.asks_to_extend("The rota goes on.", "90 days")
    assert bram.reads_end() == before
    femke.approves("Bram Kuipersloot", "It does.")
    assert bram.reads_end() != before

    # Reviewed: no more needed, out with the next request.
    imogen.begin_review(TIER_1)
    imogen.answer_remove("Not on the rota any more.")
    bram.is_inside()
    imogen.end_review()
    bram.is_kept_out()
    assert "Access expired" in state_of(bram.page, TIER_1, CUSTOMER)

    # Asked again; then everybody of the provider is stopped at once, and let in again.
    bram.asks(links[TIER_1], "Back on the rota.")
    femke.approves("Bram Kuipersloot", "Welcome back.")
    bram.is_inside()
    stop_and_lift(imogen, bram)

    # It ends by the clock, without a job.
    bram.page.goto(f"/incidents?tid={tid}")
    let_time_pass(portal, tid, BRAM)
    bram.page.locator("[data-row-link]").first.click()
    expect_refused(bram.page)
    assert "Access expired" in state_of(bram.page, TIER_1, CUSTOMER)
    assert portal.run("audit", "verify").returncode == 0
    nothing_is_seen_by_the_outsider(open_as(WREN), tid, links)


def stop_and_lift(imogen: Administrator, bram: Analyst) -> None:
    """What is open in a tab gives nothing more, neither to a click nor to the part that asks by itself."""
    click, watch = bram.page, bram.page.context.new_page()
    for page in (click, watch):
        page.goto(f"/incidents?tid={bram.tid}")
    expect(watch.locator("[data-live]")).to_have_count(1)
    imogen.stop_provider("A laptop of theirs was stolen.")
    click.locator("[data-row-link]").first.click()
    expect_refused(click)
    # It asks within ten seconds, and no more once it is refused.
    expect(watch.locator("[data-live]")).to_have_count(0, timeout=20_000)
    watch.close()
    imogen.lift_stop("The laptop was found.")
    bram.is_inside()


def nothing_is_seen_by_the_outsider(page: Page, tid: str, links: Mapping[str, str]) -> None:
    """A tenant that offers her nothing is one that does not exist, and so are its packages."""
    for path in ("/?tid={}", "/incidents?tid={}", "/myaccess/@{}"):
        assert refused_text(page, path, tid) == refused_text(page, path, ABSENT)
    place, other = "quillmark.example", "absent.example"
    assert refused_text(page, "/myaccess/@{}", place) == refused_text(page, "/myaccess/@{}", other)
    for link in links.values():
        follow_in_vain(page, link)
        package_id = link.rpartition("/")[2]
        path = f"/myaccess/@{place}/access-packages/{{}}"
        assert refused_text(page, path, package_id) == refused_text(page, path, ABSENT)


def follow_in_vain(page: Page, link: str) -> None:
    page.goto("about:blank")
    page.goto(link)
    expect_refused(page)
    assert CUSTOMER not in page.content()
