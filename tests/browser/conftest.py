"""The whole product, as somebody starts it: the demo on a spare port, and people with browsers."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from psycopg import sql

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Portal:
    """A running demo: where it is, and what it told its visitors."""

    base_url: str
    home: Path
    handout: dict[str, Any]

    def tid(self, domain: str) -> str:
        """The Directory ID of the tenant with this default domain."""
        return next(t["tenant_id"] for t in self.handout["tenants"] if t["default_domain"] == domain)

    def name(self, domain: str) -> str:
        return next(t["display_name"] for t in self.handout["tenants"] if t["default_domain"] == domain)

    def password(self, email: str) -> str:
        return next(a["password"] for a in self.handout["accounts"] if a["email"] == email)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the operator, on the demo's own data."""
        command = [sys.executable, "-c", "from tidegate.config.cli import main; main()", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    @property
    def environment(self) -> dict[str, str]:
        return json.loads((self.home / "environment.json").read_text())


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    home = tmp_path_factory.mktemp("portal")
    port = spare_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")},
        "TIDEGATE_HOME": str(home),
        "TIDEGATE_PORT": str(port),
        # Passkeys belong to a name; an address has none.
        "TIDEGATE_BASE_URL": f"http://localhost:{port}",
        "TIDEGATE_HOST": "127.0.0.1",
    }
    if url := os.environ.get("TIDEGATE_DATABASE_URL"):
        environment["TIDEGATE_DATABASE_URL"] = make_database(url, f"portal_{os.getpid()}")
    (home / "environment.json").write_text(json.dumps(environment))
    with (home / "server.log").open("w") as log:
        command = [sys.executable, "-c", "from tidegate.config.cli import main; main()", "demo"]
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            wait_for(f"http://localhost:{port}/sign-in", server, home / "server.log")
            handout = json.loads((home / "demo.json").read_text())
            yield Portal(f"http://localhost:{port}", home, handout)
        finally:
            server.terminate()
            server.wait(timeout=30)


def spare_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def make_database(url: str, name: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.rpartition("/")[0] + "/" + name


def wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError("The server ended: " + log.read_text()[-2000:])
        try:
            urllib.request.urlopen(url, timeout=2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not answer in a minute: " + log.read_text()[-2000:])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


type OpenAs = Callable[..., Page]


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """Who is signed in already: one session a person serves every test that only looks."""
    return {}


@pytest.fixture
def open_as(portal: Portal, browser: Browser, sessions: dict[str, Any]) -> Iterator[OpenAs]:
    """Open a page as one of the accounts (or as nobody), in a browser of their own.

    A fault in the console, or a page that the policy blocked something on, fails the test.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(email: str = "", path: str = "/", **options: Any) -> Page:
        state = _signed_in(portal, browser, sessions, email) if email else None
        context = browser.new_context(base_url=portal.base_url, storage_state=state, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def _is_fault(message: Any) -> bool:
    # A refused page is an error to the console too; the tests look at those themselves.
    return message.type == "error" and "Failed to load resource" not in message.text


def _signed_in(portal: Portal, browser: Browser, sessions: dict[str, Any], email: str) -> Any:
    if email not in sessions:
        context = browser.new_context(base_url=portal.base_url)
        page = context.new_page()
        page.goto("/sign-in")
        sign_in(page, email, portal.password(email))
        page.wait_for_url(lambda url: "/sign-in" not in url)
        sessions[email] = context.storage_state()
        context.close()
    return sessions[email]


def sign_in(page: Page, email: str, password: str) -> None:
    """Fill the form that the page shows, and send it."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
