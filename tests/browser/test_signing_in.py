"""Passwords, guesses, authenticator apps, passkeys, sessions: each test has an account of its own."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.codes import code_at_step, current_step
from tests.browser.conftest import OpenAs
from tests.browser.people import INES, open_account_menu, sign_in
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser

GUESSED = "grace.pembury@corvanta.example"
WITH_APP = "olu.adebanwo@corvanta.example"
WITH_PASSKEY = "harriet.oakshott@brackwell.example"
WITH_TWO_BROWSERS = "astrid.holmvall@lindqvale.example"
SIGNED_OUT_EVERYWHERE = "martin.pellowe@tessaline.example"
WITH_PREFERENCES = "declan.fairhollow@corvanta.example"


def sign_in_anew(open_as: OpenAs, portal: Portal, address: str) -> Page:
    """A session that no other test has."""
    page = open_as(path="/sign-in")
    sign_in(page, address, portal.password(address))
    expect(page).not_to_have_url(re.compile("/sign-in"))
    return page


def words_of(page: Page, address: str, password: str) -> str:
    sign_in(page, address, password)
    expect(page.get_by_role("alert")).to_be_visible()
    return page.get_by_role("alert").inner_text()


def test_wrong_password_says_the_same_of_everybody(open_as: OpenAs) -> None:
    page = open_as(path="/sign-in")

    known = words_of(page, "geert.noordhuizen@dijkerveen.example", "not the password of this account")
    unknown = words_of(page, "nobody.at.all@dijkerveen.example", "not the password of this account")

    assert known == unknown != ""


def test_guessing_shuts_the_account_also_to_the_right_password(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(path="/sign-in")
    for guess in range(5):
        words_of(page, GUESSED, f"guess number {guess} of five")

    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        sign_in(page, GUESSED, portal.password(GUESSED))

    assert answer.value.status == 429
    assert answer.value.headers["retry-after"] == "300"
    expect(page.get_by_role("alert")).to_contain_text("Too many")


def test_signing_out_ends_the_session(open_as: OpenAs, portal: Portal) -> None:
    page = sign_in_anew(open_as, portal, INES)

    open_account_menu(page)
    page.get_by_role("button", name="Sign out").click()

    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/incidents")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_authenticator_app_and_recovery_codes_are_asked_for_after_the_password(
    open_as: OpenAs, portal: Portal
) -> None:
    page = sign_in_anew(open_as, portal, WITH_APP)
    page.goto("/account/second-step")
    page.get_by_role("link", name="Add authenticator app").click()
    confirm_password(page, portal.password(WITH_APP))
    secret = page.get_by_label("Key", exact=True).input_value()
    step = current_step()
    page.get_by_label("Code", exact=False).fill(code_at_step(secret, step))
    page.get_by_role("button", name="Add", exact=True).click()
    codes = page.locator(".mono li")
    expect(codes).to_have_count(10)
    recovery = codes.first.inner_text()

    # A code works once, so the next step's is typed, which slow clocks allow.
    again = open_as(path="/incidents?severity=high")
    sign_in(again, WITH_APP, portal.password(WITH_APP))
    expect(again.get_by_role("heading", level=1)).to_have_text("One more step")
    again.get_by_label(re.compile("Code")).fill("000000")
    again.get_by_role("button", name="Continue").click()
    expect(again.get_by_role("alert").first).to_be_visible()
    again.get_by_label(re.compile("Code")).fill(code_at_step(secret, step + 1))
    again.get_by_role("button", name="Continue").click()
    expect(again).to_have_url(f"{portal.base_url}/incidents?severity=high")

    for is_new in (True, False):
        third = open_as(path="/sign-in")
        sign_in(third, WITH_APP, portal.password(WITH_APP))
        third.get_by_label(re.compile("Code")).fill(recovery)
        third.get_by_role("button", name="Continue").click()
        if is_new:
            expect(third).not_to_have_url(re.compile("sign-in"))
        else:
            expect(third.get_by_role("alert").first).to_be_visible()


def test_passkey_signs_in_without_a_password(open_as: OpenAs, portal: Portal) -> None:
    page = sign_in_anew(open_as, portal, WITH_PASSKEY)
    plug_in_authenticator(page)
    page.goto("/account/passkeys")
    page.get_by_role("link", name="Add a passkey").click()
    confirm_password(page, portal.password(WITH_PASSKEY))
    page.get_by_label("Name").fill("Key of the water board")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page).to_have_url(re.compile("/account/(recovery-codes|passkeys)$"))
    page.goto("/account/passkeys")
    expect(page.get_by_text("Key of the water board")).to_be_visible()
    page.goto("/account/")
    page.get_by_role("button", name="Sign out").first.click()

    page.goto("/devices?severity=high")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page).to_have_url(f"{portal.base_url}/devices?severity=high")
    expect(page).to_have_title(re.compile("^Brackwell"))


def confirm_password(page: Page, password: str) -> None:
    """What changes how somebody signs in asks for the password once more."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Continue").click()


