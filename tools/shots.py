"""Take a picture of every page, light, dark and at 360 pixels: `make shots`.

Serves a demo of its own on a spare port of this machine and writes PNG files below `.shots/`.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

OUT = Path(".shots")
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)
ANALYST, ADMINISTRATOR = "ines.vermaat@veldwacht.example", "roos.bredeveld@orvane.example"
MODES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1440, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1440, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}, "device_scale_factor": 2},
}
# name, who looks, address; {tid} is the shipping company's Directory ID.
PAGES = (
    ("sign-in", "", "/sign-in?next=%2Fincidents%3Ftid%3D{tid}"),
    ("sign-up", "", "/sign-up"),
    ("overview", ANALYST, "/?tid={tid}"),
    ("incidents", ANALYST, "/incidents?tid={tid}"),
    ("incident", ANALYST, "{incident}"),
    ("incident-why", ANALYST, "{incident}&why=1"),
    ("alerts", ANALYST, "/alerts?tid={tid}"),
    ("alert", ANALYST, "{alert}"),
    ("devices", ANALYST, "/devices?tid={tid}"),
    ("device", ANALYST, "{device}"),
    ("customers", ANALYST, "/customers"),
    ("my-access", ANALYST, "/myaccess"),
    ("approvals", ADMINISTRATOR, "/approvals?tid={tid}"),
    ("approvals-decided", ADMINISTRATOR, "/approvals/decided?tid={tid}"),
    ("properties", ANALYST, "/properties?tid={tid}"),
    ("refused", ANALYST, "/incidents/2210?tid=9b04c7d2-51e8-4c3f-a6f0-2d7714be90aa"),
    ("forbidden", ANALYST, "/users?tid={tid}"),
    ("account", ANALYST, "/account/"),
    ("sessions", ANALYST, "/account/sessions"),
    ("properties-edit", ADMINISTRATOR, "/properties/edit?tid={tid}"),
    ("users", ADMINISTRATOR, "/users?tid={tid}"),
    ("invite", ADMINISTRATOR, "/users/invite?tid={tid}"),
    ("groups", ADMINISTRATOR, "/groups?tid={tid}"),
    ("roles", ADMINISTRATOR, "/roles?tid={tid}"),
    ("role-create", ADMINISTRATOR, "/roles/create?tid={tid}"),
    ("device-groups", ADMINISTRATOR, "/device-groups?tid={tid}"),
    ("device-group-create", ADMINISTRATOR, "/device-groups/create?tid={tid}"),
    ("domains", ADMINISTRATOR, "/domains?tid={tid}"),
    ("imports", ADMINISTRATOR, "/imports?tid={tid}"),
    ("reviews", ADMINISTRATOR, "/reviews?tid={tid}"),
    ("connected-organizations", ADMINISTRATOR, "/connected-organizations?tid={tid}"),
    ("access-packages", ADMINISTRATOR, "/access-packages?tid={tid}"),
    ("provider-setup", ADMINISTRATOR, "/access-packages/set-up?tid={tid}"),
    ("elevation", ADMINISTRATOR, "/elevation?tid={tid}"),
    ("eligibilities", ADMINISTRATOR, "/elevation/eligibilities?tid={tid}"),
    ("eligibility-create", ADMINISTRATOR, "/elevation/eligibilities/create?tid={tid}"),
    ("break-glass", ADMINISTRATOR, "/break-glass?tid={tid}"),
    ("outside-access", ADMINISTRATOR, "/outside-access?tid={tid}"),
    ("stop-all", ADMINISTRATOR, "/outside-access/stop?tid={tid}"),
    ("expiry", ADMINISTRATOR, "/expiry?tid={tid}&days=365"),
    ("audit", ADMINISTRATOR, "/audit?tid={tid}"),
    ("access", ADMINISTRATOR, "/access?tid={tid}&permission=incident.read"),
)


def main() -> None:
    """Serve, look, write."""
    OUT.mkdir(exist_ok=True)
    with serve_demo() as (base_url, handout), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        sessions = {email: sign_in(browser, base_url, handout, email) for email in (ANALYST, ADMINISTRATOR)}
        tid = next(t["tenant_id"] for t in handout["tenants"] if t["default_domain"] == "orvane.example")
        places = {"tid": tid, **find_details(browser, base_url, sessions[ANALYST], tid)}
        for mode, options in MODES.items():
            for name, who, address in PAGES:
                context = browser.new_context(base_url=base_url, storage_state=sessions.get(who), **options)
                page = context.new_page()
                page.goto(address.format(**places))
                page.wait_for_timeout(250)
                page.screenshot(path=OUT / f"{name}-{mode}.png")
                context.close()
        browser.close()
    print(f"{len(PAGES) * len(MODES)} pictures in {OUT}/")


@contextmanager
def serve_demo() -> Iterator[tuple[str, dict[str, Any]]]:
    """A demo with a data folder of its own, gone afterwards."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TIDEGATE_HOME": home, "TIDEGATE_PORT": str(port)}
        command = [sys.executable, "-c", "from tidegate.config.cli import main; main()", "demo"]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            base_url = f"http://127.0.0.1:{port}"
            wait_for(base_url + "/sign-in")
            yield base_url, json.loads((Path(home) / "demo.json").read_text())
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_for(url: str) -> None:
    """Wait until the server answers, a minute at most."""
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=2)  # noqa: S310  our own server on this machine
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The demo did not start.")


def sign_in(browser: Browser, base_url: str, handout: dict[str, Any], email: str) -> Any:
    """The browser state of somebody who is signed in."""
    context = browser.new_context(base_url=base_url)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    password = next(a["password"] for a in handout["accounts"] if a["email"] == email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return context.storage_state()


def find_details(browser: Browser, base_url: str, state: Any, tid: str) -> dict[str, str]:
    """The addresses of the first incident, alert and device in their lists."""
    page = browser.new_context(base_url=base_url, storage_state=state).new_page()
    lists = {"incident": "/incidents", "alert": "/alerts", "device": "/devices"}
    return {name: _first_row(page, f"{path}?tid={tid}") for name, path in lists.items()}


def _first_row(page: Page, address: str) -> str:
    page.goto(address)
    return page.locator("[data-row-link]").first.get_attribute("href") or address


if __name__ == "__main__":
    main()
