"""An administrator's work: guests in and out, groups, roles, domains, properties; a tenant of one's own."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.people import INES, NIAMH, ROOS, WREN, sign_in
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser

# A customer whose directory the other tests leave alone.
HOST, HOST_NAME = "corvanta.example", "Corvanta"
NEWCOMER, NEWCOMER_PASSWORD = "vera.lindeboom@newcomer.example", "a sentence long enough to guess in vain"
GUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


def invite(page: Page, tid: str, address: str, **fields: str) -> str:
    """Invite a guest; returns the link that is shown once."""
    page.goto(f"/users/invite?tid={tid}")
    page.get_by_label("Email address").fill(address)
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)
    page.locator("form.form button.button-primary").click()
    return page.get_by_label("Invitation link").input_value()


def sign_up(page: Page, address: str, password: str, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign up").click()


def test_new_person_is_invited_enters_works_and_is_removed(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid(HOST)
    ends_at = (datetime.now(ZoneInfo("Europe/Amsterdam")) + timedelta(days=9)).strftime("%Y-%m-%dT18:00")
    administrator = open_as(NIAMH)
    shown = invite(administrator, tid, NEWCOMER, Name="Vera Lindeboom", Access_ends=ends_at)
    mailed = re.search(r"http://\S+/invitations/\S+", portal.await_mail_to(NEWCOMER))
    assert mailed is not None
    assert mailed[0] == shown
    administrator.get_by_role("link", name="Open the user").click()
    user_page = administrator.url

    # The guest, elsewhere: signs up with the invited address, which the link has shown to be theirs.
    guest = open_as(path=shown)
    guest.get_by_role("link", name="Sign up").click()
    sign_up(guest, NEWCOMER, NEWCOMER_PASSWORD, "Vera Lindeboom")
    guest.get_by_role("button", name=re.compile("Accept")).click()
    expect(guest).to_have_url(f"{portal.base_url}/?tid={tid}")
    expect(guest).to_have_title(re.compile(f"^{HOST_NAME}"))
    expect(guest.locator(".stripe")).to_contain_text("Guest")

    # The administrator sees who it is, and gives them a role by a group.
    administrator.goto(user_page)
    expect(administrator.get_by_text(re.compile(r"^vera\.lindeboom_newcomer\.example#EXT#@"))).to_be_visible()
    expect(administrator.get_by_label("Object ID")).to_have_value(GUID)
    guest.goto(f"/incidents?tid={tid}")
    expect(guest.locator("[data-row-link]")).to_have_count(0)
    administrator.goto(f"/groups?tid={tid}")
    administrator.get_by_role("link", name="Tier 1 Analysts").click()
    administrator.get_by_label("User").fill(NEWCOMER)
    administrator.get_by_role("button", name="Add to Tier 1 Analysts").click()
    expect(administrator.get_by_role("link", name="Vera Lindeboom", exact=True)).to_be_visible()
    guest.goto(f"/incidents?tid={tid}")
    expect(guest.locator("[data-row-link]").first).to_be_visible()

    # Removed: what is open in the guest's tab answers nothing more.
    administrator.goto(user_page)
    administrator.get_by_role("link", name="Remove").click()
    expect(administrator.locator("main")).to_contain_text(HOST_NAME)
    administrator.get_by_role("button", name=re.compile("Remove")).click()
    guest.locator("[data-row-link]").first.click()
    expect(guest.get_by_role("heading", level=1)).to_contain_text("cannot enter")
    assert HOST_NAME not in guest.content()


def test_account_of_another_tenant_redeems_and_nobody_else_can(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid(HOST)
    administrator = open_as(NIAMH)
    link = invite(administrator, tid, WREN, Reason_for_no_end="A friend of the house")

    wrong = open_as(ROOS, link)
    expect(wrong.get_by_text("made out to another address")).to_be_visible()
    expect(wrong.get_by_role("button", name=re.compile("Accept"))).to_have_count(0)
    assert WREN not in wrong.content()

    # Signs in on the way, and comes back to the invitation.
    right = open_as(path=link)
    right.get_by_role("link", name="Sign in").click()
    sign_in(right, WREN, portal.password(WREN))
    right.get_by_role("button", name=re.compile("Accept")).click()
    expect(right).to_have_url(f"{portal.base_url}/?tid={tid}")
    expect(right.locator(".stripe")).to_contain_text("Guest")

    # The link works once, and looks like one that never was.
    again = right.request.get(link)
    never = right.request.get(link[:-4] + "AAAA")
    assert again.status == never.status == 404

    administrator.goto(f"/users?tid={tid}&q=wren")
    administrator.get_by_role("link", name="Wren Hollister").click()
    administrator.get_by_role("link", name="Remove").click()
    administrator.get_by_role("button", name=re.compile("Remove")).click()
    right.goto(f"/?tid={tid}")
    expect(right.get_by_role("heading", level=1)).to_contain_text("cannot enter")


def test_group_and_role_come_and_go(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid(HOST)
    page = open_as(NIAMH, f"/groups/create?tid={tid}")
    page.get_by_label("Name", exact=True).fill("Night watch")
    page.get_by_label("Description").fill("Reads at night.")
    page.locator("form.form button.button-primary").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Night watch")

    page.goto(f"/roles?tid={tid}")
    page.get_by_label("Role", exact=True).select_option("Security Reader")
    page.get_by_label("To the group").select_option("Night watch")
    page.get_by_role("button", name=re.compile("^Give in")).click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Night watch"))
    expect(row).to_contain_text("Security Reader")
    row.get_by_role("link", name="Take Security Reader back from Night watch").click()
    page.locator("main form button").click()
    expect(row).to_have_count(0)

    page.goto(f"/groups?tid={tid}")
    page.get_by_role("link", name="Night watch").click()
    page.get_by_role("link", name="Delete").click()
    expect(page.locator("main")).to_contain_text(HOST_NAME)
    page.locator("main form button").click()
    expect(page.get_by_role("link", name="Night watch")).to_have_count(0)


def test_domain_that_was_added_is_no_way_in_before_it_is_verified(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid(HOST)
    page = open_as(NIAMH, f"/domains?tid={tid}")
    page.get_by_label("Domain", exact=True).fill("Corvanta-Shops.example")
    page.get_by_role("button", name=re.compile("^Add to")).click()
    expect(page.get_by_text("corvanta-shops.example", exact=True).first).to_be_visible()
    expect(page.get_by_label("TXT record")).to_have_value(re.compile(".{20}"))

    response = page.request.get("/?tid=corvanta-shops.example")

    assert response.status == 404
    page.get_by_role("link", name="Remove corvanta-shops.example").click()
    page.locator("main form button").click()
    expect(page.get_by_text("corvanta-shops.example", exact=True)).to_have_count(0)


def test_properties_that_are_changed_show_to_guests(open_as: OpenAs, portal: Portal) -> None:
    tid = portal.tid(HOST)
    page = open_as(NIAMH, f"/properties/edit?tid={tid}")
    contact = page.get_by_label("Technical contact")
    before = contact.input_value()
    contact.fill("not an address")
    page.locator("form.form button.button-primary").click()
    expect(page.locator(".field-error")).to_be_visible()

    for value in ("soc@corvanta.example", before):
        contact.fill(value)
        page.locator("form.form button.button-primary").click()
        guest = open_as(INES, f"/properties?tid={tid}")
        expect(guest.get_by_role("link", name=value)).to_be_visible()
        expect(guest.get_by_role("link", name="Edit")).to_have_count(0)
        page.goto(f"/properties/edit?tid={tid}")


def test_new_person_starts_a_trial_tenant(open_as: OpenAs, portal: Portal) -> None:
    address = "otto.eversdijk@trial.example"
    page = open_as(path="/sign-up")
    sign_up(page, address, NEWCOMER_PASSWORD, "Otto Eversdijk")
    expect(page.get_by_role("heading", level=1)).to_have_text("Verify your email address")
    code = re.search(r"^\s*(\S{4,}-?\S*)\s*$", portal.mails_to(address)[-1].partition(":")[2], re.MULTILINE)
    assert code is not None
    page.get_by_label("Code from the mail").fill("WRONG1")
    page.get_by_role("button", name="Verify").click()
    expect(page.locator(".field-error")).to_be_visible()
    page.get_by_label("Code from the mail").fill(code[1])
    page.get_by_role("button", name="Verify").click()

    expect(page).to_have_url(re.compile("/start"))
    page.get_by_label("Name of the organization").fill("Eversdijk Boatyard")
    page.get_by_role("button", name="Start").click()

    expect(page).to_have_title(re.compile("^Eversdijk Boatyard"))
    page.goto("/")
    expect(page).to_have_title(re.compile("^Eversdijk Boatyard"))
    page.get_by_role("navigation").get_by_role("link", name="Users and guests").click()
    expect(page.get_by_role("link", name="Otto Eversdijk")).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Incidents").click()
    expect(page.locator("main")).to_contain_text("Eversdijk Boatyard")
