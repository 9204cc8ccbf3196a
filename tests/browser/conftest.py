"""A running portal, and people with browsers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from tests.browser.people import sign_in
from tests.browser.portal import Portal, serve_portal

CHROMIUM = "/usr/bin/chromium"
# The list of ours takes the place of Playwright's, which comes first. The popup of an address bar that nobody
# sees would have a process of its own for each browser that a test opens.
WITHOUT = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(WITHOUT)}",
)
# Milliseconds that a busy machine may take to show what a test waits for.
PATIENCE = 30_000

type OpenAs = Callable[..., Page]


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with serve_portal(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """Who is signed in already: one session a person serves every test that leaves it alone."""
    return {}


@pytest.fixture
def open_as(portal: Portal, browser: Browser, sessions: dict[str, Any]) -> Iterator[OpenAs]:
    """Open a page as one of the accounts (or as nobody), in a browser of their own.

    A fault in the console, something the policy blocked, or a server's error fails the test.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(address: str = "", path: str = "/", **options: Any) -> Page:
        state = _signed_in(portal, browser, sessions, address) if address else None
        context = browser.new_context(base_url=portal.base_url, storage_state=state, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watch(context, faults)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def watch(context: BrowserContext, faults: list[str]) -> None:
    """Note in `faults` whatever goes wrong in any page of this browser."""
    context.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
    context.on("weberror", lambda event: faults.append(str(event.error)))
    context.on("response", lambda response: faults.append(response.url) if _failed(response) else None)


def _is_fault(message: ConsoleMessage) -> bool:
    # What is refused is an error to the console too, a page as a part; the tests look at those themselves.
    refused = ("Failed to load resource", "Response Status Error Code 404")
    return message.type == "error" and not message.text.startswith(refused)


def _failed(response: Response) -> bool:
    return response.status >= 500


def _signed_in(portal: Portal, browser: Browser, sessions: dict[str, Any], address: str) -> Any:
    if address not in sessions:
        context = browser.new_context(base_url=portal.base_url)
        page = context.new_page()
        page.goto("/sign-in")
        sign_in(page, address, portal.password(address))
        page.wait_for_url(lambda url: "/sign-in" not in url)
        sessions[address] = context.storage_state()
        context.close()
    return sessions[address]