def plug_in_authenticator(page: Page) -> None:
    """One that holds passkeys and finds its owner present."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_session_is_listed_and_ended_from_another_browser(open_as: OpenAs, portal: Portal) -> None:
    here = sign_in_anew(open_as, portal, WITH_TWO_BROWSERS)
    there = sign_in_anew(open_as, portal, WITH_TWO_BROWSERS)
    here.goto("/account/sessions")
    listed = here.locator("li", has=here.get_by_role("button", name="End session"))
    expect(listed).to_have_count(2)

    listed.filter(has_not_text="This session").get_by_role("button").click()

    expect(listed).to_have_count(1)
    there.goto("/incidents")
    expect(there).to_have_url(re.compile("/sign-in"))
    here.goto("/incidents")
    expect(here).to_have_url(f"{portal.base_url}/incidents")


def test_sign_out_everywhere_ends_both_on_their_next_request(open_as: OpenAs, portal: Portal) -> None:
    here = sign_in_anew(open_as, portal, SIGNED_OUT_EVERYWHERE)
    there = sign_in_anew(open_as, portal, SIGNED_OUT_EVERYWHERE)
    here.goto("/account/sessions")

    here.get_by_role("button", name="Sign out everywhere").click()

    for page in (here, there):
        page.goto("/incidents")
        expect(page).to_have_url(re.compile("/sign-in"))


def test_language_and_theme_follow_the_account(open_as: OpenAs, portal: Portal) -> None:
    page = sign_in_anew(open_as, portal, WITH_PREFERENCES)
    for button in ("Dark", "Nederlands"):
        open_account_menu(page)
        page.get_by_role("button", name=button).click()

    other = open_as(path="/sign-in")
    sign_in(other, WITH_PREFERENCES, portal.password(WITH_PREFERENCES))

    for one in (page, other):
        expect(one.locator("html")).to_have_attribute("lang", "nl")
        expect(one.locator("html")).to_have_attribute("data-theme", "dark")
        expect(one.get_by_role("navigation").get_by_text("Incidenten")).to_be_visible()


@pytest.mark.one_engine
def test_language_of_the_sign_in_page_can_be_chosen(open_as: OpenAs) -> None:
    page = open_as(path="/sign-in?next=%2Fincidents%3Fseverity%3Dhigh")

    page.get_by_role("button", name="Nederlands").click()

    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page).to_have_url(re.compile("next=%2Fincidents%3Fseverity%3Dhigh"))
    expect(page.get_by_role("button", name="Aanmelden", exact=True)).to_be_visible()


@pytest.mark.one_engine
def test_language_follows_the_browser(open_as: OpenAs) -> None:
    page = open_as(path="/sign-in", locale="nl-NL")

    expect(page.locator("html")).to_have_attribute("lang", "nl")
